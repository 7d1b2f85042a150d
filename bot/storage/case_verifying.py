"""Looks whether review cases are what was written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.case_events import EMPTYING, CaseClosed, CaseEvent
from bot.domain.errors import DoorstepError
from bot.domain.review import Case, replay
from bot.storage.case_keeping import FAR, event_at, snapshot_at
from bot.storage.chain import broken
from bot.storage.checkpoints import CASE, Mark
from bot.storage.codec import CASE_EVENTS, CASES
from bot.storage.review_tables import case_events, cases
from bot.storage.sealing import key_of
from bot.storage.tables import participants
from bot.storage.vault import HOUSE, Vault

_PAGE = 200
Fault = tuple[str, int | None, str]
"""Which chain, which position, and what is wrong there."""


async def faults_of_cases(
    connection: AsyncConnection, vault: Vault, marks: dict[str, Mark]
) -> AsyncIterator[tuple[int, list[Fault]]]:
    """Yield, a page of cases at a time, how many events were looked at and what is wrong.

    `marks` are what checkpoints say; those of cases are taken out.
    """
    last = ""
    theirs = participants.c.id == cases.c.participant_id
    page = select(cases, participants.c.code.label("their_code")).outerjoin(participants, theirs)
    page = page.order_by(cases.c.id).limit(_PAGE)
    while rows := (await connection.execute(page.where(cases.c.id > last))).all():
        last = rows[-1].id
        yield await _look_at(connection, vault, rows, marks)
    known = select(cases.c.id)
    strays = select(case_events.c.case_id).where(case_events.c.case_id.not_in(known)).distinct()
    found = (await connection.execute(strays)).scalars().all()
    yield 0, [(f"{CASE}{name}", None, "events without a case") for name in found]
    gone = [name for name in marks if name.startswith(CASE)]
    yield 0, [(name, None, f"the case is gone, which {marks.pop(name).where} lists") for name in gone]


async def _look_at(
    connection: AsyncConnection, vault: Vault, rows: Sequence[Any], marks: dict[str, Mark]
) -> tuple[int, list[Fault]]:
    query = select(case_events).where(case_events.c.case_id.in_([row.id for row in rows]))
    ordered = query.order_by(case_events.c.case_id, case_events.c.position)
    events = (await connection.execute(ordered)).all()
    trails = {name: list(theirs) for name, theirs in groupby(events, key=lambda row: row.case_id)}
    states = await vault.try_open([(snapshot_at(row.id, row.revision), row.snapshot) for row in rows])
    faults: list[Fault] = []
    for row, state in zip(rows, states, strict=True):
        trail = trails.get(row.id, [])
        said = await vault.try_open([(event_at(row.id, e.position), e.body) for e in trail if e.body])
        name = f"{CASE}{row.id}"
        found = [*broken(row.id, trail, row.revision, bytes(row.head)), *_words(row, trail, said, state)]
        found += against(marks.pop(name, None), trail)
        faults += [(name, position, what) for position, what in found]
    return len(events), faults


def against(mark: Mark | None, trail: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Yield what of a chain is not as a checkpoint lists it."""
    if mark is None:
        return
    if len(trail) < mark.length:
        yield len(trail) + 1, f"events are missing that {mark.where} lists"
    elif trail[mark.length - 1].hash.hex() != mark.head:
        yield mark.length, f"an event is not the one that {mark.where} lists"


def _words(
    row: Any,  # noqa: ANN401 -- a row
    trail: Sequence[Any],
    said: Sequence[bytes | None],
    state: bytes | None,
) -> Iterator[tuple[int | None, str]]:
    full = [event for event in trail if event.body]
    history: list[CaseEvent] = []
    for event, body in zip(full, said, strict=True):
        if body is None:
            yield event.position, "an event does not open with its key"
            continue
        happened = CASE_EVENTS.read(body)
        if (happened.at, happened.by.who) != (event.at, event.actor):
            yield event.position, "the time of an event, or who did it, was changed"
        history.append(happened)
    yield from _gaps(trail, full, history)
    yield from _state(row, len(trail), history, state)


def _gaps(
    trail: Sequence[Any], full: Sequence[Any], history: Sequence[CaseEvent]
) -> Iterator[tuple[int, str]]:
    # What was said may be gone only before an event that says why.
    why = [
        event.position
        for event, happened in zip(full, history, strict=False)
        if isinstance(happened, CaseClosed) and happened.why in EMPTYING
    ]
    last = max(why, default=0)
    for event in trail:
        if not event.body and event.position > last:
            yield event.position, "what an event says is gone, and nothing says why"


def _state(
    row: Any,  # noqa: ANN401 -- a row
    length: int,
    history: Sequence[CaseEvent],
    state: bytes | None,
) -> Iterator[tuple[None, str]]:
    if state is None:
        yield None, "the state does not open with its key"
        return
    case = CASES.read(state)
    if _told(case) != _shown(row) or key_of(row.snapshot) not in {row.participant_id, HOUSE}:
        yield None, "the state is not that of its row"
    if row.code != row.their_code:
        yield None, "it bears the code of another participant"
    if len(history) == length and not _follows(row.id, history, case):
        yield None, "the state does not follow from the events"


def _follows(case_id: str, history: Iterable[CaseEvent], case: Case) -> bool:
    try:
        return replay(case_id, history) == case
    except (DoorstepError, ValueError):
        return False


def _told(case: Case) -> tuple[object, ...]:
    due = case.due_by or FAR
    queued = (case.state.value, int(case.priority), due, case.snoozed_until, case.claimed_by, case.trial)
    timed = (case.source, case.due_at, case.opened_at, case.changed_at)
    return (*queued, *timed, case.conversation, case.participant)


def _shown(row: Any) -> tuple[object, ...]:  # noqa: ANN401 -- a row
    queued = (row.state, row.priority, row.due_by, row.snoozed_until, row.claimed_by, row.trial)
    timed = (row.source, row.due_at, row.opened_at, row.changed_at)
    return (*queued, *timed, row.conversation_id, row.participant_id)
