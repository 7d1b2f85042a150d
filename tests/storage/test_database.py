from __future__ import annotations

import asyncio
import logging
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from traceback import format_exception

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from bot.service.ports import StoreUnavailable
from bot.storage.columns import Moment
from bot.storage.connections import async_url
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from tests.storage.persona import LIN, MEI, NOW, answer, arrival, find, keep, send_all

SECRET = "my name is Mei"
SAID = {"said": SECRET}

DIE_HALFWAY = """
import asyncio, os, signal, sys
from bot.storage.database import open_database
from bot.storage.store import SqlStore
from tests.storage.persona import LIN, NOW, arrival

async def main():
    store = SqlStore(open_database(sys.argv[1]), lambda: "lin" + os.urandom(4).hex())
    async with store.transaction() as transaction:
        await transaction.claim(["7:2"], NOW)
        await transaction.keep(arrival(LIN), NOW)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""

SECRET = "my name is Mei"


@pytest.mark.parametrize(
    "nonsense",
    [
        "INSERT INTO participants (id) VALUES (:said)",
        "INSERT INTO installation VALUES (:said, 'x'), (:said, 'y')",
        "UPDATE conversations SET participant_id = :said",
        "INSERT INTO nowhere VALUES (:said)",
    ],
)
async def test_no_value_stands_in_an_exception(store: SqlStore, nonsense: str) -> None:
    await keep(store, arrival(MEI))
    with pytest.raises((DBAPIError, StoreUnavailable)) as caught:
        await _write_nonsense(store.database, nonsense)
    assert SAID["said"] not in "".join(format_exception(caught.value))


async def test_no_value_stands_in_a_log_however_much_is_logged(
    store: SqlStore, outbox: SqlOutbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await keep(store, arrival(MEI, answer(SAID["said"])))
    await find(store, MEI)
    assert await send_all(outbox) == ["Welcome"]
    values = (SAID["said"], "Welcome", str(MEI.telegram_id), "mei-1")
    assert [value for value in values if value in caplog.text] == []


async def _write_nonsense(database: Database, sql: str) -> None:
    async with database.writing() as connection:
        await connection.execute(text(sql), SAID)


async def test_moments_come_back_in_utc(database: Database) -> None:
    beijing = datetime(2026, 11, 22, 17, 0, tzinfo=timezone(timedelta(hours=8)))
    async with database.reading() as connection:
        stored = (await connection.execute(select(literal(beijing, Moment)))).scalar_one()
        assert (stored, stored.tzinfo) == (NOW, UTC)
        assert (await connection.execute(select(literal(None, Moment)))).scalar() is None


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    async with database.reading() as connection:
        with pytest.raises(StatementError, match="time zone"):
            await connection.execute(select(literal(naive, Moment)))


async def test_writers_take_turns(store: SqlStore) -> None:
    await asyncio.gather(keep(store, arrival(MEI)), keep(store, arrival(LIN)), store.database.scrub())
    assert await find(store, MEI)
    assert await find(store, LIN)


async def test_a_reader_sees_one_state_and_holds_up_no_writer(store: SqlStore, database: Database) -> None:
    count = text("SELECT count(*) FROM participants")
    async with database.reading() as connection:
        assert (await connection.execute(count)).scalar() == 0
        await keep(store, arrival(MEI))
        assert (await connection.execute(count)).scalar() == 0


@pytest.mark.parametrize("written", ["sqlite:///a.db", "sqlite+aiosqlite:///a.db"])
def test_an_address_may_leave_the_driver_out(written: str) -> None:
    assert async_url(written).drivername == "sqlite+aiosqlite"


def test_a_postgresql_address_gets_the_driver() -> None:
    assert async_url("postgres://staff@db/doorstep").drivername == "postgresql+asyncpg"


async def test_a_kill_in_the_middle_leaves_the_state_before(store: SqlStore, url: str) -> None:
    await keep(store, arrival(MEI))
    command = [sys.executable, "-c", DIE_HALFWAY, url]
    killed = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2])
    assert await killed.wait() == -9
    assert await find(store, MEI)
    assert await find(store, LIN) is None
    async with store.transaction() as transaction:
        assert await transaction.claim(["7:2"], NOW) == {"7:2"}
