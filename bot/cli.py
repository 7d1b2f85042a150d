"""The commands: they parse, call, and show what came back. No logic of their own."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from bot import app, practice
from bot.content.check import check_trial
from bot.content.problem import Problem, Severity
from bot.content.script import script as script_of
from bot.domain.errors import DoorstepError
from bot.settings import Settings, read_settings
from bot.storage.verifying import Report

cli = typer.Typer(
    help="Doorstep: a screening chat for clinical trials on Telegram.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console()
err = Console(stderr=True)

PORT = typer.Option(help="Port of the web page.", min=0, max=65535)


class ScriptFormat(StrEnum):
    """How `script` prints."""

    JSON = "json"


class ExportFormat(StrEnum):
    """How `export` prints."""

    JSONL = "jsonl"


_WORDY = (
    *("aiohttp", "aiosqlite", "alembic", "asyncio", "httpcore", "httpx"),
    *("sqlalchemy", "telegram", "uvicorn"),
)
"""Libraries that log whole updates, URLs with the token, or values: quiet below a warning."""


def main() -> None:
    """Run a command; a human mistake ends with a sentence and exit code 1, never a traceback."""
    os.umask(0o077)  # what is written here is health data: nobody else on the machine reads it
    try:
        cli()
    except DoorstepError as error:
        err.print(f"[red]✗[/red] {_plain(error)}", highlight=False, soft_wrap=True)
        sys.exit(1)


@cli.command()
def demo(port: Annotated[int, PORT] = 8080) -> None:
    """Try it out: a chat page and the bot, with no token, no internet and no settings."""
    settings = read_settings().model_copy(update={"http_port": port})
    _prepare_logs("WARNING")
    _until_stopped(lambda: practice.demo(settings, _tell_demo))


@cli.command()
def run() -> None:
    """Run the bot: asks Telegram who it is, then polls, answers and keeps time until it is stopped."""
    settings = read_settings()
    _prepare_logs(settings.log_level)
    _until_stopped(lambda: app.run(settings, _tell))


@cli.command()
def simulator(port: Annotated[int, PORT] = 8081) -> None:
    """Run the practice Telegram alone: a local Bot API with a chat page, for this bot or any other."""
    settings = read_settings().model_copy(update={"http_port": port})
    _prepare_logs("WARNING")
    _until_stopped(lambda: practice.simulate(settings, _tell_simulator))


@cli.command()
def keygen() -> None:
    """Print a fresh key for ENCRYPTION_KEYS. Keep it apart from the database and its backups."""
    sys.stdout.write(app.new_key() + "\n")


@cli.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    asyncio.run(app.migrate(read_settings()))
    _tell("The database is up to date.")


@cli.command()
def verify() -> None:
    """Look whether the audit trail is what was written. Ends with 0, or with 1 and the rows that are not."""
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("conversations", total=None)

        def told(so_far: Report) -> None:
            bar.update(task, completed=so_far.conversations)

        report = asyncio.run(app.verify(read_settings(), told))
    for finding in report.findings:
        where = f"{finding.conversation}/{finding.position or ''}"
        _tell(f"[red]✗[/red] {escape(where)} {finding.what}")
    mark = "[red]✗[/red]" if report.findings else "[green]✓[/green]"
    seen = f"{report.conversations} conversations, {report.events} events"
    _tell(f"{mark} {seen}, {len(report.findings)} findings")
    raise typer.Exit(1 if report.findings else 0)


@cli.command()
def rekey() -> None:
    """Wrap all keys by the first of ENCRYPTION_KEYS, while the bot runs; afterwards the old one can go."""
    done = asyncio.run(_rekey(read_settings()))
    _tell(f"[green]✓[/green] {done} keys are wrapped by the first of ENCRYPTION_KEYS.")


@cli.command()
def script(
    trial: Annotated[str, typer.Argument(help="The trial's id, such as NCT06203249.")],
    language: Annotated[
        str, typer.Option(help="One of the trial's languages, such as en or zh-Hans.")
    ] = "en",
    _format: Annotated[ScriptFormat, typer.Option("--format", help="How it is printed.")] = ScriptFormat.JSON,
) -> None:
    """Print every text a participant can read, in one language."""
    _print_json(script_of(app.read_bundle(read_settings(), trial), language))


@cli.command()
def export(
    *,
    _format: Annotated[
        ExportFormat, typer.Option("--format", help="jsonl: one line of JSON a conversation.")
    ] = ExportFormat.JSONL,
    with_answers: Annotated[
        bool, typer.Option("--with-answers", help="Also what people answered: health data, handle with care.")
    ] = False,
) -> None:
    """Print every conversation, one line each."""
    asyncio.run(_export(read_settings(), with_answers=with_answers))


@cli.command()
def check(
    trial: Annotated[str | None, typer.Argument(help="The trial's id; without one, every trial.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs instead of people.")] = False,
) -> None:
    """Look for mistakes in a trial: files, references, words, dialogues. Ends with 0 or 1."""
    settings = read_settings()
    folders = app.trial_folders(settings, trial)
    today = app.today()
    problems = [problem for folder in folders for problem in check_trial(folder, settings.locales_dir, today)]
    failed = any(problem.severity is Severity.ERROR for problem in problems)
    if as_json:
        _print_json({"ok": not failed, "problems": [asdict(problem) for problem in problems]})
    else:
        _show_problems(folders, problems)
    raise typer.Exit(1 if failed else 0)


quarantine = typer.Typer(
    help="Updates that could not be handled: see them, and try again.", no_args_is_help=True
)
cli.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def list_quarantine() -> None:
    """Print what is set aside: when it can be named, its key and the reason, never what somebody wrote."""
    items = asyncio.run(app.list_quarantine(read_settings()))
    for item in items:
        _tell(f"{item.key}  {escape(item.reason)}")
    _tell(f"{len(items)} set aside")


@quarantine.command("replay")
def replay_quarantine(
    keys: Annotated[
        list[str] | None, typer.Argument(help="Keys that `list` prints; without one, all.")
    ] = None,
) -> None:
    """Handle set-aside updates again, once each. One that fails again stays, and the command ends with 1."""
    came = asyncio.run(app.replay_quarantine(read_settings(), keys or []))
    for key, failure in came:
        _tell(f"[red]✗[/red] {key}: {failure}" if failure else f"[green]✓[/green] {key}")
    raise typer.Exit(1 if any(failure for _, failure in came) else 0)


async def _rekey(settings: Settings) -> int:
    done = 0
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("keys", total=None)
        async for done, total in app.rekey(settings):
            bar.update(task, completed=done, total=total)
    return done


async def _export(settings: Settings, *, with_answers: bool) -> None:
    async for row in app.export(settings, with_answers=with_answers):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _print_json(value: Any) -> None:  # noqa: ANN401 -- JSON
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _show_problems(folders: list[Path], problems: list[Problem]) -> None:
    for problem in problems:
        mark = "[red]error[/red]" if problem.severity is Severity.ERROR else "[yellow]note[/yellow] "
        where = f"{os.path.relpath(problem.file)}:{problem.line}"
        _tell(f"{mark} {escape(where)}\n      {escape(problem.what)} [dim]{escape(problem.remedy)}[/dim]")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    names = ", ".join(folder.name for folder in folders)
    verdict = f"[red]✗ {errors} to put right[/red]" if errors else "[green]✓ no errors[/green]"
    _tell(f"{names}: {verdict}, {len(problems) - errors} to note")


def _tell(line: str) -> None:
    out.print(line, highlight=False, soft_wrap=True)


def _tell_demo(url: str) -> None:
    _tell("[green]●[/green] Doorstep demo: open this in a browser, press START, and talk to the bot.")
    _tell(f"  [bold]{url}[/bold]")
    _tell("  Nothing leaves this machine, and everything is forgotten at the end. Stop with Ctrl+C.")


def _tell_simulator(url: str) -> None:
    _tell(f"[green]●[/green] Practice Telegram at [bold]{url}[/bold]")
    _tell(
        f"  For a bot: TELEGRAM_API_URL={url} and any token, such as {practice.DEMO_TOKEN}. Stop with Ctrl+C."
    )


def _until_stopped(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run until Ctrl+C or a stop signal, which are no errors."""

    async def stoppable() -> None:
        task = asyncio.ensure_future(work())
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            _tell("Stopped.")

    asyncio.run(stoppable())


def _prepare_logs(level: str) -> None:
    """Log ids and kinds only, to standard error."""
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level, format=form, stream=sys.stderr)
    for library in _WORDY:
        logging.getLogger(library).setLevel(logging.WARNING)
    # It quotes whole answers of Telegram at ERROR, and whole updates at CRITICAL.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


def _plain(error: DoorstepError) -> str:
    return escape(str(error))
