"""One transaction on the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from bot.service.ports import Changes, Person
from bot.service.record import Record
from bot.storage import absence, keeping, people, records
from bot.storage.bulk import insert_missing
from bot.storage.cards import SqlCards
from bot.storage.cases import SqlCases
from bot.storage.chats import try_blocked
from bot.storage.doors import SqlDoors
from bot.storage.installation_head import ChainRegister
from bot.storage.quarantine import SqlQuarantine
from bot.storage.saved_views import SqlSavedViews
from bot.storage.tables import conversations, editions, installation, updates
from bot.storage.work import Work

_LAST_POLL = "last_poll"

KEYS_KEPT = timedelta(days=8)
"""Telegram delivers again for a day at most; a week more costs little."""


class SqlTransaction:
    """See bot.service.ports.Transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = work.connection
        self.quarantine = SqlQuarantine(work.connection, work.vault)
        self.cases = SqlCases(work)
        self.register = ChainRegister(work)
        self.doors = SqlDoors(work)
        self.cards = SqlCards(work)
        self.saved_views = SqlSavedViews(work)

    async def claim(self, keys: Sequence[str], now: datetime) -> frozenset[str]:
        """Mark update keys as seen; return those that were not seen before."""
        # In one order everywhere, so that two workers with the same updates do not wait for one another.
        rows = [{"key": key, "at": now} for key in sorted(keys)]
        return frozenset(await insert_missing(self._connection, updates, rows))

    async def prune(self, now: datetime) -> None:
        """Forget update keys so old that Telegram delivers them no more."""
        await self._connection.execute(delete(updates).where(updates.c.at < now - KEYS_KEPT))

    async def people(self, telegram_ids: Sequence[int]) -> dict[int, Person]:
        """Return the participants known by these ids, who wrote; unknown ones are left out."""
        return await people.who_wrote(self._work, telegram_ids)

    async def editions(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Return the bodies of stored editions by content hash."""
        if not hashes:
            return {}
        query = select(editions.c.content_hash, editions.c.body).where(editions.c.content_hash.in_(hashes))
        return {row.content_hash: bytes(row.body) for row in await self._connection.execute(query)}

    async def keep_edition(
        self, body: bytes, content_hash: str, trial: str, version: str, now: datetime
    ) -> None:
        """Keep an edition for conversations to be pinned to; one kept already stays as it is."""
        row = {
            "content_hash": content_hash,
            "trial": trial,
            "version": version,
            "body": body,
            "kept_at": now,
        }
        await insert_missing(self._connection, editions, [row])

    async def contacts(self, trial: str) -> int:
        """Return how many conversations of a trial have permission to be contacted."""
        permitted = (conversations.c.trial == trial, conversations.c.contact_permission.is_(True))
        query = select(func.count()).select_from(conversations).where(*permitted)
        return (await self._connection.execute(query)).scalar_one()

    async def due(self, now: datetime, limit: int) -> list[Person]:
        """Return people with conversations in which something is due by time, the longest waiting first."""
        return await people.due(self._work, now, limit)

    async def record_of(self, person: str) -> Record:
        """Return all that is kept of a person, who is held by this transaction."""
        return await records.record_of(self._work, person)

    async def note_absence(self, first: datetime, last: datetime) -> None:
        """Remember to ask people again who were last seen in their conversation between these moments."""
        await absence.note(self._work, first, last)

    async def try_blocked(self) -> None:
        """Let what waits for those who blocked the bot be tried once more: a change of mind may be lost."""
        await try_blocked(self._work)

    async def missed(self, limit: int) -> list[Person]:
        """Return the next of those to be asked again after an absence; each of them once."""
        return await absence.missed(self._work, limit)

    async def last_poll(self) -> datetime | None:
        """Return when Telegram was last asked for updates."""
        query = select(installation.c.value).where(installation.c.name == _LAST_POLL)
        value = (await self._connection.execute(query)).scalar()
        return None if value is None else datetime.fromisoformat(bytes(value).decode())

    async def note_poll(self, now: datetime) -> None:
        """Remember that Telegram was asked for updates now."""
        row = {"name": _LAST_POLL, "value": now.isoformat().encode()}
        again = update(installation).where(installation.c.name == _LAST_POLL).values(value=row["value"])
        if not (await self._connection.execute(again)).rowcount:
            await insert_missing(self._connection, installation, [row])

    async def keep(self, changes: Changes, now: datetime) -> None:
        """Keep all changes of a batch; Conflict where someone else changed a conversation meanwhile."""
        await keeping.keep(self._work, changes, now)

    async def erase_again(self, person: str, at: datetime) -> None:
        """Erase somebody who was erased at that moment and is back, as from a backup."""
        await self.keep(Changes(erased=[person]), at)
