"""The store: transactions on a database."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import SettingsError
from bot.service.ports import StoreUnavailable
from bot.storage import returned
from bot.storage.checkpoints import Witness
from bot.storage.database import Database
from bot.storage.installation_head import remember_head
from bot.storage.posting import Posting
from bot.storage.receipts import safeguard
from bot.storage.resealing import are_old, reseal
from bot.storage.tables import participants
from bot.storage.transaction import SqlTransaction
from bot.storage.work import Work

log = logging.getLogger(__name__)

LOOKUP = "lookup"
"""The key with which Telegram ids are looked up."""
_NO_KEYS = (
    "The keys that belong to the database at DATABASE_URL are missing: without them nobody's answers can be "
    "read. Put back the file beside it whose name ends in .keys (for PostgreSQL: the schema doorstep_keys)."
)
_SLICE = 500


class SqlStore:
    """See bot.service.ports.Store; chance comes in as makers of ids."""

    def __init__(
        self,
        database: Database,
        new_id: Callable[[], str],
        witness: Witness | None = None,
        posting: Posting | None = None,
    ) -> None:
        self.database = database
        self.witness = witness
        self._posting = posting
        self._new_id = new_id
        self._key: bytes | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        """Begin a transaction: all of it is kept when the block ends well, nothing when it does not."""
        if self._key is None:
            self._key = await self.database.vault.secret(LOOKUP)
        async with self.database.writing() as connection:
            work = Work(connection, self.database.vault, self._key, self._new_id)
            yield SqlTransaction(work)
        if work.erased:
            await self.database.scrub()
            await self._shred_now()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[SqlTransaction]:
        """Look at one state of the store without holding up anybody; nothing can be kept."""
        key = self._key or await self.database.vault.secret(LOOKUP)
        async with self.database.reading() as connection:
            yield SqlTransaction(Work(connection, self.database.vault, key, self._new_id))

    async def begin(self) -> int:
        """Begin to work: erase again whoever was erased before, and return how many were back.

        SettingsError where the keys do not fit.

        A database put back from a backup holds people who have asked since to be forgotten; the list of them
        is in the key store, which has backups of its own.
        """
        async with self.database.reading() as connection:
            inhabited = (await connection.execute(select(participants.c.id).limit(1))).first() is not None
        if inhabited and await self.database.vault.is_new():
            raise SettingsError(_NO_KEYS)
        await self.database.vault.check()
        await self.database.vault.secret(LOOKUP)
        await self._reseal()
        back = await self._erase_again(await self.database.vault.erased())
        while await self.shred():
            pass
        await self._settle()
        return back

    async def _reseal(self) -> None:
        """Carry over what an earlier version kept of staff; a migration has no keys for it."""
        key = await self.database.vault.secret(LOOKUP)
        async with self.database.reading() as connection:
            if not await are_old(Work(connection, self.database.vault, key, self._new_id)):
                return
        async with self.database.writing() as connection:
            await reseal(Work(connection, self.database.vault, key, self._new_id))
        log.warning("the staff register of an earlier version is sealed anew")

    async def _erase_again(self, erased: Mapping[str, datetime]) -> int:
        async with self.database.reading() as connection:
            back = await returned.living(connection, sorted(erased))
        for person in back:
            async with self.transaction() as transaction:
                await transaction.erase_again(person, erased[person])
            log.warning("somebody erased earlier was back, as from a backup, and is erased again")
        return len(back)

    async def _shred_now(self) -> None:
        # What was to be kept is kept already, so this must not fail; what is left to do is done later.
        try:
            await self.shred()
            await safeguard(self.database)
        except (StoreUnavailable, DBAPIError) as error:
            failed = {"error": type(error).__name__}
            log.warning("erasure: keys are destroyed with the next round", extra=failed)

    async def tidy(self, now: datetime) -> None:
        """Destroy the keys of erased people that are still there, and write a checkpoint of what changed."""
        await self.shred()
        await self._settle()
        if self.witness:
            async with self.database.writing() as connection:
                await self.witness.write(connection, now)
            if self._posting:
                await self._posting.post(self, self.witness, now)

    async def _settle(self) -> None:
        """Keep in the key store what it is to know of the database."""
        await safeguard(self.database)
        async with self.database.reading() as connection:
            await remember_head(connection, self.database.vault)

    async def shred(self) -> int:
        """Destroy the keys of erased people that are still there; return how many."""
        due = select(participants.c.id, participants.c.erased_at).where(
            participants.c.erased_at.is_not(None), participants.c.shredded_at.is_(None)
        )
        async with self.database.reading() as connection:
            rows = (await connection.execute(due.limit(_SLICE))).all()
        if not rows:
            return 0
        await self.database.vault.destroy({row.id: row.erased_at for row in rows})
        done = update(participants).where(participants.c.id.in_([row.id for row in rows]))
        async with self.database.writing() as connection:
            await connection.execute(done.values(shredded_at=participants.c.erased_at))
        return len(rows)
