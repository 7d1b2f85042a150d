"""The staff register, and the chain of what happened to the installation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from bot.domain.staff import InstallationEvent, Staff
from bot.service.ports import Conflict
from bot.storage.access_bodies import member_at, read_member, write_member
from bot.storage.bulk import Row, insert_missing
from bot.storage.chain import CHAIN, HEAD, START, chained, read_head, written
from bot.storage.codec import INSTALLATION_EVENTS
from bot.storage.review_tables import installation_events, staff
from bot.storage.sealing import Place
from bot.storage.tables import installation
from bot.storage.vault import HOUSE
from bot.storage.work import Work


def recorded_at(position: int) -> Place:
    """Return where an event of the installation stands."""
    return Place("installation_events", "body", str(position))


class SqlRegister:
    """See bot.service.review_ports.Register.

    A row that was not written so here is nobody: it lets nobody in, and shuts nobody else out.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = work.connection

    async def every(self) -> list[Staff]:
        """Return all who ever were on it, by name."""
        found = await self._read(select(staff))
        return sorted(found, key=lambda member: (member.name.casefold(), member.id))

    async def by_id(self, staff_id: str) -> Staff | None:
        """Return a member of staff, also one who left."""
        found = await self._read(select(staff).where(staff.c.id == staff_id))
        return found[0] if found else None

    async def by_telegram(self, telegram_id: int) -> Staff | None:
        """Return the member of staff with that Telegram account."""
        found = await self._read(select(staff).where(staff.c.lookup == self._work.lookup(telegram_id)))
        # Lookups are no proof: those of chats are made the same way, and can be copied.
        return found[0] if found and found[0].telegram_id == telegram_id else None

    async def _read(self, query: Select[Any]) -> list[Staff]:
        rows = (await self._connection.execute(query)).all()
        bodies = await self._work.vault.try_open([(member_at(row.id), row.body) for row in rows])
        read = [read_member(row.id, body) for row, body in zip(rows, bodies, strict=True)]
        return [member for member in read if member]

    async def put(self, member: Staff, now: datetime) -> None:
        """Keep a member of staff, new or changed; Conflict where the Telegram account is another's."""
        sealer = await self._work.vault.sealer(())
        row: Row = {
            "lookup": await self._free_lookup(member),
            "body": sealer.seal(HOUSE, member_at(member.id), write_member(member)),
        }
        again = update(staff).where(staff.c.id == member.id).values(row)
        if not (await self._connection.execute(again)).rowcount:
            await self._connection.execute(insert(staff).values({**row, "id": member.id, "added_at": now}))

    async def _free_lookup(self, member: Staff) -> bytes | None:
        """Return what a member is found by, taken from any row that does not tell whose it is."""
        if member.telegram_id is None or not member.active:
            return None
        lookup = self._work.lookup(member.telegram_id)
        holder = await self.by_telegram(member.telegram_id)
        if holder and holder.id != member.id:
            raise Conflict("That Telegram account belongs to another member of staff.")
        wrong = update(staff).where(staff.c.lookup == lookup, staff.c.id != member.id)
        await self._connection.execute(wrong.values(lookup=None))
        return lookup

    async def recorded(self, before: int | None, limit: int) -> list[tuple[int, InstallationEvent]]:
        """Return events of the installation with their positions, the newest first."""
        query = select(installation_events).order_by(installation_events.c.position.desc()).limit(limit)
        if before is not None:
            query = query.where(installation_events.c.position < before)
        rows = (await self._connection.execute(query)).all()
        bodies = await self._work.vault.open([(recorded_at(row.position), row.body) for row in rows])
        return [
            (row.position, INSTALLATION_EVENTS.read(body)) for row, body in zip(rows, bodies, strict=True)
        ]

    async def record(self, event: InstallationEvent) -> None:
        """Append an event to the installation's chain."""
        await insert_missing(self._connection, installation, [{"name": HEAD, "value": written(0, START)}])
        # Its row is the lock too: one event after another, whoever writes.
        held = select(installation.c.value).where(installation.c.name == HEAD).with_for_update()
        length, head = read_head((await self._connection.execute(held)).scalar_one())
        sealer = await self._work.vault.sealer(())
        body = sealer.seal(HOUSE, recorded_at(length + 1), INSTALLATION_EVENTS.write(event))
        row: Row = {
            "position": length + 1,
            "id": self._work.row_id(),
            "body": body,
            "at": event.at,
            "actor": event.by,
        }
        chained(head, CHAIN, row)
        await self._connection.execute(insert(installation_events).values(row))
        moved = update(installation).where(installation.c.name == HEAD)
        await self._connection.execute(moved.values(value=written(length + 1, row["hash"])))
