"""Commands on the database: what it needs, and what is in it."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape

from bot import app, jobs
from bot.cli.screen import many, progress, tell, tell_unrecorded
from bot.settings import Settings, read_settings

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
def verify(
    receipt: Annotated[
        str | None, typer.Option(help="Look up only this receipt, as somebody shows it who was erased.")
    ] = None,
) -> None:
    """Look whether the audit trail is what was written. Ends with 0, or with 1 and the rows that are not."""
    if receipt is not None:
        raise typer.Exit(_look_up(receipt))
    with progress("conversations") as show:
        report = asyncio.run(jobs.verify(read_settings(), lambda so_far: show(so_far.conversations, None)))
    for finding in report.findings:
        where = f"{finding.conversation}/{finding.position or ''}"
        tell(f"[red]✗[/red] {escape(where)} {finding.what}")
    mark = "[red]✗[/red]" if report.findings else "[green]✓[/green]"
    seen = f"{many(report.conversations, 'conversation')}, {many(report.events, 'event')}"
    tell(f"{mark} {seen}, {many(len(report.findings), 'finding')}")
    raise typer.Exit(1 if report.findings else 0)


def _look_up(code: str) -> int:
    found = asyncio.run(jobs.find_receipt(read_settings(), code))
    if found is None:
        tell("[red]✗[/red] No receipt of that code was given here.")
        return 1
    tell(f"[green]✓[/green] {found.code}: {found.kind}, {found.at:%Y-%m-%d %H:%M} UTC")
    return 0


@records.command()
def rekey() -> None:
    """Wrap all keys by the first of ENCRYPTION_KEYS, while the bot runs; then the old can go. Recorded."""
    done = asyncio.run(_rekey(read_settings()))
    tell(
        f"[green]✓[/green] {many(done, 'key')} wrapped anew. All are under the first of ENCRYPTION_KEYS now."
    )
    tell("  The other keys there can go when every Doorstep was restarted with the first one since.")


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
    """Print every conversation, one line each. It is recorded."""
    asyncio.run(_export(read_settings(), with_answers=with_answers))


async def _rekey(settings: Settings) -> int:
    done = 0
    with progress("keys") as show:
        async for done, total in jobs.rekey(settings, tell_unrecorded):
            show(done, total)
    return done


async def _export(settings: Settings, *, with_answers: bool) -> None:
    async for row in jobs.export(settings, tell_unrecorded, with_answers=with_answers):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
