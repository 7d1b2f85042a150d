"""Whoever was erased and is back, as from a backup."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import participants

_SLICE = 500


async def living(connection: AsyncConnection, people: Sequence[str]) -> list[str]:
    """Return those of these people who are in the database and not erased."""
    found: list[str] = []
    for start in range(0, len(people), _SLICE):
        these = participants.c.id.in_(people[start : start + _SLICE])
        query = select(participants.c.id).where(these, participants.c.erased_at.is_(None))
        found += (await connection.execute(query)).scalars()
    return found
