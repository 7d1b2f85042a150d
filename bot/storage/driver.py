"""SQLite's driver, with one hop to its thread for a statement instead of four, and without zombies.

aiosqlite goes to its thread to make a cursor, to execute, to fetch and to close, and each hop costs more than
a statement of ours does. Here all of it happens in one; the thread, its queue and its order stay as they are.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self

from aiosqlite import Connection, Cursor
from sqlalchemy import URL

# At DEBUG it writes down all that goes into the database, but for what is binary.
logging.getLogger("aiosqlite").setLevel(logging.INFO)

_CHUNK = 64


def connecting(target: URL) -> Callable[[], Awaitable[Connection]]:
    """Return what opens a connection to this database."""
    (name,), options = target.get_dialect()().create_connect_args(target)
    # isolation_level None: the driver's own way of beginning loses rows' rollback; see database.py.
    settings: dict[str, Any] = {**options, "isolation_level": None, "check_same_thread": False}

    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(name, factory=_File, **settings)

    return lambda: _connect(open_file)


async def _connect(open_file: Callable[[], sqlite3.Connection]) -> Connection:
    connection = _Connection(open_file, _CHUNK)
    connection._thread.daemon = True  # noqa: SLF001 -- as SQLAlchemy does; a stuck disk must not keep us alive
    return await connection


class _File(sqlite3.Connection):
    def close(self) -> None:
        # Closed with a statement still at hand, as when a task was cancelled, SQLite would keep the
        # transaction, and everybody else locked out, until Python frees the statement.
        try:
            if self.in_transaction:
                self.rollback()
        finally:
            super().close()


class _Connection(Connection):
    def cursor(self) -> Any:  # noqa: ANN401 -- the driver's is wrapped in a type of its own
        return _Cursor(self)


class _Cursor(Cursor):
    """A cursor that has fetched everything by the time it has executed."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, connection._conn.cursor())  # noqa: SLF001 -- where the driver keeps it
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        return await self._hop(self._cursor.execute, sql, parameters or ())

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        return await self._hop(self._cursor.executemany, sql, parameters)

    async def _hop(self, *what: Any) -> Self:  # noqa: ANN401 -- a statement and its parameters
        await self._execute(self._run, *what)  # type: ignore[no-untyped-call]
        return self

    def _run(self, execute: Callable[..., object], sql: str, parameters: Iterable[Any]) -> None:
        execute(sql, parameters)
        self._rows = self._cursor.fetchall() if self._cursor.description else []

    async def fetchall(self) -> Iterable[Any]:
        return self._rows

    async def close(self) -> None:
        """Do nothing: all is fetched, and SQLite has done with the statement."""
