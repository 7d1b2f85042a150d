"""Looks whether something is due in a conversation when its state says, and not when somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Conversation
from bot.service.timetable import Timetable
from bot.storage.case_verifying import Fault
from bot.storage.tables import editions


async def misdated(
    connection: AsyncConnection,
    timetable: Timetable,
    talks: Sequence[Any],
    states: Sequence[Conversation | None],
) -> list[Fault]:
    """Return which of these rows tell another time than their states, which follow in the same order."""
    known = [(talk, state) for talk, state in zip(talks, states, strict=True) if state]
    await _learn(connection, timetable, {state.content_hash for _, state in known})
    what = "something is due at another time than its state says"
    return [(talk.id, None, what) for talk, state in known if not timetable.fits(state, talk.due_at)]


async def _learn(connection: AsyncConnection, timetable: Timetable, hashes: Iterable[str]) -> None:
    missing = [name for name in sorted(hashes) if not timetable.knows(name)]
    if missing:
        kept = select(editions.c.content_hash, editions.c.body).where(editions.c.content_hash.in_(missing))
        for row in await connection.execute(kept):
            timetable.learn(row.content_hash, bytes(row.body))
