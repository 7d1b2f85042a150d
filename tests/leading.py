"""Another process, as seen from outside: it leads on a database."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def somebody_leads(url: str) -> Iterator[None]:
    """Hold the lock that a running bot holds on an SQLite file."""
    with Path(url.partition(":///")[2] + ".lock").open("w") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield
