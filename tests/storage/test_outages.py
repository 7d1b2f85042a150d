"""PostgreSQL goes away under load and comes back: what was committed stays, and nothing is half done.

`make stops STOPS=1000` is a longer campaign.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count

import pytest
from sqlalchemy import text

from bot.service.ports import Person, StoreUnavailable
from bot.storage.database import Database, open_database
from bot.storage.migrate import upgrade
from bot.storage.outbox import SqlOutbox
from bot.storage.reading import conversations
from bot.storage.store import SqlStore
from tests.storage.persona import MEI, NOW, answer, arrival, find, keep, send_all
from tests.storage.server import CUT_ALL, Server, running

STOPS = int(os.environ.get("DOORSTEP_STOPS", "1"))
"""How often the server goes away in one run."""
_PACE = 0.05 if STOPS > 1 else 0.0
"""Seconds between two who come: a long run is not about how many they are."""
_numbers = count(1)


@pytest.fixture(scope="module")
def ill_treated() -> Iterator[Server]:
    """A server that writes to the disk as in earnest, for tests that stop it."""
    with running() as server:
        yield server


@pytest.fixture
async def database(ill_treated: Server) -> AsyncIterator[Database]:
    name = f"outage_{next(_numbers)}"
    await ill_treated.execute(f"CREATE DATABASE {name}")
    await upgrade(ill_treated.url(name))
    database = open_database(ill_treated.url(name))
    yield database
    await database.close()


async def restart(server: Server) -> None:
    await asyncio.to_thread(server.stop_at_once)
    await asyncio.sleep(0.05)
    await asyncio.to_thread(server.start)


async def cut_all(server: Server) -> None:
    for _ in range(5):
        await server.execute(CUT_ALL)
        await asyncio.sleep(0.03)


@pytest.mark.timeout(300 + 10 * STOPS)
@pytest.mark.parametrize("outage", [cut_all, restart])
async def test_nothing_is_lost_or_half_done(
    ill_treated: Server, store: SqlStore, outage: Callable[[Server], Awaitable[None]]
) -> None:
    over = asyncio.Event()
    refused: list[str] = []

    async def work(name: str) -> list[str]:
        """Let strangers come until the outage is over; return who was told that it is kept."""
        told: list[str] = []
        while not over.is_set() or len(told) < 3:
            key = f"{name}{len(told)}"
            person = Person(key, 7_000_000_000 + next(_numbers), current=f"{key}-1")
            while not await came(store, person, refused):  # noqa: ASYNC110 -- as intake does
                await asyncio.sleep(0.01)
            told.append(person.id)
            await asyncio.sleep(_PACE)
        return told

    async def fail() -> list[str]:
        """Let the server go again and again; return which of the times nobody noticed."""
        unnoticed = []
        for number in range(STOPS):
            before = len(refused)
            await asyncio.sleep(0.1)
            await outage(ill_treated)
            unnoticed += [] if len(refused) > before else [f"outage {number}"]
        over.set()
        return unnoticed

    *told, unnoticed = await asyncio.wait_for(
        asyncio.gather(*(work(name) for name in "abcd"), fail()), 30 + 10 * STOPS
    )
    everybody = sorted(person for names in told for person in names)
    assert len(unnoticed) < max(1, STOPS // 10), "hardly anybody was there"
    sys.stdout.write(f"{STOPS} times by {outage.__name__}: {len(everybody)} came, ")
    sys.stdout.write(f"{len(refused)} refusals, {len(unnoticed)} unnoticed, none lost or by halves\n")
    rows = [row async for row in conversations(store, with_events=True)]
    assert sorted(row.conversation.id for row in rows) == [f"{person}-1" for person in everybody]
    assert all(len(row.events) == row.conversation.revision == 2 for row in rows)
    assert len(await send_all(SqlOutbox(store.database, "one"))) == len(everybody)


async def came(store: SqlStore, person: Person, refused: list[str]) -> bool:
    """Keep a first turn, unless it was kept already and only the answer to the commit got lost."""
    try:
        async with store.transaction() as transaction:
            if await transaction.claim([person.id], NOW):
                await transaction.keep(arrival(person, answer()), NOW)
    except StoreUnavailable as reason:
        refused.append(str(reason))
        return False
    return True


async def test_after_an_outage_the_next_transaction_works(ill_treated: Server, store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    await restart(ill_treated)
    assert await find(store, MEI)


async def test_a_server_that_is_gone_is_a_store_unavailable(ill_treated: Server, store: SqlStore) -> None:
    await asyncio.to_thread(ill_treated.stop_at_once)
    try:
        with pytest.raises(StoreUnavailable):
            await find(store, MEI)
        outbox = SqlOutbox(store.database, "one")
        with pytest.raises(StoreUnavailable):
            await send_all(outbox)
    finally:
        await asyncio.to_thread(ill_treated.start)
    assert await find(store, MEI) is None


async def test_a_commit_is_on_the_disk_whatever_the_server_was_told(
    ill_treated: Server, database: Database
) -> None:
    name = database.engine.url.database
    await ill_treated.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    async with database.reading() as connection:
        assert (await connection.exec_driver_sql("SHOW synchronous_commit")).scalar() == "on"


async def test_who_is_cancelled_while_the_connection_goes_stays_cancelled(
    ill_treated: Server, database: Database
) -> None:
    """Its rollback fails too; were that error to come in place of the cancellation, nothing would end."""
    inside = asyncio.Event()

    async def work() -> None:
        async with database.writing() as connection:
            await connection.execute(text("SELECT 1"))
            inside.set()
            await asyncio.sleep(60)

    working = asyncio.create_task(work())
    await inside.wait()
    await ill_treated.execute(CUT_ALL)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
