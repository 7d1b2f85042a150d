"""Looks whether review cases and the installation's events are what was written."""

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
from bot.storage.chain import CHAIN, HEAD, START, broken, read_head
from bot.storage.checkpoints import CASE, Mark
from bot.storage.codec import CASE_EVENTS, CASES
from bot.storage.register import recorded_at
from bot.storage.review_tables import case_events, cases, installation_events
from bot.storage.sealing import key_of
from bot.storage.tables import installation
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
    page = select(cases).order_by(cases.c.id).limit(_PAGE)
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
        else:
            history.append(CASE_EVENTS.read(body))
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
    if len(history) == length and not _follows(row.id, history, case):
        yield None, "the state does not follow from the events"


def _follows(case_id: str, history: Iterable[CaseEvent], case: Case) -> bool:
    try:
        return replay(case_id, history) == case
    except (DoorstepError, ValueError):
        return False


def _told(case: Case) -> tuple[object, ...]:
    due = case.due_by or FAR
    return (case.state.value, int(case.priority), due, case.snoozed_until, case.claimed_by, case.trial)


def _shown(row: Any) -> tuple[object, ...]:  # noqa: ANN401 -- a row
    return (row.state, row.priority, row.due_by, row.snoozed_until, row.claimed_by, row.trial)


async def faults_of_installation(
    connection: AsyncConnection, vault: Vault, mark: Mark | None
) -> tuple[int, list[Fault]]:
    """Return how many events of the installation there are, and what is wrong with them."""
    query = select(installation_events).order_by(installation_events.c.position)
    rows = (await connection.execute(query)).all()
    held = select(installation.c.value).where(installation.c.name == HEAD)
    value = (await connection.execute(held)).scalar()
    length, head = read_head(value) if value is not None else (0, START)
    found = [*broken(CHAIN, rows, length, head), *against(mark, rows)]
    faults: list[Fault] = [(CHAIN, position, what) for position, what in found]
    opened = await vault.try_open([(recorded_at(row.position), row.body) for row in rows])
    unread = [row.position for row, body in zip(rows, opened, strict=True) if body is None]
    faults += [(CHAIN, position, "an event does not open with its key") for position in unread]
    return len(rows), faults
