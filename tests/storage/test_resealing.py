"""Staff of an installation from before 0008 are carried over, by what the chain says and not by columns."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pyotp
import pytest
from sqlalchemy import Connection, text

from bot.domain.staff import (
    OPERATOR,
    FactorReset,
    InstallationEvent,
    Role,
    RolesChanged,
    SignedIn,
    Staff,
    StaffAdded,
    StaffRemoved,
)
from bot.service.access import Access
from bot.service.codes import confirm
from bot.storage.access_bodies import factor_at, member_at
from bot.storage.database import open_database
from bot.storage.migrate import _on, bring_to, upgrade
from bot.storage.store import SqlStore
from bot.storage.vault import HOUSE
from tests.storage.conftest import numbered_ids
from tests.storage.persona import NOW
from tests.storage.test_access import numbered_secrets, refused, signed_in
from tests.storage.test_migrations import empty, postgresql_empty, sqlite_empty

__all__ = ["empty", "postgresql_empty", "sqlite_empty"]

C, N, M = (frozenset({role}) for role in (Role.COORDINATOR, Role.INVESTIGATOR, Role.ADMINISTRATOR))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROW = text(
    "INSERT INTO staff (id, lookup, body, roles, sees_identity, added_at, removed_at) "
    "VALUES (:id, :lookup, :body, 'administrator', TRUE, '2026-01-01 00:00:00+00:00', NULL)"
)
FACTOR = text(
    "INSERT INTO second_factors (staff_id, body, confirmed, last_step, failures, locked_until) "
    "VALUES (:id, :body, TRUE, -1, 0, NULL)"
)
HAPPENED: tuple[InstallationEvent, ...] = (
    StaffAdded(at=NOW, by=OPERATOR, staff="anna", roles=M, sees_identity=True),
    RolesChanged(at=NOW, by=OPERATOR, staff="anna", roles=C, sees_identity=False),
    StaffAdded(at=NOW, by=OPERATOR, staff="chen", roles=N, sees_identity=True),
    SignedIn(at=NOW, by="chen", how="code"),
    StaffAdded(at=NOW, by=OPERATOR, staff="gone", roles=M, sees_identity=True),
    SignedIn(at=NOW, by="gone", how="code"),
    FactorReset(at=NOW, by=OPERATOR, staff="gone"),
    StaffRemoved(at=NOW, by=OPERATOR, staff="gone"),
)
PEOPLE = {"anna": 77, "chen": 78, "gone": None, "forged": 79}


@pytest.fixture
async def old(empty: str) -> str:
    """A database of before, in which somebody made everybody an administrator who sees identities."""
    await _on(empty, lambda connection: bring_to(connection, "0007"))
    store = SqlStore(open_database(empty), numbered_ids())
    async with store.transaction() as transaction:
        for event in HAPPENED:
            await transaction.register.record(event)
        sealer = await store.database.vault.sealer(())
        for who, account in PEOPLE.items():
            plain = f'{{"name":"{who.title()}","telegram_id":{account or "null"}}}'.encode()
            row = {
                "id": who,
                "lookup": transaction._work.lookup(account) if account else None,
                "body": sealer.seal(HOUSE, member_at(who), plain),
            }
            await transaction._connection.execute(ROW, row)
            secret = sealer.seal(HOUSE, factor_at(who), SECRET.encode())
            await transaction._connection.execute(FACTOR, {"id": who, "body": secret})
    await store.database.close()
    await upgrade(empty)
    return empty


async def opened(url: str) -> SqlStore:
    later = count(1000)
    store = SqlStore(open_database(url), lambda: f"{next(later):08d}")
    await store.begin()
    return store


async def everybody(store: SqlStore) -> list[Staff]:
    async with store.looking() as looking:
        return await looking.register.every()


async def test_everybody_is_what_the_chain_says(old: str) -> None:
    store = await opened(old)
    assert await everybody(store) == [
        Staff("anna", "Anna", C, telegram_id=77),
        Staff("chen", "Chen", N, sees_identity=True, telegram_id=78),
        Staff("gone", "Gone", M, sees_identity=True, active=False),
    ], "of whom the chain knows nothing is nobody"
    await store.database.close()


async def test_an_authenticator_that_was_used_goes_on(old: str) -> None:
    store = await opened(old)
    access = Access(store, numbered_secrets)
    _, found = await signed_in(access, 78)
    assert found.enrolled
    app = pyotp.TOTP(SECRET)
    assert await refused(confirm(access, found, app.at(NOW), now=NOW)) == "review-code-wrong", "used before"
    later = NOW + timedelta(seconds=30)
    await confirm(access, found, app.at(later), now=later)
    _, anna = await signed_in(access, 77)
    assert not anna.waits_for_code
    async with store.looking() as looking:
        assert await looking.doors.factor("gone") is None, "it was reset, and never used since"
    await store.database.close()


async def test_before_the_first_start_nobody_is_let_in(old: str) -> None:
    store = SqlStore(open_database(old), numbered_ids())
    assert await everybody(store) == []
    await store.database.close()


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM installation_events WHERE position = 2",
        "UPDATE installation_events SET body = digest WHERE position = 2",
    ],
    ids=["cut out", "unreadable"],
)
async def test_nobody_is_carried_over_where_the_chain_was_harmed(old: str, harm: str) -> None:
    def do(connection: Connection) -> None:
        connection.execute(text(harm))

    await _on(old, do)
    store = await opened(old)
    assert await everybody(store) == []
    await store.database.close()


async def test_an_old_row_put_back_later_says_no_more_than_the_chain(old: str) -> None:
    def old_body(connection: Connection) -> bytes:
        return bytes(connection.execute(text("SELECT body FROM staff WHERE id = 'anna'")).scalar_one())

    before = await _on(old, old_body)
    await (await opened(old)).database.close()

    def put_back(connection: Connection) -> None:
        connection.execute(text("UPDATE staff SET body = :body WHERE id = 'anna'"), {"body": before})

    await _on(old, put_back)
    store = await opened(old)
    assert (await everybody(store))[0] == Staff("anna", "Anna", C, telegram_id=77)
    await store.database.close()
