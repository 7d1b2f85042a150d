"""Keeps what came of sending: a fixed number of bulk statements, however many messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Update, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.service.sending import Blocked, Failed, Migrated, Postponed, Sent, Settled
from bot.storage.chats import IN_ORDER
from bot.storage.erasing import forgetting
from bot.storage.identity import address_of, write_address
from bot.storage.tables import chats, outbox
from bot.storage.turns import DUE, next_place
from bot.storage.vault import HOUSE, Vault

T = TypeVar("T")

_FAIL = update(outbox).where(outbox.c.id == bindparam("message"), DUE)
_FAIL = _FAIL.values(failed_at=bindparam("at"), failure=bindparam("why"))
_POSTPONE = update(chats).where(chats.c.id == bindparam("row")).values(not_before=bindparam("until"))
_BLOCK = (
    update(chats)
    .where(
        chats.c.id == bindparam("row"),
        # Who was heard of since may have unblocked the bot after the refusal.
        or_(chats.c.interrupted == bindparam("interrupted_before"), chats.c.lookup.is_(None)),
    )
    .values(blocked_at=bindparam("at"))
)
_HEAD = select(func.min(outbox.c.sequence)).where(outbox.c.chat_id == bindparam("row"), DUE)
_TRIED = (
    update(outbox)
    .where(outbox.c.chat_id == bindparam("row"), outbox.c.sequence == _HEAD.scalar_subquery())
    .values(attempts=outbox.c.attempts + 1)
)
_MIGRATE = update(chats).where(chats.c.id == bindparam("row"), chats.c.address.is_not(None))
_MIGRATE = _MIGRATE.values(address=bindparam("to"))


@dataclass(slots=True)
class Settling:
    """One worker's results being kept in one transaction."""

    connection: AsyncConnection
    vault: Vault
    worker: str
    now: datetime

    async def keep(self, settled: Sequence[Settled], released: Sequence[str]) -> bool:
        """Keep all of it; return whether an erased person's address went with their last message."""
        touched = await self._hold(settled, released)
        sent = _only(Sent, settled)
        await self._sent([item.id for item in sent])
        await self._passed([item.id for item in sent if item.passing])
        await self._failed(_only(Failed, settled))
        await self._blocked(_only(Blocked, settled))
        await self._postponed(_only(Postponed, settled))
        await self._migrated(_only(Migrated, settled))
        await self._free(touched, set(released))
        gone = [row.id for row in touched if row.lookup is None]
        return bool(gone) and await self._forget(gone)

    async def _forget(self, gone: Sequence[str]) -> bool:
        """Take the last messages of erased people along with the address, once they have left."""
        if not (await self.connection.execute(forgetting(gone))).rowcount:
            return False
        empty = select(chats.c.id).where(chats.c.id.in_(gone), chats.c.address.is_(None))
        await self.connection.execute(delete(outbox).where(outbox.c.chat_id.in_(empty)))
        return True

    async def _hold(self, settled: Sequence[Settled], released: Sequence[str]) -> Sequence[Any]:
        """Lock every chat this is about, in the order in which everyone does."""
        rows = {*released, *(item.chat_row for item in settled if not isinstance(item, Sent | Failed))}
        done = [item.id for item in settled if isinstance(item, Sent | Failed)]
        if done:
            query = select(outbox.c.chat_id).where(outbox.c.id.in_(done)).distinct()
            rows.update((await self.connection.execute(query)).scalars())
        query = select(chats.c.id, chats.c.lookup, chats.c.lease_owner).where(chats.c.id.in_(rows))
        return (await self.connection.execute(query.order_by(*IN_ORDER).with_for_update())).all()

    async def _sent(self, ids: Sequence[int]) -> None:
        if ids:
            these = update(outbox).where(outbox.c.id.in_(ids), DUE)
            await self.connection.execute(these.values(sent_at=self.now))

    async def _passed(self, ids: Sequence[int]) -> None:
        if ids:
            await self.connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))

    async def _failed(self, items: Sequence[Failed]) -> None:
        rows = [{"message": item.id, "at": self.now, "why": item.reason} for item in items]
        if rows:
            await self.connection.execute(_FAIL, rows)

    async def _blocked(self, items: Sequence[Blocked]) -> None:
        """Stop writing to chats until their people write again; those who were erased never will."""
        if not items:
            return
        rows = [item.chat_row for item in items]
        erased = select(chats.c.id).where(chats.c.id.in_(rows), chats.c.lookup.is_(None))
        dropped = update(outbox).where(outbox.c.chat_id.in_(erased), DUE)
        refused = [
            {"row": item.chat_row, "interrupted_before": item.interrupted, "at": self.now} for item in items
        ]
        await self.connection.execute(_BLOCK, refused)
        await self.connection.execute(dropped.values(failed_at=self.now, failure="blocked"))

    async def _postponed(self, items: Sequence[Postponed]) -> None:
        rows = [{"row": item.chat_row, "until": item.until} for item in items]
        if rows:
            await self.connection.execute(_POSTPONE, rows)
            await self.connection.execute(_TRIED, [{"row": row["row"]} for row in rows])

    async def _migrated(self, items: Sequence[Migrated]) -> None:
        if not items:
            return
        sealer = await self.vault.sealer(())
        rows = [
            {
                "row": item.chat_row,
                "to": sealer.seal(HOUSE, address_of(item.chat_row), write_address(item.chat)),
            }
            for item in items
        ]
        await self.connection.execute(_MIGRATE, rows)

    async def _free(self, touched: Sequence[Any], released: set[str]) -> None:
        """Give chats back, unless their lease ran out and they are another worker's now."""
        freed = [row.id for row in touched if row.id in released and row.lease_owner == self.worker]
        others = [row.id for row in touched if row.id not in freed]
        if freed:
            await self.connection.execute(self._again(freed).values(lease_owner=None, lease_until=None))
        if others:
            await self.connection.execute(self._again(others))

    def _again(self, rows: Sequence[str]) -> Update:
        """Return what gives these chats their next place, or none where nothing is left."""
        return update(chats).where(chats.c.id.in_(rows)).values(waiting_since=next_place(self.now))


def _only(kind: type[T], settled: Sequence[object]) -> list[T]:
    return [item for item in settled if isinstance(item, kind)]
