"""The staff register, and the chain of what happened to the installation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Select, insert, select, update

from bot.domain.staff import InstallationEvent, Role, Staff
from bot.service.ports import Conflict
from bot.storage.bulk import Row, insert_missing
from bot.storage.chain import CHAIN, HEAD, START, chained, read_head, written
from bot.storage.codec import INSTALLATION_EVENTS
from bot.storage.review_tables import installation_events, staff
from bot.storage.sealing import Place
from bot.storage.tables import installation
from bot.storage.vault import HOUSE
from bot.storage.work import Work


class _Who(BaseModel):
    name: str
    telegram_id: int | None


def member_at(row: str) -> Place:
    """Return where the name of a member of staff stands."""
    return Place("staff", "body", row)


def recorded_at(position: int) -> Place:
    """Return where an event of the installation stands."""
    return Place("installation_events", "body", str(position))


class SqlRegister:
    """See bot.service.review_ports.Register."""

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
        return found[0] if found else None

    async def _read(self, query: Select[Any]) -> list[Staff]:
        rows = (await self._connection.execute(query)).all()
        bodies = await self._work.vault.open([(member_at(row.id), row.body) for row in rows])
        return [_member(row, _Who.model_validate_json(body)) for row, body in zip(rows, bodies, strict=True)]

    async def put(self, member: Staff, now: datetime) -> None:
        """Keep a member of staff, new or changed; Conflict where the Telegram account is another's."""
        sealer = await self._work.vault.sealer(())
        who = _Who(name=member.name, telegram_id=member.telegram_id).model_dump_json().encode()
        seen = member.active and member.telegram_id is not None
        row: Row = {
            "lookup": self._work.lookup(member.telegram_id or 0) if seen else None,
            "body": sealer.seal(HOUSE, member_at(member.id), who),
            "roles": " ".join(sorted(member.roles)),
            "sees_identity": member.sees_identity,
            "removed_at": None if member.active else now,
        }
        other = select(staff.c.id).where(staff.c.lookup == row["lookup"], staff.c.id != member.id)
        if seen and (await self._connection.execute(other)).first():
            raise Conflict("That Telegram account belongs to another member of staff.")
        again = update(staff).where(staff.c.id == member.id).values(row)
        if not (await self._connection.execute(again)).rowcount:
            await self._connection.execute(insert(staff).values({**row, "id": member.id, "added_at": now}))

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


def _member(row: Any, who: _Who) -> Staff:  # noqa: ANN401 -- a row
    return Staff(
        row.id,
        who.name,
        frozenset(Role(name) for name in row.roles.split()),
        sees_identity=row.sees_identity,
        active=row.removed_at is None,
        telegram_id=who.telegram_id,
    )
