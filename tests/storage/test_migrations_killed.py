"""A migration that is killed at any statement leaves what was there, and goes on to head with every row.

The statements are those that each migration sends, counted as it runs: a new migration is covered by itself.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, insert
from sqlalchemy import event as happening
from sqlalchemy.engine import Engine
from sqlalchemy.types import Boolean, DateTime, Integer

from bot.domain.errors import SettingsError
from bot.storage.database import open_database
from bot.storage.migrate import _on, at_head, bring_to, revisions, upgrade
from tests.storage.server import Server

WITHOUT_PEOPLE = {"0001": {"editions", "installation", "quarantine", "updates"}}
"""Revisions from which a database with people is refused, and the tables that may hold something."""
_HOOKS = ("before_cursor_execute", "after_cursor_execute", "commit")


def known_revisions() -> list[str]:
    return asyncio.run(_on("sqlite:///:memory:", revisions))


STEPS = list(zip(["", *known_revisions()], known_revisions(), strict=False))


# Places to migrate


class Place(ABC):
    """Databases of one kind, made at a revision and copied."""

    @abstractmethod
    def new(self) -> str: ...
    @abstractmethod
    def copy(self, url: str) -> str: ...
    @abstractmethod
    def drop(self, url: str) -> None: ...


_NUMBERS = count()
"""One count for all tests: a test that fails leaves its databases behind."""


@dataclass
class Files(Place):
    folder: Path

    def new(self) -> str:
        return f"sqlite:///{self.folder / f'{next(_NUMBERS)}.sqlite3'}"

    def copy(self, url: str) -> str:
        copied = self.new()
        if Path(url.removeprefix("sqlite:///")).exists():
            shutil.copy(url.removeprefix("sqlite:///"), copied.removeprefix("sqlite:///"))
        return copied

    def drop(self, url: str) -> None:
        path = Path(url.removeprefix("sqlite:///"))
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


@dataclass
class OnServer(Place):
    server: Server

    def new(self, template: str = "template1") -> str:
        name = f"killed_{next(_NUMBERS)}"
        self.server.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.server.url(name)

    def copy(self, url: str) -> str:
        return self.new(_name(url))

    def drop(self, url: str) -> None:
        self.server.run(f"DROP DATABASE {_name(url)} WITH (FORCE)")


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Files(tmp_path) if request.param == "sqlite" else OnServer(request.getfixturevalue("server"))


# Rows in every table, whatever tables there are


def fill(connection: Connection, revision: str) -> None:
    """Put two rows into every table that this revision has."""
    there = MetaData()
    there.reflect(connection)
    allowed = WITHOUT_PEOPLE.get(revision)
    for table in there.sorted_tables:
        if table.name != "alembic_version" and (allowed is None or table.name in allowed):
            for number in (1, 2):
                connection.execute(insert(table).values(made_up(table, number)))


def made_up(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        return _value(key.column, number)
    kinds = {LargeBinary: b"body %d" % number, Boolean: number == 1, Integer: number}
    kinds[DateTime] = datetime(2026, 11, 22, 9, number, tzinfo=UTC)
    made = (value for kind, value in kinds.items() if isinstance(column.type, kind))
    return next(made, f"{column.name} {number}")


_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}
_SCHEMA = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master",
    "postgresql": """
SELECT table_name, column_name, ordinal_position || data_type || is_nullable || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT '', conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
""",
}


def state(connection: Connection) -> list[Any]:
    """Return the whole schema as the database tells it, and every row."""
    kind = connection.dialect.name
    told: list[Any] = [_in_order(row) for row in connection.exec_driver_sql(_SCHEMA[kind])]
    for table in connection.exec_driver_sql(_TABLES[kind]).scalars().all():
        rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"')  # noqa: S608 -- our own names
        told += [(table, repr(tuple(row))) for row in rows]
    return sorted(told, key=repr)


def _in_order(row: Any) -> tuple[str, ...]:
    # Alembic writes the constraints of a table that it makes anew in any order.
    return tuple("\n".join(sorted(str(value).replace(", \n", "\n").split("\n"))) for value in row)


# Killing


def run_to(url: str, revision: str) -> None:
    """Bring a database to a revision as `migrate` does."""
    asyncio.run(_on(url, lambda connection: bring_to(connection, revision)))


def moments(url: str, revision: str) -> int:
    """Run a migration undisturbed; return at how many moments it could have been killed."""
    seen = count()
    with watching(lambda: next(seen)):
        run_to(url, revision)
    return next(seen)


class watching:  # noqa: N801 -- used as a function
    """Call something before and after every statement that changes anything, and before every commit."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call

    def _seen(self, *about: Any) -> None:
        statement = about[2] if len(about) > 1 else "COMMIT"
        if statement.split(maxsplit=1)[0] not in {"SELECT", "PRAGMA"}:
            self._call()

    def __enter__(self) -> None:
        for hook in _HOOKS:
            happening.listen(Engine, hook, self._seen)

    def __exit__(self, *_error: object) -> None:
        for hook in _HOOKS:
            happening.remove(Engine, hook, self._seen)


def killed_at(url: str, revision: str, moment: int) -> None:
    """Run a migration in a process of its own that dies at that moment, without a word to the database."""
    child = os.fork()
    if not child:
        try:
            left = iter(range(moment))
            with watching(lambda: os.kill(os.getpid(), signal.SIGKILL) if next(left, None) is None else None):
                run_to(url, revision)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def seen_in(url: str) -> list[Any]:
    async def look() -> list[Any]:
        database = open_database(url)
        async with database.engine.connect() as connection:
            told = await connection.run_sync(state)
        await database.close()
        return told

    return asyncio.run(look())


@pytest.mark.parametrize("step", STEPS, ids=[f"to {after}" for _, after in STEPS])
def test_a_kill_at_any_statement_loses_nothing(step: tuple[str, str], place: Place) -> None:
    before, after = step
    begun = place.new()
    if before:
        run_to(begun, before)
        asyncio.run(_on(begun, lambda connection: fill(connection, before)))
    undisturbed = place.copy(begun)
    many = moments(undisturbed, after)
    asyncio.run(upgrade(undisturbed))
    expected = seen_in(undisturbed)
    assert not before or len(expected) > len(seen_in(_bare(place))), "there is no row to lose"
    wrong = [moment for moment in range(many) if not _survives(place, begun, after, moment, expected)]
    sys.stdout.write(f"{type(place).__name__} to {after}: killed at {many} moments\n")
    assert many >= 5  # before and after one statement and the new number, and before the commit
    assert wrong == []
    for url in (begun, undisturbed):
        place.drop(url)


def _bare(place: Place) -> str:
    url = place.new()
    asyncio.run(upgrade(url))
    return url


def _survives(place: Place, begun: str, after: str, moment: int, expected: list[Any]) -> bool:
    url = place.copy(begun)
    try:
        killed_at(url, after, moment)
        asyncio.run(upgrade(url))
        return asyncio.run(at_head(url)) and seen_in(url) == expected
    except SettingsError:
        return False
    finally:
        place.drop(url)
