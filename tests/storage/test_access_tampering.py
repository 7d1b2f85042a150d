"""Whoever can write to the database but has no key signs in as nobody, and gives nobody a right."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import text

from bot.domain.access import LOST
from bot.domain.staff import Role, Staff
from bot.service.access import Access, Seat, link_opens, redeem, seat, sign_out
from bot.service.codes import confirm, enrol, reset_factor
from bot.service.review_ports import NotAllowed
from bot.storage.access_tables import second_factors, sessions, sign_in_links
from bot.storage.database import Database
from bot.storage.review_tables import staff
from bot.storage.store import SqlStore
from tests.storage.persona import NOW
from tests.storage.test_access import ANNA, BOSS, CHEN, SECOND, access, refused, signed_in

__all__ = ["access"]

MINE = "a token of my own"
MY_DIGEST = hashlib.sha256(MINE.encode()).digest()
GARBAGE = pytest.mark.parametrize(
    "body", [b"", b"x", b"\x01\x05house" + b"0" * 40, b"\x01\x03abc", b"\xff" * 99]
)


async def write(database: Database, statement: str, **values: Any) -> None:
    """Write to the database as somebody who has no key."""
    async with database.writing() as connection:
        assert (await connection.execute(text(statement), values)).rowcount


async def body_of(database: Database, table: str, column: str, key: object) -> bytes:
    async with database.reading() as connection:
        query = text(f"SELECT body FROM {table} WHERE {column} = :key")  # noqa: S608 -- our own names
        return bytes((await connection.execute(query, {"key": key})).scalar_one())


def names(*tables: Any) -> list[set[str]]:
    return [{column.name for column in table.columns} for table in tables]


def test_no_column_says_what_somebody_may() -> None:
    assert names(staff, sessions, sign_in_links, second_factors) == [
        {"id", "lookup", "body", "added_at"},
        {"digest", "staff_id", "made_at", "body"},
        {"digest", "staff_id", "made_at", "used_at", "body"},
        {"staff_id", "body"},
    ]


class TestForged:
    async def test_a_session_lets_nobody_in(self, access: Access, database: Database) -> None:
        token, found = await signed_in(access)
        real = await body_of(database, "sessions", "digest", found.session.digest)
        insert = "INSERT INTO sessions (digest, staff_id, made_at, body) VALUES (:digest, :who, :at, :body)"
        for number, body in enumerate((real, b"", b"{}")):
            mine = f"{MINE}{number}"
            digest = hashlib.sha256(mine.encode()).digest()
            at = NOW if database.engine.dialect.name == "postgresql" else NOW.isoformat(" ")
            await write(database, insert, digest=digest, who=ANNA.id, at=at, body=body)
            assert await seat(access, mine, now=NOW) is None
        assert await seat(access, token, now=NOW), "nobody else is shut out"

    async def test_a_link_lets_nobody_in(self, access: Access, database: Database) -> None:
        await signed_in(access)
        for change in ("digest = :digest", "digest = :digest, used_at = NULL"):
            await write(database, f"UPDATE sign_in_links SET {change}", digest=MY_DIGEST)  # noqa: S608
            assert not await link_opens(access, MINE, now=NOW)
            assert await refused(redeem(access, MINE, now=NOW)) == "review-link-over"

    async def test_a_session_is_not_made_somebody_elses(self, access: Access, database: Database) -> None:
        token, _ = await signed_in(access)
        await write(database, "UPDATE sessions SET staff_id = :who", who=CHEN.id)
        assert await seat(access, token, now=NOW) is None

    async def test_the_register_believes_no_other_row(self, access: Access, database: Database) -> None:
        token, _ = await signed_in(access)
        body = await body_of(database, "staff", "id", CHEN.id)
        await write(database, "UPDATE staff SET body = :body WHERE id = :id", body=body, id=ANNA.id)
        assert await seat(access, token, now=NOW) is None
        async with access.store.looking() as looking:
            assert await looking.register.every() == [CHEN]

    @pytest.mark.usefixtures("access")
    async def test_a_copied_lookup_signs_in_nobody(self, store: SqlStore, database: Database) -> None:
        async with store.looking() as looking:
            mine = looking._work.lookup(4711)
        await write(database, "UPDATE staff SET lookup = :mine WHERE id = :id", mine=mine, id=CHEN.id)
        async with store.looking() as looking:
            assert await looking.register.by_telegram(4711) is None
        gets = Staff("new00001", "New", frozenset({Role.AUDITOR}), telegram_id=4711)
        async with store.transaction() as transaction:
            await transaction.register.put(gets, NOW)
            assert await transaction.register.by_telegram(4711) == gets, "whoever it belongs to gets it back"

    async def test_a_second_factor_is_nobodys_but_its_owners(
        self, access: Access, store: SqlStore, database: Database
    ) -> None:
        async with store.transaction() as transaction:
            await transaction.register.put(BOSS, NOW)
        for each in (78, 79):
            _, found = await signed_in(access, each)
            app = pyotp.TOTP(await enrol(access, found, now=NOW))
            await confirm(access, found, app.at(NOW), now=NOW)
        token, found = await signed_in(access, 78)
        body = await body_of(database, "second_factors", "staff_id", BOSS.id)
        await write(
            database, "UPDATE second_factors SET body = :body WHERE staff_id = :id", body=body, id=CHEN.id
        )
        later = NOW + timedelta(minutes=1)
        assert await seat(access, token, now=later) is None
        assert await refused(confirm(access, found, app.at(later), now=later)) == "review-not-enrolled"
        assert await refused(enrol(access, found, now=later)) == "review-enrolled", "none is put in its place"


class TestBroken:
    """A row that does not open."""

    @GARBAGE
    async def test_of_the_register_is_nobody_and_shuts_out_nobody_else(
        self, access: Access, database: Database, body: bytes
    ) -> None:
        (token, _), (other, _) = await signed_in(access, 77), await signed_in(access, 78)
        await write(database, "UPDATE staff SET body = :body WHERE id = :id", body=body, id=ANNA.id)
        assert await seat(access, token, now=NOW) is None
        assert await seat(access, other, now=NOW)
        async with access.store.looking() as looking:
            assert await looking.register.every() == [CHEN]
            assert await looking.register.by_id(ANNA.id) is None
            assert await looking.register.by_telegram(77) is None

    async def test_of_the_register_is_replaced_by_adding_somebody_again(
        self, access: Access, store: SqlStore, database: Database
    ) -> None:
        await write(database, "UPDATE staff SET body = :body WHERE id = :id", body=b"x", id=ANNA.id)
        again = Staff("anna0002", "Anna Li", ANNA.roles, telegram_id=77)
        async with store.transaction() as transaction:
            await transaction.register.put(again, NOW)
        _, found = await signed_in(access, 77)
        assert found.staff == again

    @GARBAGE
    async def test_session_and_link_let_nobody_in(
        self, access: Access, database: Database, body: bytes
    ) -> None:
        token, _ = await signed_in(access)
        await write(database, "UPDATE sessions SET body = :body", body=body)
        await write(database, "UPDATE sign_in_links SET used_at = NULL, body = :body", body=body)
        assert await seat(access, token, now=NOW) is None
        await signed_in(access)

    @GARBAGE
    async def test_factor_lets_nobody_in_until_it_is_reset(
        self, access: Access, database: Database, body: bytes
    ) -> None:
        token, found = await enrolled(access)
        await write(database, "UPDATE second_factors SET body = :body", body=body)
        assert await seat(access, token, now=NOW) is None
        async with access.store.looking() as looking:
            assert await looking.doors.factor(CHEN.id) == LOST
        assert await refused(confirm(access, found, "000000", now=NOW)) == "review-not-enrolled"
        await reset_factor(access, CHEN.id, by="operator", now=NOW)
        await enrolled(access)


async def enrolled(access: Access) -> tuple[str, Seat]:
    token, found = await signed_in(access, 78)
    app = pyotp.TOTP(await enrol(access, found, now=NOW))
    await confirm(access, found, app.at(NOW), now=NOW)
    return token, found


@pytest.mark.parametrize("ends", ["sign out", "reset"])
async def test_a_session_that_was_ended_while_it_was_used_stays_ended(
    access: Access, store: SqlStore, ends: str
) -> None:
    """Between the look and the write of one request, somebody else ends the session."""
    token, found = await enrolled(access)
    session = found.session
    if ends == "reset":
        await reset_factor(access, CHEN.id, by="operator", now=NOW)
    else:
        await sign_out(access, found, now=NOW)
    async with store.transaction() as transaction:
        assert not await transaction.doors.keep_session(session)
    assert await seat(access, token, now=NOW + SECOND) is None
    with pytest.raises(NotAllowed):
        await confirm(access, found, "000000", now=NOW)
