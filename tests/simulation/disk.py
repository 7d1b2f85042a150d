"""SQLite without threads, on a disk that can be locked, full, read-only, gone, or silent after a commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args
from unittest.mock import patch

from aiosqlite import Connection

from bot.storage import connections

Ailment = Literal["locked", "full", "read-only", "down", "silent"]
AILMENTS: tuple[Ailment, ...] = get_args(Ailment)
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=OFF",  # no power fails here, and each sync costs more than a turn
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=0",  # SQLite waits in real time
)
_NO_LIMIT = 2**32 - 2
_LOOK = 0.01


class Disk:
    """What stands between the bot and its file; one at a time can be `mounted`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.committed: Callable[[], object] = bool
        """Called after every commit."""
        self.ailing: Ailment | None = None
        self._opened: list[Connection] = []

    def unplug(self) -> None:
        """Close every connection as the system does for a process that is killed."""
        for connection in self._opened:
            raw, connection._connection = connection._connection, None
            if raw is not None:
                with suppress(sqlite3.Error):
                    raw.rollback()
                raw.close()
        self._opened.clear()

    async def suffer(self, ailment: Ailment, seconds: float) -> None:
        """Be ill for a while."""
        if self.ailing is not None:
            return
        self.ailing = ailment
        try:
            if ailment == "locked":
                await self._locked(seconds)
            else:
                self._set()
                await asyncio.sleep(seconds)
        finally:
            self.ailing = None
            self._set()

    async def _locked(self, seconds: float) -> None:
        other = sqlite3.connect(self.path, isolation_level=None, timeout=0)
        try:
            while not _taken(other):  # noqa: ASYNC110 -- SQLite tells nobody
                await asyncio.sleep(_LOOK)
            await asyncio.sleep(seconds)
        finally:
            other.close()

    def _set(self) -> None:
        for connection in self._opened:
            if connection._connection is not None:
                self._afflict(connection._connection)

    def _afflict(self, raw: sqlite3.Connection) -> None:
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages if self.ailing == 'full' else _NO_LIMIT}").fetchone()
        raw.execute(f"PRAGMA query_only = {'ON' if self.ailing == 'read-only' else 'OFF'}").fetchone()

    # In place of the driver's methods

    async def open(self, connection: Connection) -> Connection:
        if self.ailing == "down":
            raise sqlite3.OperationalError("unable to open database file")
        raw = connection._connection = connection._connector()
        self._opened.append(connection)
        self._afflict(raw)
        return connection

    async def execute(self, connection: Connection, what: Callable[[], Any]) -> Any:
        """Run a statement now. Whoever dies at the await has done it all the same, and does not know."""
        if connection._connection is None:
            raise ValueError("Connection closed")
        if self.ailing == "down":
            raise sqlite3.OperationalError("disk I/O error")
        result = what()
        await asyncio.sleep(0)
        return result

    async def commit(self, connection: Connection) -> None:
        await self.execute(connection, partial(self._commit, connection))

    def _commit(self, connection: Connection) -> None:
        connection._conn.commit()
        self.committed()
        if self.ailing == "silent":
            raise sqlite3.OperationalError("disk I/O error")

    def close(self, connection: Connection) -> None:
        raw, connection._connection = connection._connection, None
        if raw is not None:
            raw.close()
            self._opened.remove(connection)


def _taken(other: sqlite3.Connection) -> bool:
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True


@contextmanager
def mounted(disk: Disk) -> Iterator[None]:
    """Let every connection of the driver run in the loop's own thread, on this disk."""

    def opening(self: Connection) -> Generator[Any, None, Connection]:
        return disk.open(self).__await__()

    async def execute(self: Connection, what: Callable[..., Any], *args: Any, **more: Any) -> Any:
        return await disk.execute(self, partial(what, *args, **more))

    async def close(self: Connection) -> None:
        disk.close(self)

    async def commit(self: Connection) -> None:
        await disk.commit(self)

    def stop(self: Connection) -> None:
        disk.close(self)

    ours = {"__await__": opening, "_execute": execute, "close": close, "stop": stop, "commit": commit}
    with ExitStack() as stack:
        for name, method in ours.items():
            stack.enter_context(patch.object(Connection, name, method))
        stack.enter_context(patch.object(connections, "_PRAGMAS", _PRAGMAS))
        yield
