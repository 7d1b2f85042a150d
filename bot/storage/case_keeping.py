"""Keeps review cases with what happened in them: a fixed number of bulk statements for all of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.domain.case_events import GONE, CaseEvent
from bot.domain.review import Case
from bot.service.ports import Conflict, KeptCase
from bot.storage.bulk import Row, insert_all
from bot.storage.chain import START, chained
from bot.storage.codec import CASE_EVENTS, CASES
from bot.storage.review_tables import case_events, cases
from bot.storage.sealing import Place
from bot.storage.tables import participants
from bot.storage.vault import HOUSE, Sealer
from bot.storage.work import Work

FAR = datetime(9000, 1, 1, tzinfo=UTC)
"""Where a case stands in the queue that nothing was promised for: behind all others that press as much."""


def snapshot_at(case: str, revision: int) -> Place:
    """Return where the state of a case stands."""
    return Place("cases", "snapshot", f"{case}@{revision}")


def event_at(case: str, position: int) -> Place:
    """Return where an event of a case stands."""
    return Place("case_events", "body", f"{case}/{position}")


@dataclass(slots=True)
class _Turns:
    """All turns of one case in this batch, taken together."""

    before: int
    after: Case
    events: list[CaseEvent] = field(default_factory=list)


async def keep_cases(work: Work, kept: Iterable[KeptCase], erased: Sequence[str]) -> None:
    """Keep all turns of cases; Conflict where one is not as it was read. Not those of the erased."""
    turns = _together(each for each in kept if each.case.participant not in erased)
    if not turns:
        return
    stored = await _stored(work, turns)
    sealer = await work.vault.sealer({turn.after.participant for turn in turns.values()})
    events = {key: _events(work, turn, sealer, _head(stored.get(key))) for key, turn in turns.items()}
    codes = await _codes(work, [turn.after for key, turn in turns.items() if key not in stored])
    rows = {key: _row(turn.after, events[key][-1]["hash"], sealer) for key, turn in turns.items()}
    fresh = [row | _fixed(turns[key].after, codes) for key, row in rows.items() if key not in stored]
    await insert_all(work.connection, cases, fresh)
    await replace_cases(work, [row for key, row in rows.items() if key in stored])
    await work.connection.execute(insert(case_events), [row for rows in events.values() for row in rows])


def _together(kept: Iterable[KeptCase]) -> dict[str, _Turns]:
    turns: dict[str, _Turns] = {}
    for each in kept:
        if not each.events:
            continue
        before = each.case.revision - len(each.events)
        turn = turns.setdefault(each.case.id, _Turns(before, each.case))
        if turn.events and turn.after.revision != before:
            raise Conflict("Two turns of one batch were decided on the same case.")
        turn.after = each.case
        turn.events.extend(each.events)
    return turns


_NOW_STORED = select(cases.c.id, cases.c.revision, cases.c.head)


async def _stored(work: Work, turns: dict[str, _Turns]) -> dict[str, Any]:
    query = _NOW_STORED.where(cases.c.id.in_(turns)).order_by(cases.c.id).with_for_update()
    stored = {row.id: row for row in await work.connection.execute(query)}
    for key, turn in turns.items():
        revision = stored[key].revision if key in stored else 0
        if revision != turn.before:
            raise Conflict("A case changed after it was read.")
    return stored


def _head(row: Any) -> bytes:  # noqa: ANN401 -- a row, or None
    return START if row is None else bytes(row.head)


def _events(work: Work, turn: _Turns, sealer: Sealer, head: bytes) -> list[Row]:
    rows = []
    for position, event in enumerate(turn.events, turn.before + 1):
        row = event_row(work, turn.after.id, position, event, head, (sealer, turn.after.participant))
        head = row["hash"]
        rows.append(row)
    return rows


def event_row(
    work: Work, case: str, position: int, event: CaseEvent, head: bytes, key: tuple[Sealer, str]
) -> Row:
    """Return the row of an event, sealed and chained behind `head`."""
    sealer, name = key
    row = {
        "case_id": case,
        "position": position,
        "id": work.row_id(),
        "body": sealer.seal(name, event_at(case, position), CASE_EVENTS.write(event)),
        "at": event.at,
        "actor": event.by.who,
    }
    return chained(head, case, row)


async def _codes(work: Work, fresh: Sequence[Case]) -> dict[str, str]:
    if not fresh:
        return {}
    wanted = participants.c.id.in_({case.participant for case in fresh})
    query = select(participants.c.id, participants.c.code).where(wanted)
    return {row.id: row.code for row in await work.connection.execute(query)}


_REPLACED = (
    "state",
    "priority",
    "source",
    "changed_at",
    "due_by",
    "snoozed_until",
    "due_at",
    "claimed_by",
    "revision",
    "snapshot",
    "head",
)
_REPLACE = (
    update(cases)
    .where(cases.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in _REPLACED})
)


async def replace_cases(work: Work, rows: Sequence[Row]) -> None:
    """Put these rows, as `row_of` makes them, in place of what is stored of their cases."""
    if rows:
        await work.connection.execute(_REPLACE, [_renamed(row) for row in rows])


def _renamed(row: Row) -> Row:
    return {"row": row["id"], **{f"new_{name}": row[name] for name in _REPLACED}}


def _row(case: Case, head: bytes, sealer: Sealer) -> Row:
    return row_of(case, head, sealer, HOUSE if case.closed in GONE else case.participant)


def row_of(case: Case, head: bytes, sealer: Sealer, key: str) -> Row:
    """Return what is stored of a case and changes, sealed under the key of that name."""
    return {
        "id": case.id,
        "state": case.state.value,
        "priority": int(case.priority),
        "source": case.source,
        "changed_at": case.changed_at,
        "due_by": case.due_by or FAR,
        "snoozed_until": case.snoozed_until,
        "due_at": case.due_at,
        "claimed_by": case.claimed_by,
        "revision": case.revision,
        "snapshot": sealer.seal(key, snapshot_at(case.id, case.revision), CASES.write(case)),
        "head": head,
    }


def _fixed(case: Case, codes: dict[str, str]) -> Row:
    return {
        "conversation_id": case.conversation,
        "participant_id": case.participant,
        "code": codes[case.participant],
        "trial": case.trial,
        "opened_at": case.opened_at,
    }
