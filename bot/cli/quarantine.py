"""Commands on updates that could not be handled."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.markup import escape

from bot import jobs
from bot.cli.screen import tell
from bot.settings import read_settings

quarantine = typer.Typer(
    help="Updates that could not be handled: see them, and try again.", no_args_is_help=True
)


@quarantine.command("list")
def list_quarantine() -> None:
    """Print what is set aside: when it can be named, its key and the reason, never what somebody wrote."""
    items = asyncio.run(jobs.list_quarantine(read_settings()))
    for item in items:
        tell(f"{item.key}  {escape(item.reason)}")
    tell(f"{len(items)} set aside")


@quarantine.command("replay")
def replay_quarantine(
    keys: Annotated[
        list[str] | None, typer.Argument(help="Keys that `list` prints; without one, all.")
    ] = None,
) -> None:
    """Handle set-aside updates again, once each. One that fails again stays, and the command ends with 1."""
    came = asyncio.run(jobs.replay_quarantine(read_settings(), keys or []))
    for key, failure in came:
        tell(f"[red]✗[/red] {key}: {failure}" if failure else f"[green]✓[/green] {key}")
    raise typer.Exit(1 if any(failure for _, failure in came) else 0)
