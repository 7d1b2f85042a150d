"""Only one process polls: a lock that a kill frees by itself."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import DoorstepError
from bot.storage.database import async_url


class AlreadyRunning(DoorstepError):  # noqa: N818 -- says what the operator meets
    """Another process works on this database."""


@contextmanager
def sole_worker(url: str) -> Iterator[None]:
    """Hold this database's lock; AlreadyRunning where another process holds it."""
    target = async_url(url)
    if target.get_backend_name() != "sqlite" or target.database in {None, "", ":memory:"}:
        yield  # nobody else can open a database in memory
        return
    with Path(f"{target.database}.lock").open("w") as file:
        _take(file.fileno(), str(target.database))
        yield


def _take(descriptor: int, database: str) -> None:
    # The system frees it with the process, however that ended: a lock file left behind means nothing.
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning(
            f"Another Doorstep is running on {database}. Stop it, or give this one its own DATABASE_URL."
        ) from None
