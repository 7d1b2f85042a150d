"""Whoever was erased and is back, as from a backup: erased again, with an event that says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Conversation, Status, apply
from bot.domain.events import Erased
from bot.service.ports import Changes, Kept
from bot.storage.tables import conversations, participants

_SLICE = 500


async def living(connection: AsyncConnection, people: Sequence[str]) -> list[str]:
    """Return those of these people who are in the database and not erased."""
    found: list[str] = []
    for start in range(0, len(people), _SLICE):
        these = participants.c.id.in_(people[start : start + _SLICE])
        query = select(participants.c.id).where(these, participants.c.erased_at.is_(None))
        found += (await connection.execute(query)).scalars()
    return found


async def erasure_of(connection: AsyncConnection, person: str, at: datetime) -> Changes:
    """Return what erases one of them. Their key is gone, so what they said is neither read nor needed."""
    query = (
        select(conversations)
        .where(conversations.c.participant_id == person, conversations.c.status != Status.ERASED.value)
        .order_by(conversations.c.id)
    )
    rows = (await connection.execute(query)).all()
    return Changes(kept=[_closed(row, at) for row in rows], erased=[person])


def _closed(row: Any, at: datetime) -> Kept:  # noqa: ANN401 -- a row
    bare = Conversation(
        row.id,
        trial=row.trial,
        content_hash=row.content_hash,
        previous=row.previous,
        status=Status.IN_PROGRESS,
        revision=row.revision,
        opened_at=row.opened_at,
    )
    event = Erased(at=at)
    return Kept(row.participant_id, apply(bare, event), (event,), arrived=False)
