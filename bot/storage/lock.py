"""Only one process polls and keeps time: a lock that a kill frees by itself."""

from __future__ import annotations

import fcntl
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.domain.errors import DoorstepError
from bot.service.ports import StoreUnavailable
from bot.storage.connections import async_url
from bot.storage.faults import unavailable


class AlreadyRunning(DoorstepError):  # noqa: N818 -- says what the operator meets
    """Another process leads on this database."""


class Leadership(ABC):
    """One process's claim to lead on a database."""

    def __init__(self, database: str) -> None:
        self._database = database

    @abstractmethod
    async def try_lead(self) -> bool:
        """Tell whether this process leads now, after trying to where it does not yet.

        To be asked again and again: by the others to take over as soon as the leader is gone, and by the
        leader, who leads no more once the database is out of reach. Never waits for another leader.
        """

    @abstractmethod
    async def close(self) -> None:
        """Lead no more."""

    async def insist(self) -> None:
        """Lead now; AlreadyRunning where another process does."""
        if not await self.try_lead():
            raise AlreadyRunning(
                f"Another Doorstep is running on {self._database}. "
                "Stop it, or give this one its own DATABASE_URL."
            )


@asynccontextmanager
async def leadership(url: str) -> AsyncIterator[Leadership]:
    """Give the means to lead on this database; whoever leads does so until the block or the process ends."""
    lead = _leadership(async_url(url))
    try:
        yield lead
    finally:
        await lead.close()


def _leadership(target: URL) -> Leadership:
    if target.get_backend_name() != "sqlite":
        return _ByAdvisoryLock(target)
    if target.database in {None, "", ":memory:"}:
        return _Alone(target.database or "")
    return _ByFile(str(target.database))


class _Alone(Leadership):
    """On a database in memory, which nobody else can open."""

    async def try_lead(self) -> bool:
        return True

    async def close(self) -> None:
        pass


class _ByFile(Leadership):
    """On a SQLite file: a lock on a file beside it."""

    _file: TextIO | None = None

    async def try_lead(self) -> bool:
        if self._file is None:
            self._file = _locked(Path(f"{self._database}.lock"))
        return self._file is not None

    async def close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None


def _locked(path: Path) -> TextIO | None:
    # The system frees it with the process, however that ended: a lock file left behind means nothing.
    file = path.open("w")
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


_LOCK = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=int.from_bytes(b"doorstep", "big"))
_ALIVE = text("SELECT 1")

_SESSION = {
    "application_name": "doorstep leader",
    # Seconds: a host that vanished says no goodbye, and the server must notice by itself.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


class _ByAdvisoryLock(Leadership):
    """On PostgreSQL: a lock that lives as long as one connection, which does nothing else."""

    def __init__(self, target: URL) -> None:
        super().__init__(f"{target.host}/{target.database}")
        self._engine: AsyncEngine = create_async_engine(
            target,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            # Short: a leader that gets no answer must soon stop leading, for another may have begun.
            connect_args={"timeout": 5, "command_timeout": 5, "server_settings": _SESSION},
        )
        self._connection: AsyncConnection | None = None

    async def try_lead(self) -> bool:
        try:
            with unavailable():
                return await self._try()
        except StoreUnavailable:
            await self.close()
            return False

    async def _try(self) -> bool:
        if self._connection is not None:
            await self._connection.execute(_ALIVE)
            return True
        connection = await self._engine.connect()
        if (await connection.execute(_LOCK)).scalar_one():
            self._connection = connection
            return True
        await connection.close()
        return False

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Not handed back but cut: the lock must not outlive us in a connection that lingers.
            await connection.invalidate()
            await connection.close()
        await self._engine.dispose()
