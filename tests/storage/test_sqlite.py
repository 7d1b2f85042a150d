"""What is true of SQLite only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.service.ports import StoreUnavailable
from bot.storage import connections
from bot.storage.database import open_database
from bot.storage.store import SqlStore
from tests.storage.conftest import numbered_ids
from tests.storage.persona import NOW


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
async def test_every_connection_is_set_up(sqlite_url: str, pragma: str, expected: object) -> None:
    database = open_database(sqlite_url)
    async with database.reading() as connection:
        assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar() == expected
    await database.close()


async def test_scrubbing_gives_way_to_readers_and_is_made_good(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    database = open_database(sqlite_url)
    store = SqlStore(database, numbered_ids())
    log = Path(f"{database.engine.url.database}-wal")
    await claim(store, "7:1")
    async with database.reading() as connection:
        await connection.execute(text("SELECT count(*) FROM updates"))
        await claim(store, "7:2")
        await database.scrub()
        assert size(log) > 0
    await claim(store, "7:3")
    assert size(log) == 0
    await database.close()


async def test_a_database_that_another_program_holds_is_unavailable_until_it_is_free(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    database = open_database(sqlite_url)
    store = SqlStore(database, numbered_ids())
    with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            await claim(store, "7:1")
        other.execute("ROLLBACK")
    await claim(store, "7:1")
    await database.close()


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for locks a moment only."""
    patience = "PRAGMA busy_timeout=20"
    monkeypatch.setattr(connections, "_PRAGMAS", (*connections._PRAGMAS, patience))


def size(path: Path) -> int:
    return path.stat().st_size


async def claim(store: SqlStore, key: str) -> None:
    async with store.transaction() as transaction:
        await transaction.claim([key], NOW)
