"""Commands on the database: what it needs, and what is in it."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

from bot import app, jobs
from bot.cli.screen import err, tell
from bot.settings import Settings, read_settings
from bot.storage.verifying import Report

records = typer.Typer()


class ExportFormat(StrEnum):
    """How `export` prints."""

    JSONL = "jsonl"


@records.command()
def keygen() -> None:
    """Print a fresh key for ENCRYPTION_KEYS. Keep it apart from the database and its backups."""
    sys.stdout.write(app.new_key() + "\n")


@records.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    asyncio.run(app.migrate(read_settings()))
    tell("The database is up to date.")


@records.command()
def verify() -> None:
    """Look whether the audit trail is what was written. Ends with 0, or with 1 and the rows that are not."""
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("conversations", total=None)

        def told(so_far: Report) -> None:
            bar.update(task, completed=so_far.conversations)

        report = asyncio.run(jobs.verify(read_settings(), told))
    for finding in report.findings:
        where = f"{finding.conversation}/{finding.position or ''}"
        tell(f"[red]✗[/red] {escape(where)} {finding.what}")
    mark = "[red]✗[/red]" if report.findings else "[green]✓[/green]"
    seen = f"{report.conversations} conversations, {report.events} events"
    tell(f"{mark} {seen}, {len(report.findings)} findings")
    raise typer.Exit(1 if report.findings else 0)


@records.command()
def rekey() -> None:
    """Wrap all keys by the first of ENCRYPTION_KEYS, while the bot runs; afterwards the old one can go."""
    done = asyncio.run(_rekey(read_settings()))
    tell(f"[green]✓[/green] {done} keys are wrapped by the first of ENCRYPTION_KEYS.")


@records.command()
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


async def _rekey(settings: Settings) -> int:
    done = 0
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("keys", total=None)
        async for done, total in jobs.rekey(settings):
            bar.update(task, completed=done, total=total)
    return done


async def _export(settings: Settings, *, with_answers: bool) -> None:
    async for row in jobs.export(settings, with_answers=with_answers):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
