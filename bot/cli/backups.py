"""Commands that copy the database with its keys, and put the copies back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.markup import escape

from bot import jobs
from bot.cli.screen import many, tell, tell_unrecorded
from bot.settings import read_settings

backups = typer.Typer()


@backups.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where the two files go.")] = Path("var/backups"),
    *,
    keys_to: Annotated[
        Path | None,
        typer.Option("--keys-to", help="Another folder for the copy of the keys, to keep it apart."),
    ] = None,
) -> None:
    """Copy the database and its keys into two files, while the bot runs; read both back. It is recorded."""
    began = monotonic()
    taken = asyncio.run(jobs.backup(read_settings(), folder, keys_to or folder))
    seconds = monotonic() - began
    tell(f"[green]✓[/green] copied and read back in {seconds:.1f} s. Rows: {taken.manifest.rows}")
    for path, what in ((taken.database, "what was said, sealed"), (taken.keys, "the keys that open it")):
        tell(f"  {escape(str(path))}  {_size(path)}: {what}")
    for path in taken.replaced:
        tell(f"  removed {escape(str(path))}: the newest keys open every older copy of the database too")
    tell(
        "  Keep three things in three places: the two files, and ENCRYPTION_KEYS. Only together do they open."
    )
    if not taken.recorded:
        tell_unrecorded()


@backups.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The copy of the database: doorstep-….database.zip")],
    *,
    keys: Annotated[
        list[Path] | None,
        typer.Option(
            "--keys",
            help="The newest copy of the keys, where the key store is lost. May be given again: lists of "
            "erasures are put together.",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Lose what is in the database now and not in the backup.")
    ] = False,
) -> None:
    """Put a backup back while the bot is stopped, erase again whoever was erased since, and verify it."""
    began = monotonic()
    back = asyncio.run(jobs.restore(read_settings(), file, keys or [], replace=replace))
    findings = back.report.findings
    for finding in findings:
        tell(f"[red]✗[/red] {escape(finding.conversation)}/{finding.position or ''} {finding.what}")
    mark = "[red]✗[/red]" if findings else "[green]✓[/green]"
    seen = f"{many(back.report.conversations, 'conversation')}, {many(back.report.events, 'event')}"
    tell(f"{mark} restored in {monotonic() - began:.1f} s: {seen}, {many(len(findings), 'finding')}")
    _tell_what_it_means(back)
    if not back.recorded:
        tell_unrecorded()
    raise typer.Exit(1 if findings else 0)


def _tell_what_it_means(back: jobs.Back) -> None:
    restored = back.restored
    tell(f"  The backup is of {restored.at:%Y-%m-%d %H:%M:%S} UTC. What people wrote later is not in it.")
    if back.behind:
        tell(f"  Conversations with more in the checkpoints than in the backup: {back.behind}")
    tell(f"  Erased since and erased again: {restored.erased_again}")
    if restored.waiting:
        tell(f"  Messages that waited at that time and will be sent, perhaps once more: {restored.waiting}")


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1_000_000:.1f} MB"
