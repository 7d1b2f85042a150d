"""What was set aside, for an operator to look at and to take up again."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.service.ports import Quarantined
from bot.storage.sealing import Place
from bot.storage.tables import quarantine, updates
from bot.storage.vault import Vault


def aside_of(row: str) -> Place:
    """Return where an update that was set aside stands."""
    return Place("quarantine", "body", row)


class SqlQuarantine:
    """See bot.service.ports.Quarantine; works within the transaction it belongs to."""

    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    async def listed(self) -> list[Quarantined]:
        """Return what is set aside, oldest first; the updates of erased people are empty."""
        query = select(quarantine).order_by(quarantine.c.at, quarantine.c.key, quarantine.c.id)
        rows = (await self._connection.execute(query)).all()
        full = [row for row in rows if row.body]
        opened = await self._vault.open([(aside_of(row.id), row.body) for row in full])
        bodies = {row.id: body.decode() for row, body in zip(full, opened, strict=True)}
        return [Quarantined(row.key, row.reason, bodies.get(row.id, "")) for row in rows]

    async def taken_up(self, key: str) -> None:
        """Forget one that was handled after all: its key may be claimed again in the same transaction."""
        await self._connection.execute(delete(quarantine).where(quarantine.c.key == key))
        await self._connection.execute(delete(updates).where(updates.c.key == key))
