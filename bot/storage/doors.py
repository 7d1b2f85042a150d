"""Sign-in links, sessions and second factors."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from bot.domain.access import Factor, Session
from bot.storage.access_tables import second_factors, sessions, sign_in_links
from bot.storage.sealing import Place
from bot.storage.vault import HOUSE
from bot.storage.work import Work


def secret_of(staff: str) -> Place:
    """Return where the secret of somebody's second factor stands."""
    return Place("second_factors", "body", staff)


class SqlDoors:
    """See bot.service.access_ports.Doors."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = work.connection

    async def put_link(self, digest: bytes, staff: str, now: datetime, until: datetime) -> None:
        """Keep a sign-in link; older ones of the same member of staff open nothing any more."""
        older = update(sign_in_links).where(
            sign_in_links.c.staff_id == staff, sign_in_links.c.used_at.is_(None)
        )
        await self._connection.execute(older.values(used_at=now))
        row = {"digest": digest, "staff_id": staff, "made_at": now, "expires_at": until}
        await self._connection.execute(insert(sign_in_links).values(row))

    async def links_since(self, staff: str, since: datetime) -> int:
        """Return how many links were made for somebody since then."""
        made = (sign_in_links.c.staff_id == staff, sign_in_links.c.made_at >= since)
        query = select(func.count()).select_from(sign_in_links).where(*made)
        return (await self._connection.execute(query)).scalar_one()

    async def link(self, digest: bytes, now: datetime) -> str | None:
        """Return whose unused, unexpired link this is."""
        query = select(sign_in_links.c.staff_id).where(
            sign_in_links.c.digest == digest,
            sign_in_links.c.used_at.is_(None),
            sign_in_links.c.expires_at > now,
        )
        whose: str | None = (await self._connection.execute(query)).scalar()
        return whose

    async def use_link(self, digest: bytes, now: datetime) -> str | None:
        """Use up a link and return whose it was; None for all but one who try."""
        used = (
            update(sign_in_links)
            .where(
                sign_in_links.c.digest == digest,
                sign_in_links.c.used_at.is_(None),
                sign_in_links.c.expires_at > now,
            )
            .values(used_at=now)
            .returning(sign_in_links.c.staff_id)
        )
        whose: str | None = (await self._connection.execute(used)).scalar()
        return whose

    async def put_session(self, session: Session) -> None:
        """Keep a session, new or changed."""
        row = asdict(session)
        row["staff_id"] = row.pop("staff")
        again = update(sessions).where(sessions.c.digest == session.digest).values(row)
        if not (await self._connection.execute(again)).rowcount:
            await self._connection.execute(insert(sessions).values(row))

    async def session(self, digest: bytes) -> Session | None:
        """Return the session of that digest."""
        row = (await self._connection.execute(select(sessions).where(sessions.c.digest == digest))).first()
        if row is None:
            return None
        moments = (row.made_at, row.seen_at, row.proved_at)
        return Session(digest, row.staff_id, *moments, second_factor=row.second_factor)

    async def end_session(self, digest: bytes) -> None:
        """Forget a session."""
        await self._connection.execute(delete(sessions).where(sessions.c.digest == digest))

    async def end_sessions_of(self, staff: str) -> None:
        """Forget all sessions and links of a member of staff."""
        for table in (sessions, sign_in_links):
            await self._connection.execute(delete(table).where(table.c.staff_id == staff))

    async def factor(self, staff: str, *, hold: bool = False) -> Factor | None:
        """Return the second factor of a member of staff; on `hold` nobody else takes a code meanwhile."""
        query = select(second_factors).where(second_factors.c.staff_id == staff)
        if hold:
            query = query.with_for_update()
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        (secret,) = await self._work.vault.open([(secret_of(staff), row.body)])
        return Factor(secret.decode(), row.confirmed, row.last_step, row.failures, row.locked_until)

    async def put_factor(self, staff: str, factor: Factor) -> None:
        """Keep a second factor, new or changed."""
        sealer = await self._work.vault.sealer(())
        row = asdict(factor)
        row["body"] = sealer.seal(HOUSE, secret_of(staff), row.pop("secret").encode())
        again = update(second_factors).where(second_factors.c.staff_id == staff).values(row)
        if not (await self._connection.execute(again)).rowcount:
            await self._connection.execute(insert(second_factors).values({**row, "staff_id": staff}))

    async def forget_factor(self, staff: str) -> None:
        """Forget the second factor of a member of staff, if they have one."""
        await self._connection.execute(delete(second_factors).where(second_factors.c.staff_id == staff))

    async def prune(self, before: datetime) -> None:
        """Forget links made, and sessions begun, before that moment."""
        for table in (sessions, sign_in_links):
            await self._connection.execute(delete(table).where(table.c.made_at < before))
