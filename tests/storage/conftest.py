"""A fresh database for each test, and people to put in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import pytest

from bot.storage.database import Database, open_database
from bot.storage.migrate import upgrade
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from tests.storage.persona import NOW


def numbered_ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):08d}"


@pytest.fixture(scope="session")
def at_head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at head, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "doorstep.sqlite"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite"])
def url(at_head: Path, tmp_path: Path) -> str:
    copy = shutil.copy(at_head, tmp_path / "doorstep.sqlite")
    return f"sqlite:///{copy}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = open_database(url)
    yield database
    await database.close()


@pytest.fixture
async def store(database: Database) -> SqlStore:
    """A store that knows one edition, to which everybody's conversation is pinned."""
    store = SqlStore(database, numbered_ids(), lambda: b"k" * 32)
    async with store.transaction() as transaction:
        await transaction.keep_edition(b"the words", "hash-1", "NCT06203249", "1.0", NOW)
    return store


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database)
