"""Review cases as the use cases see them. The queue is read by its indexes, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from bot.domain.case_events import CaseEvent
from bot.domain.review import Case, Priority
from bot.service.ports import Person
from bot.service.review_ports import Counts, Cursor, Filters, Revisions, Seen, StoredCase, Story, Tally
from bot.storage import people
from bot.storage.case_keeping import event_at, snapshot_at
from bot.storage.codec import (
    CASE_EVENTS,
    CASES,
    Whose,
    message_of,
    read_conversation,
    read_event,
    read_message,
    snapshot_of,
)
from bot.storage.review_tables import AWAY, DONE, IN_QUEUE, UNRESOLVED, case_events, cases
from bot.storage.sealing import Place
from bot.storage.tables import chats, conversations, events, outbox, participants
from bot.storage.trail import SEALED, places_of
from bot.storage.work import Work

_PAGE = 200
_FOUND = 100
"""Cases that a search returns at most."""
_REVISIONS: Select[Any] = select(cases.c.id, cases.c.revision)
_PAGES: Select[Any] = (
    select(cases.c.id, cases.c.revision, conversations.c.revision.label("talk"), chats.c.waiting_since)
    .join(conversations, conversations.c.id == cases.c.conversation_id)
    .join(participants, participants.c.id == cases.c.participant_id)
    .join(chats, chats.c.id == participants.c.chat_id)
)
_PRESSING = [int(priority) for priority in Priority]


class SqlCases:
    """See bot.service.review_ports.Cases and CaseReading."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = work.connection

    # Held

    async def hold(self, case_ids: Collection[str]) -> dict[str, Case]:
        """Return cases by id, held until the end."""
        return {case.id: case for case in await self._held(cases.c.id.in_(case_ids))} if case_ids else {}

    async def of_conversations(self, conversations: Collection[str]) -> dict[str, Case]:
        """Return cases by the conversation they are about, held until the end."""
        if not conversations:
            return {}
        held = await self._held(cases.c.conversation_id.in_(conversations))
        return {case.conversation: case for case in held}

    async def _held(self, wanted: ColumnElement[bool]) -> list[Case]:
        query = select(cases).where(wanted).order_by(cases.c.id).with_for_update()
        return await self._opened((await self._connection.execute(query)).all())

    async def person_of(self, case_id: str) -> Person | None:
        """Return the participant of a case with all their conversations, their chat held."""
        theirs = participants.c.id == cases.c.participant_id
        query = select(participants.c.chat_id).join(cases, theirs)
        living = (cases.c.id == case_id, participants.c.erased_at.is_(None))
        chats = (await self._connection.execute(query.where(*living))).scalars().all()
        found = await people.people_in(self._work, chats)
        return found[0] if found else None

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of cases in which something is due by time, the longest waiting first."""
        query = select(cases.c.id).where(UNRESOLVED, cases.c.due_at <= now)
        rows = await self._connection.execute(query.order_by(cases.c.due_at, cases.c.id).limit(limit))
        return list(rows.scalars())

    async def claimed(self, staff: str) -> list[str]:
        """Return the ids of the cases somebody holds."""
        query = select(cases.c.id).where(UNRESOLVED, cases.c.claimed_by == staff).order_by(cases.c.id)
        return list((await self._connection.execute(query)).scalars())

    # Shown

    async def page(self, wanted: Filters, after: Cursor | None, limit: int) -> list[StoredCase]:
        """Return the next cases of the queue, in order."""
        return await self._shown(_queue(wanted, after).limit(limit))

    async def counts(self, staff: str, now: datetime, most: int) -> Counts:
        """Return how many there are by what is asked most; counting ends at `most`."""
        overdue = (cases.c.priority.in_(_PRESSING), cases.c.due_by <= now)
        urgent, mine = cases.c.priority == int(Priority.URGENT), cases.c.claimed_by == staff
        return Counts(
            unclaimed=await self._count(most, IN_QUEUE, cases.c.claimed_by.is_(None)),
            mine=await self._count(most, IN_QUEUE, mine),
            overdue=await self._count(most, IN_QUEUE, *overdue),
            snoozed=await self._count(most, AWAY),
            urgent_mine=await self._count(most, IN_QUEUE, urgent, mine),
            urgent_elsewhere=await self._count(most, IN_QUEUE, urgent, cases.c.claimed_by != staff),
            most=most,
        )

    async def _count(self, most: int, *where: Any) -> int:  # noqa: ANN401 -- clauses of several kinds
        some = select(cases.c.id).where(*where).limit(most).subquery()
        return (await self._connection.execute(select(func.count()).select_from(some))).scalar_one()

    async def look(self, case_id: str) -> StoredCase | None:
        """Return a case."""
        found = await self._shown(select(cases).where(cases.c.id == case_id))
        return found[0] if found else None

    async def find(self, code: str) -> list[StoredCase]:
        """Return the cases of a participant code, a conversation's code or a case's id."""
        named = or_(cases.c.code == code, cases.c.id == code, cases.c.conversation_id == code)
        return await self._shown(select(cases).where(named).order_by(cases.c.opened_at).limit(_FOUND))

    async def first_revisions(self, limit: int) -> list[tuple[str, int]]:
        """Return id and revision of the first cases of the queue, in order."""
        rows = await self._connection.execute(_ordered(_REVISIONS, Filters(), None).limit(limit))
        return [(row.id, row.revision) for row in rows]

    async def revisions(self, case_ids: Collection[str]) -> dict[str, Revisions]:
        """Return what changes with what the pages of cases show, by id: one query for all of them."""
        rows = await self._connection.execute(_PAGES.where(cases.c.id.in_(case_ids)))
        return {row.id: Revisions(row.revision, row.talk, row.waiting_since is not None) for row in rows}

    async def history(self, case_id: str) -> list[CaseEvent]:
        """Return what is kept of a case's events, oldest first."""
        return (await self._histories([case_id])).get(case_id, [])

    async def story(self, conversation: str) -> Story | None:
        """Return what is kept of a conversation, and what its person was shown."""
        query = select(conversations, participants.c.chat_id, participants.c.code)
        query = query.join(participants, participants.c.id == conversations.c.participant_id)
        query = query.where(conversations.c.id == conversation)
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        (state,) = await self._work.vault.open([(_place(row), row.snapshot)])
        history = await self._work.vault.open(places_of(await self._events(conversation)))
        seen = await self._seen(conversation)
        return Story(read_conversation(state), [read_event(body) for body in history], seen)

    async def tallies(self, since: datetime | None, until: datetime | None) -> AsyncIterator[Tally]:
        """Yield every conversation opened in a span of time with its case, in order of opening."""
        query = _tallied(since, until)
        page = (await self._connection.execute(query)).all()
        while page:
            for tally in await self._tallies(page):
                yield tally
            after = tuple_(conversations.c.opened_at, conversations.c.id) > tuple_(
                page[-1].opened_at, page[-1].id
            )
            page = (await self._connection.execute(query.where(after))).all()

    async def _tallies(self, rows: Sequence[Any]) -> list[Tally]:
        vault = self._work.vault
        talks = await vault.open([(_place(row), row.snapshot) for row in rows])
        reviewed = [row for row in rows if row.case_id]
        sealed = [(snapshot_at(row.case_id, row.case_revision), row.case_snapshot) for row in reviewed]
        opened = await vault.open(sealed)
        found = {row.id: CASES.read(body) for row, body in zip(reviewed, opened, strict=True)}
        return [
            Tally(row.code, read_conversation(talk), found.get(row.id))
            for row, talk in zip(rows, talks, strict=True)
        ]

    async def _shown(self, query: Select[Any]) -> list[StoredCase]:
        rows = (await self._connection.execute(query)).all()
        opened = await self._opened(rows)
        return [StoredCase(case, row.code, row.due_by) for case, row in zip(opened, rows, strict=True)]

    async def _opened(self, rows: Sequence[Any]) -> list[Case]:
        sealed = [(snapshot_at(row.id, row.revision), row.snapshot) for row in rows]
        return [CASES.read(body) for body in await self._work.vault.open(sealed)]

    async def _histories(self, case_ids: Sequence[str]) -> dict[str, list[CaseEvent]]:
        query = (
            select(case_events.c.case_id, case_events.c.position, case_events.c.body)
            .where(case_events.c.case_id.in_(case_ids), case_events.c.body != b"")  # empty: forgotten
            .order_by(case_events.c.case_id, case_events.c.position)
        )
        rows = (await self._connection.execute(query)).all()
        opened = await self._work.vault.open(
            [(event_at(row.case_id, row.position), row.body) for row in rows]
        )
        found: dict[str, list[CaseEvent]] = {}
        for row, body in zip(rows, opened, strict=True):
            found.setdefault(row.case_id, []).append(CASE_EVENTS.read(body))
        return found

    async def _events(self, conversation: str) -> Sequence[Any]:
        query = select(*SEALED).where(events.c.conversation_id == conversation)
        kept = query.where(events.c.body != b"").order_by(events.c.position)
        return (await self._connection.execute(kept)).all()

    async def _seen(self, conversation: str) -> list[Seen]:
        query = select(outbox).where(outbox.c.conversation_id == conversation).order_by(outbox.c.sequence)
        rows = (await self._connection.execute(query)).all()
        bodies = await self._work.vault.open(
            [(message_of(row.chat_id, row.sequence), row.body) for row in rows]
        )
        return [
            Seen(row.queued_at, read_message(body), sent=row.sent_at is not None)
            for row, body in zip(rows, bodies, strict=True)
        ]


def _place(row: Any) -> Place:  # noqa: ANN401 -- a row
    return snapshot_of(row.id, row.revision, Whose(row.chat_id, row.code))


def _queue(wanted: Filters, after: Cursor | None) -> Select[Any]:
    query = select(cases)
    if wanted.trial:
        query = query.where(cases.c.trial == wanted.trial)
    if wanted.source:
        query = query.where(cases.c.source == wanted.source)
    if wanted.state:
        query = query.where(cases.c.state == wanted.state.value)
    if wanted.priority is not None:
        query = query.where(cases.c.priority == int(wanted.priority))
    if wanted.claimed_by:
        query = query.where(cases.c.claimed_by == wanted.claimed_by)
    if wanted.unclaimed:
        query = query.where(cases.c.claimed_by.is_(None))
    return _ordered(query, wanted, after)


def _ordered(query: Select[Any], wanted: Filters, after: Cursor | None) -> Select[Any]:
    if wanted.resolved:
        key = (cases.c.changed_at, cases.c.id)
        query = query.where(DONE).order_by(*(column.desc() for column in key))
        return query.where(tuple_(*key) < tuple_(after.at, after.id)) if after else query
    if wanted.snoozed:
        key = (cases.c.snoozed_until, cases.c.id)
        query = query.where(AWAY).order_by(*key)
        return query.where(tuple_(*key) > tuple_(after.at, after.id)) if after else query
    whole = (cases.c.priority, cases.c.due_by, cases.c.id)
    query = query.where(IN_QUEUE).order_by(*whole)
    return query.where(tuple_(*whole) > tuple_(*after)) if after else query


def _tallied(since: datetime | None, until: datetime | None) -> Select[Any]:
    query = (
        select(
            conversations.c.id,
            conversations.c.opened_at,
            conversations.c.revision,
            conversations.c.snapshot,
            participants.c.code,
            participants.c.chat_id,
            cases.c.id.label("case_id"),
            cases.c.revision.label("case_revision"),
            cases.c.snapshot.label("case_snapshot"),
        )
        .join(participants, participants.c.id == conversations.c.participant_id)
        .outerjoin(cases, cases.c.conversation_id == conversations.c.id)
        .order_by(conversations.c.opened_at, conversations.c.id)
        .limit(_PAGE)
    )
    if since is not None:
        query = query.where(conversations.c.opened_at >= since)
    return query if until is None else query.where(conversations.c.opened_at < until)
