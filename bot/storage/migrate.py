"""How a database comes to the schema this version needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DatabaseError

from bot.domain.errors import SettingsError
from bot.service.ports import StoreUnavailable
from bot.storage.database import open_database

T = TypeVar("T")

_MIGRATING = int.from_bytes(b"migrates", "big")
"""Name of the lock under which PostgreSQL's schema is made or changed."""


async def upgrade(url: str) -> None:
    """Bring the database to head, in one transaction."""
    await _on(url, _upgrade)


async def at_head(url: str) -> bool:
    """Tell whether the database has exactly the schema of this version."""
    return await _on(url, _is_at_head)


async def is_empty(url: str) -> bool:
    """Tell whether the database has no table at all."""
    return await _on(url, _has_no_table)


async def prepare(url: str) -> None:
    """Make the schema in an empty database; SettingsError where one is there that is not at head."""
    if not await _on(url, _prepare):
        raise SettingsError(
            "DATABASE_URL names a database whose schema is not this version's. "
            "Make a copy of it, then type: python -m bot migrate"
        )


async def _on(url: str, do: Callable[[Connection], T]) -> T:
    database = open_database(url, patient=True)
    try:
        async with database.writing() as connection:
            return await connection.run_sync(do)
    except (StoreUnavailable, DatabaseError) as error:
        kind = error if isinstance(error, StoreUnavailable) else type(error).__name__
        raise SettingsError(
            f"The database at DATABASE_URL cannot be used ({kind}). Is it an SQLite file, may you write it, "
            "and has the disk room? Example:\n  DATABASE_URL=sqlite:///var/doorstep.sqlite3"
        ) from None
    finally:
        await database.close()


def _config(connection: Connection) -> Config:
    # Set here and not in a file: an installed wheel has no alembic.ini.
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _take_turns(connection: Connection) -> None:
    # SQLite's transactions do so by themselves. Ends with the transaction.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))


def _upgrade(connection: Connection) -> None:
    _take_turns(connection)
    bring_to(connection, "head")


def bring_to(connection: Connection, revision: str) -> None:
    """Bring the database to the schema of a revision, within the transaction of this connection."""
    command.upgrade(_config(connection), revision)


def revision_of(connection: Connection) -> str:
    """Return the revision of the schema that is there; empty where none is."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def revisions(connection: Connection) -> list[str]:
    """Return every revision this version knows, the first one first."""
    script = ScriptDirectory.from_config(_config(connection))
    return [each.revision for each in script.walk_revisions()][::-1]


def _is_at_head(connection: Connection) -> bool:
    heads = ScriptDirectory.from_config(_config(connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def _has_no_table(connection: Connection) -> bool:
    return not inspect(connection).get_table_names()


def _prepare(connection: Connection) -> bool:
    _take_turns(connection)
    if _has_no_table(connection):
        _upgrade(connection)
    return _is_at_head(connection)
