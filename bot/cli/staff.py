"""Commands on the staff register: who may look at conversations and answer people."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.markup import escape

from bot import jobs
from bot.cli.screen import tell
from bot.domain.staff import Role, Staff
from bot.settings import read_settings

staff = typer.Typer(
    help="The study team: who may look at conversations and answer people.", no_args_is_help=True
)

_NO_ACCOUNT = "none"


def _account(given: str) -> int | None:
    """Return the Telegram id that was typed, or None for somebody without Telegram."""
    if given.casefold() == _NO_ACCOUNT:
        return None
    if not (given.isascii() and given.isdecimal() and int(given)):
        raise typer.BadParameter(f"a Telegram id is a number; or write {_NO_ACCOUNT}")
    return int(given)


_ROLES = "coordinator, investigator, auditor (reads only) or administrator; may be given more than once."
_WHO = "Their id as `list` prints it, their Telegram id, or their name."
_IDENTITY = "Lets them see a participant's name and phone number. Each look is recorded."


@staff.command("add")
def add_staff(
    telegram_id: Annotated[
        str,
        typer.Argument(help=f"Their Telegram id, a number; {_NO_ACCOUNT} where they do not use Telegram."),
    ],
    name: Annotated[str, typer.Argument(help="Their name, as colleagues see it. Participants never do.")],
    role: Annotated[list[Role], typer.Option("--role", help=_ROLES)],
    *,
    sees_identity: Annotated[bool, typer.Option("--sees-identity", help=_IDENTITY)] = False,
) -> None:
    """Let somebody work here; whoever is on the register already gets these roles instead of the old ones."""
    account = _account(telegram_id)
    added = asyncio.run(jobs.add_staff(read_settings(), name, account, role, sees_identity=sees_identity))
    tell(f"[green]✓[/green] {_line(added)}")
    if account is None:
        tell(f"They sign in by a link that you make: python -m bot staff link {added.id}")


@staff.command("list")
def list_staff() -> None:
    """Print who may work here."""
    every = [member for member in asyncio.run(jobs.list_staff(read_settings())) if member.active]
    for member in every:
        tell(_line(member))
    tell(f"{len(every)} on the staff register")


@staff.command("remove")
def remove_staff(
    who: Annotated[str, typer.Argument(help=_WHO)],
) -> None:
    """Take somebody off, at once. Cases they hold are free again; what they did stays recorded."""
    gone = asyncio.run(jobs.remove_staff(read_settings(), who))
    tell(f"[green]✓[/green] {escape(gone.name)} is off the staff register.")


@staff.command("reset")
def reset_staff(
    who: Annotated[str, typer.Argument(help=_WHO)],
) -> None:
    """Let somebody who lost their authenticator app set up another. They are signed out at once; recorded."""
    named = asyncio.run(jobs.reset_factor(read_settings(), who))
    tell(f"[green]✓[/green] {escape(named.name)} is signed out, and sets up the app at the next sign-in.")


@staff.command("link")
def link_staff(
    who: Annotated[str, typer.Argument(help=_WHO)],
) -> None:
    """Print a link by which somebody signs in to the console without Telegram. It is recorded."""
    named, link = asyncio.run(jobs.link_staff(read_settings(), who))
    tell(f"[bold]{link}[/bold]")
    tell(f"Works once, for ten minutes, and makes whoever opens it {escape(named.name)}.")
    tell("Hand it over yourself, not by e-mail. Any older link of theirs works no more.")


def _line(member: Staff) -> str:
    roles = ", ".join(sorted(role.value for role in member.roles))
    return f"{member.id}  {escape(member.name)}  {roles}{'  sees identity' if member.sees_identity else ''}"
