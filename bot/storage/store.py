"""The store: transactions on a database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.storage.database import Database
from bot.storage.identity import lookup_key
from bot.storage.transaction import SqlTransaction
from bot.storage.work import Work


class SqlStore:
    """See bot.service.ports.Store; chance comes in as makers of ids and of 32 secret bytes."""

    def __init__(
        self, database: Database, new_id: Callable[[], str], new_secret: Callable[[], bytes]
    ) -> None:
        self.database = database
        self._new_id = new_id
        self._new_secret = new_secret
        self._key: bytes | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction: all of it is kept when the block ends well, nothing when it does not."""
        key = await self._lookup_key()
        async with self.database.writing() as connection:
            work = Work(connection, key, self._new_id)
            yield SqlTransaction(work)
        if work.erased:
            await self.database.scrub()

    async def _lookup_key(self) -> bytes:
        # In a transaction of its own: a key must not be in use that a rollback took back.
        if self._key is None:
            async with self.database.writing() as connection:
                self._key = await lookup_key(connection, self._new_secret)
        return self._key
