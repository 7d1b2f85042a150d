"""The messages still to be sent; a chat is claimed by one worker at a time, by a lease."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.service.sending import Queued, Settled
from bot.storage.codec import message_of, read_message
from bot.storage.database import Database
from bot.storage.identity import address_of, read_address
from bot.storage.settling import Settling
from bot.storage.tables import chats, outbox
from bot.storage.turns import DUE, HEAD_START, PER_CHAT, is_new, newcomers_among

log = logging.getLogger(__name__)


class SqlOutbox:
    """See bot.service.ports.Outbox.

    `worker` names whoever sends. Two that work at the same time need two names; one that comes back under
    its old name gets the chats back at once that it held when it was killed.
    """

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._held: set[str] = set()
        self._astray = True
        """Whether leases may bear this worker's name that it knows nothing of."""
        self._places = 0
        """How many were given so far."""

    async def exchange(
        self,
        settled: Sequence[Settled],
        released: Sequence[str],
        now: datetime,
        *,
        lease: timedelta,
        limit: int,
    ) -> list[Queued]:
        """Keep what came of sending, give chats back, and claim chats with due messages."""
        # Looking first costs no write and no wait for the disk, and mostly there is nothing.
        if not (settled or released or self._astray or await self._anything(now, lease)):
            return []
        astray, self._astray = self._astray, True
        async with self._database.writing() as connection:
            lost = await self._lost(connection) if astray else []
            forgotten = False
            if settled or released or lost:
                settling = Settling(connection, self._database.vault, self._worker, now)
                forgotten = await settling.keep(settled, [*released, *lost])
            claimed = await self._claim(connection, now, lease, limit)
        # Only now: had it failed halfway, nobody could say whether the leases were kept.
        self._astray = False
        self._held = (self._held - set(released)) | {queued.chat_row for queued in claimed}
        if forgotten:
            await self._database.scrub()
        return claimed

    async def _anything(self, now: datetime, lease: timedelta) -> bool:
        query = select(chats.c.id).where(*_claimable(now, lease)).limit(1)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def _lost(self, connection: AsyncConnection) -> Sequence[str]:
        query = select(chats.c.id).where(chats.c.lease_owner == self._worker)
        return [row for row in (await connection.execute(query)).scalars() if row not in self._held]

    async def _claim(
        self, connection: AsyncConnection, now: datetime, lease: timedelta, limit: int
    ) -> list[Queued]:
        rows = await self._next(connection, now, lease, limit)
        if not rows:
            return []
        self._places += len(rows)
        ours = update(chats).where(chats.c.id.in_(rows))
        await connection.execute(ours.values(lease_owner=self._worker, lease_until=now + lease))
        found = (await connection.execute(_first_messages(rows, limit))).all()
        return await self._opened(connection, found, now)

    async def _opened(self, connection: AsyncConnection, rows: Sequence[Any], now: datetime) -> list[Queued]:
        """Open what is to be sent; a message that does not open is set aside and holds nobody up."""
        vault = self._database.vault
        bodies = await vault.try_open([(message_of(row.chat_id, row.sequence), row.body) for row in rows])
        homes = await vault.try_open([(address_of(row.chat_id), row.address) for row in rows])
        queued, lost = [], []
        for row, body, home in zip(rows, bodies, homes, strict=True):
            if body is None or home is None:
                lost.append(row.id)
            else:
                chat, message = read_address(home), read_message(body)
                queued.append(Queued(row.id, row.chat_id, chat, message, row.attempts, row.interrupted))
        if lost:
            found = {"count": len(lost)}
            log.error("outbox: messages cannot be opened; type: python -m bot verify", extra=found)
            these = update(outbox).where(outbox.c.id.in_(lost))
            await connection.execute(these.values(failed_at=now, failure="unreadable"))
        return queued

    async def _next(
        self, connection: AsyncConnection, now: datetime, lease: timedelta, limit: int
    ) -> list[str]:
        """Return the chats whose turn it is: so many of them newcomers' as are due to these."""
        claimable = _claimable(now, lease)
        found = (await connection.execute(_in_turn(claimable, limit))).all()
        rows = [row.id for row in found]
        reserved = newcomers_among(self._places, limit) if len(rows) == limit else 0
        if not reserved or found[-1].waiting_since > now - HEAD_START:
            return rows  # all who wait, or newcomers have their turn by themselves
        few = _in_turn((*claimable, is_new(now)), reserved)
        newcomers = (await connection.execute(few)).scalars().all()
        return [*rows[: limit - len(newcomers)], *newcomers]


def _in_turn(which: Sequence[ColumnElement[bool]], limit: int) -> Select[Any]:
    free = select(chats.c.id, chats.c.waiting_since).where(*which).limit(limit)
    return free.order_by(chats.c.waiting_since, chats.c.id).with_for_update(skip_locked=True)


def _claimable(now: datetime, lease: timedelta) -> tuple[ColumnElement[bool], ...]:
    until = chats.c.lease_until
    return (
        chats.c.waiting_since.is_not(None),
        chats.c.address.is_not(None),
        chats.c.blocked_at.is_(None),
        or_(chats.c.not_before.is_(None), chats.c.not_before <= now),
        or_(chats.c.quiet_until.is_(None), chats.c.quiet_until <= now),
        # One that ends far away was given when a clock was wrong; twice, as workers' clocks differ a little.
        or_(until.is_(None), until <= now, until > now + 2 * lease),
    )


def _first_messages(rows: Sequence[str], limit: int) -> Select[Any]:
    # Every chat claimed gets one message before any gets its second: none is claimed for nothing.
    due = select(outbox.c.sequence).where(outbox.c.chat_id == chats.c.id, DUE)
    first = due.order_by(outbox.c.sequence).limit(1).correlate(chats).scalar_subquery()
    ours = select(
        chats.c.id, chats.c.address, chats.c.waiting_since, chats.c.interrupted, first.label("first")
    )
    head = ours.where(chats.c.id.in_(rows)).subquery()
    return (
        select(
            outbox.c.id,
            outbox.c.chat_id,
            outbox.c.sequence,
            outbox.c.body,
            outbox.c.attempts,
            head.c.address,
            head.c.interrupted,
        )
        .join(head, head.c.id == outbox.c.chat_id)
        .where(DUE, outbox.c.sequence < head.c.first + PER_CHAT)
        .order_by(outbox.c.sequence - head.c.first, head.c.waiting_since, outbox.c.id)
        .limit(limit)
    )
