"""People who are to be asked again after an absence, some at a time, however many they are."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, or_, select, update

from bot.service.ports import Person
from bot.storage.bulk import insert_missing
from bot.storage.people import LIVING, people_in
from bot.storage.tables import conversations, installation, participants
from bot.storage.work import Work

_NAME = "absence"
_HERE = installation.c.name == _NAME


async def note(work: Work, first: datetime, last: datetime) -> None:
    """Remember an absence; one that was not over with yet goes on in this one."""
    await _keep(work, [first.isoformat(), "", last.isoformat()])


async def missed(work: Work, limit: int) -> list[Person]:
    """Return the next people who were last seen in their current conversation before the absence."""
    value = (await work.connection.execute(select(installation.c.value).where(_HERE))).scalar()
    if value is None:
        return []
    first, after, last = json.loads(bytes(value))
    query = _seen(datetime.fromisoformat(first), after, datetime.fromisoformat(last)).limit(limit)
    rows = (await work.connection.execute(query)).all()
    if len(rows) < limit:
        await work.connection.execute(delete(installation).where(_HERE))
    else:
        await _keep(work, [rows[-1].active_at.isoformat(), rows[-1].id, last])
    return await people_in(work, [row.chat_id for row in rows])


def _seen(first: datetime, after: str, last: datetime) -> Select[Any]:
    here = conversations.c.active_at
    return (
        select(participants.c.chat_id, conversations.c.id, here)
        .join(conversations, conversations.c.id == participants.c.current)
        .where(here.between(first, last), or_(here > first, conversations.c.id > after), LIVING)
        .order_by(here, conversations.c.id)
    )


async def _keep(work: Work, place: list[str]) -> None:
    row = {"name": _NAME, "value": json.dumps(place).encode()}
    again = update(installation).where(_HERE).values(value=row["value"])
    if not (await work.connection.execute(again)).rowcount:
        await insert_missing(work.connection, installation, [row])
