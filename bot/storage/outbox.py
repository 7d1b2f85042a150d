"""The messages still to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from bot.service.ports import Queued
from bot.storage.codec import read_message
from bot.storage.database import Database
from bot.storage.erasing import forgetting
from bot.storage.identity import read_address
from bot.storage.tables import chats, outbox

PER_CHAT = 10
"""Messages of one chat handed out at once, so that one with thousands waiting starves nobody."""

_DUE = outbox.c.sent_at.is_(None) & outbox.c.failed_at.is_(None)


class SqlOutbox:
    """See bot.service.ports.Outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, now: datetime, limit: int) -> list[Queued]:
        """Return due messages of chats that can be written to, in order within each chat."""
        async with self._database.reading() as connection:
            return [_queued(row) for row in await connection.execute(_waiting(now, limit))]

    async def sent(self, ids: Sequence[int], now: datetime) -> None:
        """Mark messages as sent; an erased person's address goes with their last one."""
        await self._settle(ids, sent_at=now)

    async def undeliverable(self, message_id: int, reason: str, now: datetime) -> None:
        """Set one message aside that Telegram will never take."""
        await self._settle([message_id], failed_at=now, failure=reason)

    async def postpone(self, chat_row: str, until: datetime) -> None:
        """Send nothing to this chat before `until`; its next message has been tried once more."""
        tried = (
            select(func.min(outbox.c.sequence)).where(outbox.c.chat_id == chat_row, _DUE).scalar_subquery()
        )
        this = (outbox.c.chat_id == chat_row) & (outbox.c.sequence == tried)
        async with self._database.writing() as connection:
            await connection.execute(update(chats).where(chats.c.id == chat_row).values(not_before=until))
            await connection.execute(update(outbox).where(this).values(attempts=outbox.c.attempts + 1))

    async def blocked(self, chat_row: str, now: datetime) -> None:
        """Stop writing to a chat until its person writes again; one who was erased never will."""
        this = chats.c.id == chat_row
        erased = select(chats.c.id).where(this, chats.c.lookup.is_(None))
        dropped = update(outbox).where(outbox.c.chat_id.in_(erased), _DUE)
        async with self._database.writing() as connection:
            await connection.execute(update(chats).where(this).values(blocked_at=now))
            await connection.execute(dropped.values(failed_at=now, failure="blocked"))
            forgotten = await connection.execute(forgetting(erased))
        await self._scrub_after(forgotten.rowcount)

    async def _settle(self, ids: Sequence[int], **how: Any) -> None:  # noqa: ANN401 -- columns
        if not ids:
            return
        these = outbox.c.id.in_(ids)
        async with self._database.writing() as connection:
            await connection.execute(update(outbox).where(these, _DUE).values(**how))
            forgotten = await connection.execute(forgetting(select(outbox.c.chat_id).where(these)))
        await self._scrub_after(forgotten.rowcount)

    async def _scrub_after(self, forgotten: int) -> None:
        if forgotten:
            await self._database.scrub()


def _waiting(now: datetime, limit: int) -> Select[Any]:
    # The window sees ids only; bodies are fetched for the few that are handed out.
    place = func.row_number().over(partition_by=outbox.c.chat_id, order_by=outbox.c.sequence)
    ranked = select(outbox.c.id, place.label("place")).where(_DUE).subquery()
    open_chat = (
        chats.c.address.is_not(None),
        chats.c.blocked_at.is_(None),
        or_(chats.c.not_before.is_(None), chats.c.not_before <= now),
    )
    return (
        select(outbox.c.id, outbox.c.chat_id, outbox.c.body, outbox.c.attempts, chats.c.address)
        .join(ranked, ranked.c.id == outbox.c.id)
        .join(chats, chats.c.id == outbox.c.chat_id)
        .where(ranked.c.place <= PER_CHAT, *open_chat)
        .order_by(ranked.c.place, outbox.c.id)
        .limit(limit)
    )


def _queued(row: Any) -> Queued:  # noqa: ANN401 -- a row
    return Queued(row.id, row.chat_id, read_address(row.address), read_message(row.body), row.attempts)
