"""Looks whether the audit trail is what was written: each event, its chain, and the state it made."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Conversation, Status
from bot.domain.errors import DoorstepError
from bot.domain.events import ConsentDeclined, Erased, Event, IdentityWithdrawn, MinorRecognised
from bot.domain.folding import replay
from bot.domain.keeping import RetentionEnded
from bot.service.timetable import Timetable
from bot.storage.case_verifying import Fault, against, faults_of_cases
from bot.storage.chain import CHAIN
from bot.storage.checkpoints import CASE, Mark
from bot.storage.codec import Whose, read_conversation, read_event, snapshot_of
from bot.storage.due_verifying import misdated
from bot.storage.edition_verifying import faults_of_editions
from bot.storage.people_verifying import faults_of_people
from bot.storage.sealing import Place, key_of
from bot.storage.staff_verifying import faults_of_installation
from bot.storage.store import LOOKUP, SqlStore
from bot.storage.tables import conversations, events, participants
from bot.storage.trail import START, link, places_of
from bot.storage.vault import HOUSE, Vault

_PAGE = 200
NO_MARKS: Mapping[str, Mark] = MappingProxyType({})
_FORGETTING = (Erased, MinorRecognised, ConsentDeclined, RetentionEnded)
"""Events after which what was said before may be gone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written; in a conversation, a case or the installation."""

    conversation: str
    position: int | None
    what: str


@dataclass(slots=True)
class Report:
    """What was looked at, and what was found."""

    conversations: int = 0
    events: int = 0
    findings: list[Finding] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    """What checkpoints say of chains that have not been looked at yet."""

    def add(self, events: int, faults: Iterable[Fault]) -> None:
        """Add what was seen of other chains, of cases and of the installation."""
        self.events += events
        self.findings += [Finding(*fault) for fault in faults]


async def verify(store: SqlStore, timetable: Timetable | None = None) -> AsyncIterator[Report]:
    """Yield the report as it grows, a page of conversations at a time, as of one moment.

    When something is due is looked at only with a timetable: the storage knows no trial.
    """
    vault = store.database.vault
    erased = await vault.erased()
    async with store.database.reading() as connection:
        marks = await store.witness.marks(connection) if store.witness else {}
        async for report in verify_on(connection, vault, marks, timetable):
            yield report
        lately = (await vault.erased()).keys() - erased.keys()
        if lately and report.findings:
            report.findings = await _without(connection, report.findings, lately)
            yield report


async def _without(
    connection: AsyncConnection, found: list[Finding], erased: Collection[str]
) -> list[Finding]:
    """Leave out what does not open since its person was erased while we looked."""
    query = select(conversations.c.id).where(conversations.c.participant_id.in_(erased))
    theirs = set((await connection.execute(query)).scalars())
    return [each for each in found if each.conversation not in theirs or each.what not in _SHUT]


_SHUT = ("an event does not open with its key", "the state does not open with its key")


async def verify_on(
    connection: AsyncConnection,
    vault: Vault,
    marks: Mapping[str, Mark] = NO_MARKS,
    timetable: Timetable | None = None,
) -> AsyncIterator[Report]:
    """Yield the report on what this connection sees, against what the checkpoints say."""
    report = Report(marks=dict(marks))
    last = ""
    while talks := await _page(connection, last):
        states = await _look_at(connection, vault, talks, report)
        if timetable:
            report.add(0, await misdated(connection, timetable, talks, states))
        last = talks[-1].id
        yield report
    for name in [name for name in report.marks if name != CHAIN and not name.startswith(CASE)]:
        mark = report.marks.pop(name)
        report.findings.append(Finding(name, None, f"the conversation is gone, which {mark.where} lists"))
    for name in await _orphans(connection):
        report.findings.append(Finding(name, None, "events without a conversation"))
    async for seen, faults in faults_of_cases(connection, vault, report.marks):
        report.add(seen, faults)
        yield report
    async for faults in faults_of_editions(connection):
        report.add(0, faults)
    key = await vault.secret(LOOKUP)
    async for faults in faults_of_people(connection, vault, key):
        report.add(0, faults)
    report.add(*await faults_of_installation(connection, vault, report.marks.pop(CHAIN, None), key))
    yield report


async def _page(connection: AsyncConnection, last: str) -> Sequence[Any]:
    whose = participants.c.chat_id, participants.c.code
    query = select(conversations, *whose).outerjoin(
        participants, participants.c.id == conversations.c.participant_id
    )
    query = query.where(conversations.c.id > last).order_by(conversations.c.id).limit(_PAGE)
    return (await connection.execute(query)).all()


async def _orphans(connection: AsyncConnection) -> Sequence[str]:
    known = select(conversations.c.id)
    query = select(events.c.conversation_id).where(events.c.conversation_id.not_in(known)).distinct()
    return (await connection.execute(query)).scalars().all()


async def _look_at(
    connection: AsyncConnection, vault: Vault, talks: Sequence[Any], report: Report
) -> list[Conversation | None]:
    """Look at a page of conversations; return the states that open."""
    query = select(events).where(events.c.conversation_id.in_([talk.id for talk in talks]))
    ordered = query.order_by(events.c.conversation_id, events.c.position)
    rows = (await connection.execute(ordered)).all()
    trails = {name: list(theirs) for name, theirs in groupby(rows, key=lambda row: row.conversation_id)}
    full = [row for row in rows if row.body]
    opened = await vault.try_open(places_of(full))
    bodies = {(row.conversation_id, row.position): body for row, body in zip(full, opened, strict=True)}
    bare = await vault.try_open([(_place(talk), talk.snapshot) for talk in talks])
    states = [None if state is None else read_conversation(state) for state in bare]
    for talk, state in zip(talks, states, strict=True):
        trail = trails.get(talk.id, [])
        report.findings += [*_broken_links(talk, trail), *_broken_words(talk, trail, bodies, state)]
        listed = against(report.marks.pop(talk.id, None), trail)
        report.findings += [Finding(talk.id, position, what) for position, what in listed]
    report.conversations += len(talks)
    report.events += len(rows)
    return states


def _place(talk: Any) -> Place:  # noqa: ANN401 -- a row
    return snapshot_of(talk.id, talk.revision, Whose(talk.chat_id, talk.code))


def _broken_links(talk: Any, trail: Sequence[Any]) -> Iterable[Finding]:  # noqa: ANN401 -- rows
    head = START
    for expected, row in enumerate(trail, 1):
        if row.position != expected:
            yield Finding(talk.id, expected, "an event is missing")
            return
        head = link(head, row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
        if head != row.hash:
            yield Finding(talk.id, row.position, "an event, or the one before it, was changed")
            return
        if row.body and hashlib.sha256(row.body).digest() != row.digest:
            yield Finding(talk.id, row.position, "what an event says was changed")
    if len(trail) != talk.revision:
        yield Finding(talk.id, len(trail) + 1, "the last events are missing, or some were added")
    elif head != talk.head:
        yield Finding(talk.id, talk.revision, "the conversation ends with another event")


def _broken_words(
    talk: Any,  # noqa: ANN401 -- a row
    trail: Sequence[Any],
    bodies: dict[tuple[str, int], bytes | None],
    state: Conversation | None,
) -> Iterable[Finding]:
    said: list[Event | None] = []
    for row in trail:
        body = bodies.get((talk.id, row.position))
        if row.body and body is None:
            yield Finding(talk.id, row.position, _SHUT[0])
        event = None if body is None else read_event(body)
        if event is not None and event.at != row.at:
            yield Finding(talk.id, row.position, "the time of an event was changed")
        said.append(event)
    yield from _gaps(talk, trail, said)
    yield from _state(talk, said, state)


def _gaps(talk: Any, trail: Sequence[Any], said: Sequence[Event | None]) -> Iterable[Finding]:  # noqa: ANN401 -- rows
    # What was said may be gone only before an event that says why, or wherever the person was erased.
    erased = any(isinstance(event, Erased) for event in said)
    over = any(isinstance(event, RetentionEnded) for event in said)
    why = [row.position for row, event in zip(trail, said, strict=True) if isinstance(event, _FORGETTING)]
    back = [
        row.position for row, event in zip(trail, said, strict=True) if isinstance(event, IdentityWithdrawn)
    ]
    for row in reversed(trail):
        lawful = erased or any(row.position < position for position in why)
        if not row.body and not lawful and back and back[-1] > row.position:
            back.pop()  # each took back one thing that was shared before it, and no more
        elif not row.body and not lawful:
            yield Finding(talk.id, row.position, "what an event says is gone, and nothing says why")
        if over and row.body and key_of(row.body) != HOUSE:
            yield Finding(talk.id, row.position, "what was said is still there after its time")


def _state(talk: Any, said: Sequence[Event | None], state: Conversation | None) -> Iterable[Finding]:  # noqa: ANN401 -- a row
    if state is None:
        yield Finding(talk.id, None, _SHUT[1])
        return
    # No events: what is asked about before it is kept, and when staff were last told.
    kept = replace(state, question_text=None, name_text=None, told_staff={})
    told = (kept.status.value, kept.trial, kept.content_hash, kept.contact_permission, kept.previous)
    shown = (talk.status, talk.trial, talk.content_hash, talk.contact_permission, talk.previous)
    ended = (kept.finished_at, kept.deidentified_at) == (talk.finished_at, talk.deidentified_at)
    began = kept.opened_at in {None, talk.opened_at}
    if told != shown or not (ended and began) or key_of(talk.snapshot) not in {talk.participant_id, HOUSE}:
        yield Finding(talk.id, None, "the state is not that of its row")
    history = [event for event in said if event is not None]
    if talk.status == Status.ERASED.value or len(history) != len(said):
        return  # parts were forgotten: what is left cannot be replayed
    try:
        follows = replay(talk.id, history)
        # A state written by an earlier program does not hold yet what was agreed to before.
        known = kept.agreed.items() <= follows.agreed.items()
        same = known and replace(follows, question_text=None, told_staff={}, agreed=kept.agreed) == kept
    except (DoorstepError, ValueError):
        same = False
    if not same:
        yield Finding(talk.id, None, "the state does not follow from the events")
