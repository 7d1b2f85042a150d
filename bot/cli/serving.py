"""Commands that serve until they are stopped: demo, run, simulator."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import practice, running
from bot.cli.logs import prepare_logs
from bot.cli.screen import tell, until_stopped
from bot.settings import read_settings

serving = typer.Typer()
PORT = typer.Option(help="Port of the web page.", min=0, max=65535)


@serving.command()
def demo(port: Annotated[int, PORT] = 8080) -> None:
    """Try it out: a chat page and the bot, with no token, no internet and no settings."""
    settings = read_settings().model_copy(update={"http_port": port})
    prepare_logs("WARNING")
    until_stopped(lambda: practice.demo(settings, _tell_demo, _tell_console))


@serving.command()
def run(
    *,
    closed: Annotated[
        bool,
        typer.Option(
            "--closed",
            help="Screen nobody, serve safety texts and /delete only: needs no approval.",
        ),
    ] = False,
) -> None:
    """Run the bot: asks Telegram who it is, then polls, answers and keeps time until it is stopped."""
    settings = read_settings()
    prepare_logs(settings.log_level)
    until_stopped(lambda: running.run(settings, tell, closed=closed))


@serving.command()
def simulator(port: Annotated[int, PORT] = 8081) -> None:
    """Run the practice Telegram alone: a local Bot API with a chat page, for this bot or any other."""
    settings = read_settings().model_copy(update={"http_port": port})
    prepare_logs("WARNING")
    until_stopped(lambda: practice.simulate(settings, _tell_simulator))


def _tell_demo(url: str) -> None:
    tell("[green]●[/green] Doorstep demo: open this in a browser, press START, and talk to the bot.")
    tell(f"  [bold]{url}[/bold]")
    tell("  Nothing leaves this machine, and everything is forgotten at the end. Stop with Ctrl+C.")


def _tell_console(url: str) -> None:
    tell("  The study team's side, with some people in it already; sign in by one tap:")
    tell(f"  [bold]{url}[/bold]")


def _tell_simulator(url: str) -> None:
    tell(f"[green]●[/green] Practice Telegram at [bold]{url}[/bold]")
    tell(
        f"  For a bot: TELEGRAM_API_URL={url} and any token, such as {practice.DEMO_TOKEN}. Stop with Ctrl+C."
    )
