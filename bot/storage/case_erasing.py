"""What becomes of review cases when a person is erased, or what they said is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from bot.domain.case_events import PARTICIPANT, CaseClosed, Closing
from bot.domain.review import Case, State, apply
from bot.storage.bulk import Row
from bot.storage.case_keeping import event_row, replace_cases, row_of
from bot.storage.review_tables import case_events, cases
from bot.storage.vault import HOUSE
from bot.storage.work import Work


async def close_cases(work: Work, erased: Sequence[str], now: datetime) -> None:
    """Close the cases of erased people and empty them: reasons, notes, words and decisions go.

    That there was a case, when, for which trial, and that it ended by erasure, stays.
    """
    query = select(cases).where(cases.c.participant_id.in_(erased)).order_by(cases.c.id).with_for_update()
    rows = (await work.connection.execute(query)).all()
    if not rows:
        return
    theirs = case_events.c.case_id.in_([row.id for row in rows])
    await work.connection.execute(update(case_events).where(theirs).values(body=b""))
    sealer = await work.vault.sealer(())
    endings: list[Row] = []
    closed: list[Row] = []
    for row in rows:
        event = CaseClosed(at=now, by=PARTICIPANT, why=Closing.ERASED)
        position = row.revision + 1
        endings.append(event_row(work, row.id, position, event, bytes(row.head), (sealer, HOUSE)))
        empty = apply(_blank(row), event)
        closed.append(row_of(empty, endings[-1]["hash"], sealer, HOUSE))
    await work.connection.execute(insert(case_events), endings)
    await replace_cases(work, closed)


def _blank(row: Any) -> Case:  # noqa: ANN401 -- a row
    """Return a case as far as it may be known of an erased person."""
    return Case(
        row.id,
        conversation=row.conversation_id,
        participant=row.participant_id,
        trial=row.trial,
        state=State(row.state),
        opened_at=row.opened_at,
        revision=row.revision,
    )


async def forget_cases(work: Work, conversation: str) -> None:
    """Empty what was said in a case before it was closed as forgotten."""
    mine = select(cases.c.id).where(cases.c.conversation_id == conversation).scalar_subquery()
    before = select(cases.c.revision).where(cases.c.conversation_id == conversation).scalar_subquery()
    earlier: tuple[ColumnElement[bool], ...] = (
        case_events.c.case_id == mine,
        case_events.c.position < before,
    )
    await work.connection.execute(update(case_events).where(*earlier).values(body=b""))
