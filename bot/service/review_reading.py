"""What staff look at: the queue and single cases. Nothing here changes a case, or holds up anybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from bot.domain.review import SecondReview, State
from bot.domain.staff import IdentityViewed, Staff
from bot.service.case_page import Page, view_of
from bot.service.figures import figures as figures
from bot.service.figures import screening_log as screening_log
from bot.service.review import Office, edition_of, member
from bot.service.review_ports import Counts, Cursor, Filters, NotAllowed, Reading, Revisions, StoredCase
from bot.service.review_views import CaseView, QueuePage, QueueRow

PAGE = 50
COUNTED = 1_000
"""Counting in the queue ends here: `1,000 or more` says enough, and costs the same however many there are."""


async def queue(
    office: Office,
    wanted: Filters,
    who: str,
    *,
    after: Cursor | None = None,
    now: datetime,
    limit: int = PAGE,
) -> QueuePage:
    """Return a page of the queue: the most pressing first, of those what is due first."""
    async with office.store.looking() as reading:
        names = await _names(reading, who)
        found = await reading.cases.page(wanted, after, limit + 1)
    shown = found[:limit]
    behind = _cursor(shown[-1], wanted) if len(found) > limit else None
    return QueuePage(tuple(_row(each, names, now) for each in shown), behind)


class Pulse(NamedTuple):
    """Revisions of cases: of the queue's first page; and with their talks, of those somebody has open."""

    first: tuple[tuple[str, int], ...]
    watched: Mapping[str, Revisions]


async def pulse(office: Office, watched: Collection[str]) -> Pulse:
    """Return what changes when the queue or one of these cases does; opens nothing that is sealed."""
    async with office.store.looking() as reading:
        first = await reading.cases.first_revisions(PAGE)
        return Pulse(tuple(first), await reading.cases.revisions(watched) if watched else {})


async def counts(office: Office, who: str, *, now: datetime) -> Counts:
    """Return the figures beside the queue's tabs; counting ends at 1,000."""
    async with office.store.looking() as reading:
        await _names(reading, who)
        return await reading.cases.counts(who, now, COUNTED)


async def search(office: Office, code: str, who: str, *, now: datetime) -> list[QueueRow]:
    """Return the cases of a participant code, a talk's code (as /mydata tells it), or a case's id."""
    async with office.store.looking() as reading:
        names = await _names(reading, who)
        found = await reading.cases.find(code.strip().casefold())
    return [_row(each, names, now) for each in found]


async def case_view(
    office: Office, case_id: str, who: str, *, now: datetime, with_identity: bool = False
) -> CaseView:
    """Return all that a case page shows; with the identity, that it was looked at is an event.

    NotAllowed where there is no such case, or where this member of staff may not see the identity.
    """
    if with_identity:
        await _note_look(office, case_id, who, now)
    async with office.store.looking() as reading:
        staff = {each.id: each for each in await reading.register.every()}
        stored = await reading.cases.look(case_id)
        if not _is_active(staff, who):
            raise NotAllowed("review-not-allowed")
        story = await reading.cases.story(stored.case.conversation) if stored else None
        if stored is None or story is None:
            raise NotAllowed("review-unknown-case")
        pinned = await edition_of(reading, office.desks.editions, story.conversation.content_hash)
        page = Page(
            stored=stored,
            story=story,
            history=await reading.cases.history(case_id),
            others=await reading.cases.find(stored.code),
            pinned=pinned,
            offered=office.desks.editions.offered.get(stored.case.trial, pinned),
            staff=staff,
            who=staff[who],
            with_identity=with_identity,
            now=now,
        )
    return view_of(page)


async def _note_look(office: Office, case_id: str, who: str, now: datetime) -> None:
    """Record that an identity is looked at, before anything of it is shown."""
    async with office.store.transaction() as transaction:
        if not (await member(transaction.register, who)).sees_identity:
            raise NotAllowed("review-no-identity")
        await transaction.register.record(IdentityViewed(at=now, by=who, case=case_id))


async def _names(reading: Reading, who: str) -> Mapping[str, str]:
    """Return the names of all staff by id; NotAllowed for whoever is not, or no more, one of them."""
    staff = {each.id: each for each in await reading.register.every()}
    if not _is_active(staff, who):
        raise NotAllowed("review-not-allowed")
    return {each.id: each.name for each in staff.values()}


def _is_active(staff: Mapping[str, Staff], who: str) -> bool:
    return who in staff and staff[who].active


def _cursor(last: StoredCase, wanted: Filters) -> Cursor:
    case = last.case
    at = last.due_by
    if wanted.resolved:
        at = case.changed_at or at
    elif wanted.snoozed:
        at = case.snoozed_until or at
    return Cursor(int(case.priority), at, case.id)


def _row(stored: StoredCase, names: Mapping[str, str], now: datetime) -> QueueRow:
    case = stored.case
    assert case.opened_at is not None
    decided_by = case.ruling.by if case.ruling and case.second_review is SecondReview.ASKED else None
    return QueueRow(
        case=case.id,
        code=stored.code,
        trial=case.trial,
        source=case.source,
        state=case.state,
        priority=case.priority,
        reasons=case.reasons,
        opened_at=case.opened_at,
        due_by=case.due_by,
        overdue=case.due_by is not None and case.due_by <= now and case.state is not State.RESOLVED,
        snoozed_until=case.snoozed_until,
        claimed_by=case.claimed_by,
        claimed_name=names.get(case.claimed_by) if case.claimed_by else None,
        talking=case.talking,
        decided_by=decided_by,
        decided_name=names.get(decided_by) if decided_by else None,
    )
