"""The connection to the database, and when a transaction begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.service.ports import StoreUnavailable

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may roll back what Telegram was already told we have
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # an erased answer leaves no bytes in a free page
    "PRAGMA busy_timeout=5000",
)

_BEGIN = "doorstep_begin"


class Database:
    """One database: SQLite or PostgreSQL behind the same few ways to use it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writer = asyncio.Lock()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that is committed unless the block raises."""
        # SQLite knows one writer, and its own waiting is a sleep: within a process a lock hands over at once.
        turn = self._writer if self.is_sqlite else nullcontext()
        with _unavailable():
            async with turn, self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one state throughout, and holds up no writer."""
        with _unavailable():
            async with self._reading() as connection:
                yield connection

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as connection:
            level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            await connection.execution_options(**{_BEGIN: "BEGIN"}, **level)
            yield connection

    async def scrub(self) -> None:
        """Leave no overwritten text behind in SQLite's write-ahead log, as far as readers allow."""
        if not self.is_sqlite:
            return
        async with self._writer, self.engine.connect() as connection:
            await connection.execution_options(**{_BEGIN: None})
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


@contextmanager
def _unavailable() -> Iterator[None]:
    """Say in the use cases' word that the database is locked, full, read-only or gone."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailable(type(error.orig).__name__) from None


def open_database(url: str) -> Database:
    """Return the database of that address; it is connected to when it is first used."""
    target = async_url(url)
    # Values are health data: hide_parameters keeps them out of every exception text.
    if target.get_backend_name() != "sqlite":
        return Database(create_async_engine(target, hide_parameters=True))
    # isolation_level None: the driver's own way of beginning loses rows' rollback; see _begin.
    engine = create_async_engine(target, hide_parameters=True, connect_args={"isolation_level": None})
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    return Database(engine)


def async_url(url: str) -> URL:
    """Return the address with the driver we use, whichever way an operator wrote it."""
    target = make_url(url)
    return target.set(drivername=_DRIVERS.get(target.drivername, target.drivername))


def _set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 -- SQLAlchemy's adapter has no public type
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a transaction that read first and writes later could not wait for another writer.
    statement = connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE")
    if statement:
        connection.exec_driver_sql(statement)
