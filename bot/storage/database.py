"""The database with the keys that open it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.connections import Connections, async_url, engine_for
from bot.storage.keyring import PRACTICE, KeyRing
from bot.storage.vault import Vault, open_vault


class Database(Connections):
    """One database, in which what people say is sealed."""

    def __init__(self, engine: AsyncEngine, vault: Vault) -> None:
        """See `open_database`."""
        super().__init__(engine)
        self.vault = vault

    async def close(self) -> None:
        """Close every connection."""
        await super().close()
        await self.vault.close()


def open_database(url: str, ring: KeyRing = PRACTICE, *, patient: bool = False) -> Database:
    """Return the database of that address; it is connected to when it is first used.

    `patient` is for a migration, which may take as long as it takes.
    """
    target = async_url(url)
    return Database(engine_for(target, patient=patient), open_vault(target, ring))
