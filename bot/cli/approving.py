"""Commands on approvals: write one down, and see how each language stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot import app
from bot.cli.screen import out, tell
from bot.content.approvals import Judged, Standing, day_of
from bot.content.approving import approve as write_down
from bot.content.approving import standings
from bot.settings import read_settings

approving = typer.Typer()

_DAY = ["%Y-%m-%d"]


@approving.command()
def approve(
    trial: Annotated[str, typer.Argument(help="The trial's id, such as NCT06203249.")],
    *,
    language: Annotated[str, typer.Option(help="The language whose texts were approved, such as zh-Hans.")],
    committee: Annotated[str, typer.Option(help="The committee, as its letter names it.")],
    number: Annotated[str, typer.Option(help="The number of the approval, as in the letter.")],
    approved_on: Annotated[datetime, typer.Option(formats=_DAY, help="The date of the approval.")],
    expires_on: Annotated[datetime, typer.Option(formats=_DAY, help="The first day it holds no more.")],
) -> None:
    """Write down that a committee approved the texts and rules as they are now, in one language."""
    settings = read_settings()
    new = write_down(
        app.trial_folders(settings, trial)[0],
        settings.locales_dir,
        language=language,
        committee=committee,
        number=number,
        approved_on=approved_on.date(),
        expires_on=expires_on.date(),
        today=day_of(app.clock()),
    )
    tell(f"[green]✓[/green] {escape(trial)} {escape(language)}, content {new.content_hash}")
    tell(f"  approved until the day before {new.expires_on}. A bot that runs reads it when it starts again.")


@approving.command()
def approvals(
    trial: Annotated[str | None, typer.Argument(help="The trial's id; without one, every trial.")] = None,
) -> None:
    """Show how each language stands with its committee. Ends with 0, or with 1 where one may not run."""
    settings = read_settings()
    today = day_of(app.clock())
    fine = True
    for folder in app.trial_folders(settings, trial):
        bundle = app.read_bundle(settings, folder.name)
        found = standings(folder, bundle, today)
        fine = fine and all(judged.standing is Standing.APPROVED for judged in found)
        out.print(_table(f"{folder.name}, content {bundle.content_hash[:12]}", found, today))
    raise typer.Exit(0 if fine else 1)


def _table(title: str, found: list[Judged], today: date) -> Table:
    table = Table("language", "state", "committee", "number", "from", "until before", title=title)
    for judged in found:
        colour = "green" if judged.standing is Standing.APPROVED else "red"
        state = f"[{colour}]{judged.standing}[/{colour}]"
        table.add_row(judged.language, state, *_cells(judged, today))
    return table


def _cells(judged: Judged, today: date) -> tuple[str, ...]:
    known = judged.approval
    if known is None:
        return ("", "", "", "")
    left = f"\n{(known.expires_on - today).days} days" if judged.standing is Standing.APPROVED else ""
    end = f"{known.expires_on}{left}"
    return escape(known.committee), escape(known.number), str(known.approved_on), end
