"""A fresh database for each test, on both kinds, and people to put in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from bot.storage.database import Database, open_database
from bot.storage.migrate import upgrade
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.tables import metadata
from bot.storage.vault import SCHEMA
from tests.storage.persona import EDITION, NOW
from tests.storage.server import CUT_ALL, Server, running

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)

_DATABASE = "at_head"
_CHILDREN_FIRST = metadata.sorted_tables[::-1]
_KEYS = ("data_keys", "erasures", "receipts")


def numbered_ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):08d}"


_EMPTYING = (
    *(f"DELETE FROM {table.name}" for table in _CHILDREN_FIRST),  # noqa: S608 -- our own names
    *(f"DELETE FROM {SCHEMA}.{name}" for name in _KEYS),  # noqa: S608 -- our own names
)


@pytest.fixture(scope="session")
def sqlite_at_head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at head, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "doorstep.sqlite"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL with a database at head, made once and emptied after each test."""
    with running() as server:
        # Nothing here outlives the process; what a crash leaves is tested on a server of its own.
        server.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {_DATABASE}")
        asyncio.run(_made(server.url(_DATABASE)))
        yield server


async def _made(url: str) -> None:
    """Make the tables, and those of the key store."""
    await upgrade(url)
    database = open_database(url)
    assert await database.vault.is_new()
    await database.close()


@pytest.fixture
def sqlite_url(sqlite_at_head: Path, tmp_path: Path) -> str:
    copy = shutil.copy(sqlite_at_head, tmp_path / "doorstep.sqlite")
    return f"sqlite:///{copy}"


@pytest.fixture
def postgresql_url(server: Server) -> Iterator[str]:
    yield server.url(_DATABASE)
    # Whoever is still connected would hold us up. To delete takes a third of the time that copying does.
    server.run(CUT_ALL, *_EMPTYING, database=_DATABASE)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = open_database(url)
    yield database
    await database.close()


@pytest.fixture
async def store(database: Database) -> SqlStore:
    """A store that knows one edition, to which everybody's conversation is pinned."""
    store = SqlStore(database, numbered_ids())
    async with store.transaction() as transaction:
        await transaction.keep_edition(b"the words", EDITION, "NCT06203249", "1.0", NOW)
    return store


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database, "one")
