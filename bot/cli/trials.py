"""Commands on trials: every text on one sheet, and what is wrong with it."""

from __future__ import annotations

import os
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot import app
from bot.cli.screen import print_json, tell
from bot.content.check import check_trial
from bot.content.problem import Problem, Severity
from bot.content.script import script as script_of
from bot.settings import read_settings

trials = typer.Typer()


class ScriptFormat(StrEnum):
    """How `script` prints."""

    JSON = "json"


@trials.command()
def script(
    trial: Annotated[str, typer.Argument(help="The trial's id, such as NCT06203249.")],
    language: Annotated[
        str, typer.Option(help="One of the trial's languages, such as en or zh-Hans.")
    ] = "en",
    _format: Annotated[ScriptFormat, typer.Option("--format", help="How it is printed.")] = ScriptFormat.JSON,
) -> None:
    """Print every text a participant can read, in one language."""
    print_json(script_of(app.read_bundle(read_settings(), trial), language))


@trials.command()
def check(
    trial: Annotated[str | None, typer.Argument(help="The trial's id; without one, every trial.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs instead of people.")] = False,
) -> None:
    """Look for mistakes in a trial: files, references, words, dialogues. Ends with 0 or 1."""
    settings = read_settings()
    folders = app.trial_folders(settings, trial)
    problems = [problem for folder in folders for problem in check_trial(folder, settings.locales_dir)]
    failed = any(problem.severity is Severity.ERROR for problem in problems)
    if as_json:
        print_json({"ok": not failed, "problems": [asdict(problem) for problem in problems]})
    else:
        _show_problems(folders, problems)
    raise typer.Exit(1 if failed else 0)


def _show_problems(folders: list[Path], problems: list[Problem]) -> None:
    for problem in problems:
        mark = "[red]error[/red]" if problem.severity is Severity.ERROR else "[yellow]note[/yellow] "
        where = f"{os.path.relpath(problem.file)}:{problem.line}"
        tell(f"{mark} {escape(where)}\n      {escape(problem.what)} [dim]{escape(problem.remedy)}[/dim]")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    names = ", ".join(folder.name for folder in folders)
    verdict = f"[red]✗ {errors} to put right[/red]" if errors else "[green]✓ no errors[/green]"
    tell(f"{names}: {verdict}, {len(problems) - errors} to note")
