"""Commands on trials: every text on one sheet, and what is wrong with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot import app
from bot.cli.screen import print_json, tell
from bot.content.approvals import day_of
from bot.content.approving import standings
from bot.content.check import check_trial
from bot.content.packet import packet
from bot.content.problem import Problem, Severity, errors_among
from bot.content.script import script as script_of
from bot.content.sheet import as_html, as_markdown
from bot.domain.errors import ContentError
from bot.settings import Settings, read_settings

trials = typer.Typer()


class ScriptFormat(StrEnum):
    """How `script` prints."""

    JSON = "json"
    HTML = "html"
    MARKDOWN = "md"


@trials.command()
def script(
    trial: Annotated[str, typer.Argument(help="The trial's id, such as NCT06203249.")],
    language: Annotated[
        list[str] | None,
        typer.Option(help="A language of the trial, such as en; again for more side by side (html, md)."),
    ] = None,
    _format: Annotated[
        ScriptFormat, typer.Option("--format", help="json for programs; html to print and sign, or md.")
    ] = ScriptFormat.JSON,
) -> None:
    """Print every text a participant can read."""
    settings, languages = read_settings(), language or ["en"]
    bundle = app.read_bundle(settings, trial)
    if _format is ScriptFormat.JSON:
        if len(languages) > 1:
            raise ContentError("JSON is of one language: give --language once, or --format html.")
        print_json(script_of(bundle, languages[0]))
        return
    now = app.clock()
    judged = standings(app.trial_folders(settings, trial)[0], bundle, day_of(now), languages)
    sheet = packet(bundle, judged, now.date())
    sys.stdout.write(as_html(sheet) if _format is ScriptFormat.HTML else as_markdown(sheet))


@trials.command()
def check(
    trial: Annotated[str | None, typer.Argument(help="The trial's id; without one, every trial.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs instead of people.")] = False,
) -> None:
    """Look for mistakes in a trial: files, references, words, dialogues. Ends with 0 or 1."""
    settings = read_settings()
    folders = app.trial_folders(settings, trial)
    today = app.today()
    found = {folder: check_trial(folder, settings.locales_dir, today) for folder in folders}
    problems = [problem for each in found.values() for problem in each]
    failed = bool(errors_among(problems))
    whole = [folder for folder in folders if not errors_among(found[folder])]
    contents = [content for folder in whole for content in _contents(settings, folder)]
    if as_json:
        shown = [asdict(problem) for problem in problems]
        print_json({"ok": not failed, "problems": shown, "contents": contents})
    else:
        _show_problems(folders, problems)
        for content in contents:
            tell("{trial} {language}: content {content_hash}, {approval}".format_map(content))
    raise typer.Exit(1 if failed else 0)


def _contents(settings: Settings, folder: Path) -> Iterator[dict[str, str]]:
    """Yield for each language what exactly would be said, and how that stands with the committee."""
    bundle = app.read_bundle(settings, folder.name)
    for judged in standings(folder, bundle, day_of(app.clock())):
        yield {
            "trial": bundle.trial.id,
            "language": judged.language,
            "content_hash": bundle.content_hash,
            "approval": judged.standing.value,
        }


def _show_problems(folders: list[Path], problems: list[Problem]) -> None:
    for problem in problems:
        mark = "[red]error[/red]" if problem.severity is Severity.ERROR else "[yellow]note[/yellow] "
        where = f"{os.path.relpath(problem.file)}:{problem.line}"
        tell(f"{mark} {escape(where)}\n      {escape(problem.what)} [dim]{escape(problem.remedy)}[/dim]")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    names = ", ".join(folder.name for folder in folders)
    verdict = f"[red]✗ {errors} to put right[/red]" if errors else "[green]✓ no errors[/green]"
    tell(f"{names}: {verdict}, {len(problems) - errors} to note")
