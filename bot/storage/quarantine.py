"""What was set aside, for an operator to look at and to take up again."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.service.ports import Quarantined
from bot.storage.tables import quarantine, updates


class SqlQuarantine:
    """See bot.service.ports.Quarantine; works within the transaction it belongs to."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def listed(self) -> list[Quarantined]:
        """Return what is set aside, oldest first; the updates of erased people are empty."""
        query = select(quarantine).order_by(quarantine.c.at, quarantine.c.key, quarantine.c.id)
        rows = await self._connection.execute(query)
        return [Quarantined(row.key, row.reason, bytes(row.body).decode()) for row in rows]

    async def taken_up(self, key: str) -> None:
        """Forget one that was handled after all: its key may be claimed again in the same transaction."""
        await self._connection.execute(delete(quarantine).where(quarantine.c.key == key))
        await self._connection.execute(delete(updates).where(updates.c.key == key))
