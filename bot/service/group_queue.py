"""What the staff group is told of the whole queue: who is next, and that much has changed."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from bot.service import cards
from bot.service.group_work import Group, is_night, speaker
from bot.service.register import staff_by_telegram
from bot.service.review_ports import Filters
from bot.service.review_reading import COUNTED, queue
from bot.service.review_views import QueueRow

NEXT = 5


async def next_cases(group: Group, person: int, language: str | None) -> str | None:
    """Return the next cases of the queue, for a private chat with staff; None for strangers."""
    staff = await staff_by_telegram(group.office, person)
    if staff is None or not staff.active:
        return None
    page = await queue(group.office, Filters(), staff.id, now=group.clock(), limit=NEXT)
    say = speaker(group, language)
    lines = [escape(say("card-queue" if page.rows else "card-queue-none"))]
    lines += [_next_line(group, row, say) for row in page.rows]
    if page.next and group.console:
        lines.append(escape(say("card-queue-more", url=f"{group.console}/")))
    return "\n".join(lines)


def _next_line(group: Group, row: QueueRow, say: Callable[..., str]) -> str:
    pressing = say(f"priority-{row.priority.name.lower()}")
    held = f" – {row.claimed_name}" if row.claimed_name else ""
    code = f'<a href="{group.console}/cases/{row.case}">{row.case}</a>' if group.console else row.case
    said = escape(f"{pressing}: {say(f'state-{row.state.value}')}{held}")
    return f"{cards.DOTS[row.priority]} {code} · {escape(row.trial)} · {said}"


async def many_changed(group: Group) -> tuple[str, bool]:
    """Return one line about all that waits, for when cards fall behind, and whether to send it silently."""
    async with group.store.looking() as looking:
        counts = await looking.cases.counts("", group.clock(), COUNTED)
    say = speaker(group, _first_language(group))
    lines = [say("card-many", free=counts.unclaimed, late=counts.overdue)]
    if group.console:
        lines.append(say("card-many-open", url=f"{group.console}/"))
    offered = group.office.desks.editions.offered.values()
    night = bool(offered) and all(is_night(edition.trial, group.clock()) for edition in offered)
    return escape("\n".join(lines)), night


def _first_language(group: Group) -> str | None:
    offered = group.office.desks.editions.offered.values()
    return next((edition.trial.languages[0] for edition in offered), None)
