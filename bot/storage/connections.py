"""Connections to SQLite or PostgreSQL, and when a transaction begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.storage.driver import connecting
from bot.storage.faults import strip_values, unavailable

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

_SESSION = {
    "application_name": "doorstep",
    "jit": "off",  # our statements are short: compiling them would take longer than running them
}
_HURRIED = {
    # Milliseconds. Each is far above what a batch takes; without them one stuck session would stop everyone.
    "statement_timeout": "20000",
    "lock_timeout": "10000",
    "idle_in_transaction_session_timeout": "60000",
}
_NO_ANSWER = 30
"""Seconds after which a server that says nothing is taken for gone."""

# Off, the server may forget what Telegram was already told we have. Any other choice is the operator's.
_DURABLE = """
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""

_BEGIN = "doorstep_begin"


class Connections:
    """SQLite or PostgreSQL behind the same few ways to use it."""

    def __init__(self, engine: AsyncEngine) -> None:
        """See `engine_for`."""
        self.engine = engine
        self._writer = asyncio.Lock()
        self._unscrubbed = False

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that is committed unless the block raises."""
        # SQLite knows one writer, and its own waiting is a sleep: within a process a lock hands over at once.
        turn = self._writer if self.is_sqlite else nullcontext()
        with unavailable():
            async with turn, self.engine.begin() as connection:
                yield connection
        if self._unscrubbed:
            await self._scrub()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one state throughout, and holds up no writer."""
        with unavailable():
            async with self._reading() as connection:
                yield connection

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as connection:
            level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            await connection.execution_options(**{_BEGIN: "BEGIN"}, **level)
            yield connection

    async def scrub(self) -> None:
        """Leave no overwritten text behind in SQLite's write-ahead log.

        What was to be kept is kept already, so this never fails; where a reader or the disk is in the way,
        it is done after a later transaction.
        """
        if self.is_sqlite:
            self._unscrubbed = True
            await self._scrub()

    async def _scrub(self) -> None:
        with suppress(DBAPIError):
            async with self._writer, self.engine.connect() as connection:
                await connection.execution_options(**{_BEGIN: None})
                outcome = await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                busy, *_ = outcome.one()
                self._unscrubbed = bool(busy)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def engine_for(target: URL, *, patient: bool = False, pool: int = 10) -> AsyncEngine:
    """Return what connects to that address when it is first used.

    `patient` is for a migration, which may take as long as it takes.
    """
    if target.get_backend_name() == "sqlite":
        return _open_sqlite(target)
    return _open_postgresql(target, {} if patient else {"command_timeout": _NO_ANSWER}, pool)


def async_url(url: str) -> URL:
    """Return the address with the driver we use, whichever way an operator wrote it."""
    target = make_url(url)
    return target.set(drivername=_DRIVERS.get(target.drivername, target.drivername))


def _open_sqlite(target: URL) -> AsyncEngine:
    # Values are health data: hide_parameters keeps them out of every exception text.
    engine = create_async_engine(target, hide_parameters=True, async_creator=connecting(target))
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    if target.database and target.database != ":memory:":
        _watch_file(engine, target.database)
    return engine


def _watch_file(engine: AsyncEngine, path: str) -> None:
    """Write to no file that is gone: SQLite would go on, and all of it be lost with the process."""

    def connected(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _file(path)

    def taken(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info["file"] != _file(path):
            raise DisconnectionError("the file is gone")

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "checkout", taken)


def _file(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _open_postgresql(target: URL, timeouts: dict[str, Any], pool: int) -> AsyncEngine:
    session = _SESSION | _HURRIED if timeouts else _SESSION
    engine = create_async_engine(
        target,
        hide_parameters=True,
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=10,
        pool_pre_ping=True,  # after the server was away, the next transaction works, not the one after it
        connect_args={"timeout": 10, "server_settings": session, **timeouts},
    )
    event.listen(engine.sync_engine, "connect", _set_durable)
    event.listen(engine.sync_engine, "handle_error", strip_values)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 -- SQLAlchemy's adapter has no public type
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _set_durable(connection: Any, _record: object) -> None:  # noqa: ANN401 -- as above
    cursor = connection.cursor()
    cursor.execute(_DURABLE)
    cursor.close()
    connection.commit()  # or the setting would go with the transaction it was made in


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a transaction that read first and writes later could not wait for another writer.
    statement = connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE")
    if statement:
        connection.exec_driver_sql(statement)
