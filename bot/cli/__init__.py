"""The commands: they parse, call, and show what came back. No logic of their own."""

from __future__ import annotations

import os
import sys

import typer
from rich.markup import escape

from bot.cli.quarantine import quarantine
from bot.cli.records import records
from bot.cli.screen import err
from bot.cli.serving import serving
from bot.cli.staff import staff
from bot.cli.trials import trials
from bot.domain.errors import DoorstepError

cli = typer.Typer(
    help="Doorstep: a screening chat for clinical trials on Telegram.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (serving, records, trials):
    cli.add_typer(group)
cli.add_typer(quarantine, name="quarantine")
cli.add_typer(staff, name="staff")


def command_names() -> list[str]:
    """Return what can be typed behind `python -m bot`."""
    return sorted(typer.main.get_group(cli).commands)


def main() -> None:
    """Run a command; a human mistake ends with a sentence and exit code 1, never a traceback."""
    os.umask(0o077)  # what is written here is health data: nobody else on the machine reads it
    try:
        cli()
    except DoorstepError as error:
        err.print(f"[red]✗[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)
