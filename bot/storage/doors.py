"""Sign-in links, sessions and second factors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from bot.domain.access import Factor, Session
from bot.storage import access_bodies as bodies
from bot.storage.access_bodies import factor_at, link_at, session_at
from bot.storage.access_tables import second_factors, sessions, sign_in_links
from bot.storage.bulk import insert_missing
from bot.storage.sealing import Place
from bot.storage.vault import HOUSE
from bot.storage.work import Work


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
        body = await self._seal(link_at(digest), bodies.write_link(bodies.Link(staff, until)))
        row = {"digest": digest, "staff_id": staff, "made_at": now, "body": body}
        await self._connection.execute(insert(sign_in_links).values(row))

    async def links_since(self, staff: str, since: datetime) -> int:
        """Return how many links were made for somebody since then."""
        made = (sign_in_links.c.staff_id == staff, sign_in_links.c.made_at >= since)
        query = select(func.count()).select_from(sign_in_links).where(*made)
        return (await self._connection.execute(query)).scalar_one()

    async def link(self, digest: bytes, now: datetime) -> str | None:
        """Return whose unused, unexpired link this is."""
        unused = (sign_in_links.c.digest == digest, sign_in_links.c.used_at.is_(None))
        query = select(sign_in_links.c.staff_id, sign_in_links.c.body).where(*unused)
        row = (await self._connection.execute(query)).first()
        return await self._whose(digest, row.staff_id, row.body, now) if row else None

    async def use_link(self, digest: bytes, now: datetime) -> str | None:
        """Use up a link and return whose it was; None for all but one who try."""
        unused = (sign_in_links.c.digest == digest, sign_in_links.c.used_at.is_(None))
        used = update(sign_in_links).where(*unused).values(used_at=now)
        used = used.returning(sign_in_links.c.staff_id, sign_in_links.c.body)
        row = (await self._connection.execute(used)).first()
        return await self._whose(digest, row.staff_id, row.body, now) if row else None

    async def _whose(self, digest: bytes, staff: str, sealed: bytes, now: datetime) -> str | None:
        link = bodies.read_link(staff, await self._open(link_at(digest), sealed))
        return link.staff if link and now < link.until else None

    async def begin_session(self, session: Session) -> None:
        """Keep a new session."""
        body = await self._seal(session_at(session.digest), bodies.write_session(session))
        row = {"digest": session.digest, "staff_id": session.staff, "made_at": session.made_at, "body": body}
        await self._connection.execute(insert(sessions).values(row))

    async def keep_session(self, session: Session) -> bool:
        """Keep a changed session; False where it was ended meanwhile, and stays so."""
        body = await self._seal(session_at(session.digest), bodies.write_session(session))
        again = update(sessions).where(sessions.c.digest == session.digest).values(body=body)
        return bool((await self._connection.execute(again)).rowcount)

    async def session(self, digest: bytes, *, hold: bool = False) -> Session | None:
        """Return the session of that digest, if it is one that was written here."""
        query = select(sessions.c.staff_id, sessions.c.body).where(sessions.c.digest == digest)
        row = (await self._connection.execute(query.with_for_update() if hold else query)).first()
        if row is None:
            return None
        return bodies.read_session(digest, row.staff_id, await self._open(session_at(digest), row.body))

    async def end_session(self, digest: bytes) -> None:
        """Forget a session."""
        await self._connection.execute(delete(sessions).where(sessions.c.digest == digest))

    async def end_sessions_of(self, staff: str) -> None:
        """Forget all sessions and links of a member of staff."""
        for table in (sessions, sign_in_links):
            await self._connection.execute(delete(table).where(table.c.staff_id == staff))

    async def factor(self, staff: str, *, hold: bool = False) -> Factor | None:
        """Return the second factor of a member of staff; on `hold` nobody else takes a code meanwhile."""
        query = select(second_factors.c.body).where(second_factors.c.staff_id == staff)
        row = (await self._connection.execute(query.with_for_update() if hold else query)).first()
        return bodies.read_factor(await self._open(factor_at(staff), row.body)) if row else None

    async def begin_factor(self, staff: str, factor: Factor) -> bool:
        """Keep the second factor of somebody who has none; False where they have one."""
        body = await self._seal(factor_at(staff), bodies.write_factor(factor))
        row = {"staff_id": staff, "body": body}
        return bool(await insert_missing(self._connection, second_factors, [row]))

    async def keep_factor(self, staff: str, factor: Factor) -> None:
        """Keep a changed second factor."""
        body = await self._seal(factor_at(staff), bodies.write_factor(factor))
        again = update(second_factors).where(second_factors.c.staff_id == staff).values(body=body)
        await self._connection.execute(again)

    async def forget_factor(self, staff: str) -> bool:
        """Forget the second factor of a member of staff; tell whether they had one."""
        forgotten = delete(second_factors).where(second_factors.c.staff_id == staff)
        return bool((await self._connection.execute(forgotten)).rowcount)

    async def prune(self, before: datetime) -> None:
        """Forget links made, and sessions begun, before that moment."""
        for table in (sessions, sign_in_links):
            await self._connection.execute(delete(table).where(table.c.made_at < before))

    async def _seal(self, place: Place, plain: bytes) -> bytes:
        return (await self._work.vault.sealer(())).seal(HOUSE, place, plain)

    async def _open(self, place: Place, sealed: bytes) -> bytes | None:
        return (await self._work.vault.try_open([(place, sealed)]))[0]
