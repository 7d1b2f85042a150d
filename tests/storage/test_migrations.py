from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.domain.errors import SettingsError
from bot.storage.database import Database, open_database
from bot.storage.migrate import at_head, is_empty, prepare, upgrade
from bot.storage.tables import metadata
from tests.storage.server import Server


@pytest.fixture
def sqlite_empty(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/new 100%.sqlite"


@pytest.fixture
def postgresql_empty(server: Server) -> Iterator[str]:
    server.run("CREATE DATABASE empty")
    yield server.url("empty")
    server.run("DROP DATABASE empty WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_empty")
    return url


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def change(url: str, statement: str) -> None:
    database = open_database(url)
    async with database.writing() as connection:
        await connection.execute(text(statement))
    await database.close()


async def test_an_empty_database_is_brought_to_head(empty: str) -> None:
    assert await is_empty(empty)
    assert not await at_head(empty)
    await upgrade(empty)
    assert await at_head(empty)
    assert not await is_empty(empty)


async def test_preparing_makes_the_schema_once(empty: str) -> None:
    await asyncio.wait_for(asyncio.gather(*(prepare(empty) for _ in range(4))), 20)
    await prepare(empty)
    assert await at_head(empty)


@pytest.mark.parametrize(
    "change_revision",
    ["UPDATE alembic_version SET version_num = '9999'", "DELETE FROM alembic_version"],
    ids=["newer", "none"],
)
async def test_another_schema_is_refused_with_the_remedy(empty: str, change_revision: str) -> None:
    await upgrade(empty)
    await change(empty, change_revision)
    with pytest.raises(SettingsError, match="python -m bot migrate"):
        await prepare(empty)


async def test_a_foreign_database_is_refused(empty: str) -> None:
    await change(empty, "CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        await prepare(empty)


async def test_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    async with database.writing() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_migration_that_fails_leaves_nothing(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alembic.op.create_index", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await upgrade(empty)
    assert await is_empty(empty)
