"""`python -m tests.size verify --events 1000000 --on sqlite`: make it, do it, and print how long it took."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time

from bot.storage.database import open_database
from bot.storage.migrate import prepare
from bot.storage.store import SqlStore
from bot.storage.verifying import Report, verify
from tests.size.making import fill
from tests.storage import server


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.size")
    parser.add_argument("job", choices=sorted(JOBS))
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--url", help="a database that is there already, and stays")
    return parser.parse_args()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _verify(url: str, asked: argparse.Namespace) -> None:
    store = opened(url)
    if not asked.url:
        await timed(f"{asked.events} events made", _fill(store, asked.events))
    reports: deque[Report] = deque(maxlen=1)

    async def look() -> None:
        async for so_far in verify(store):
            reports.append(so_far)

    await timed("verified", look())
    report = reports.pop()
    say(f"{report.conversations} conversations, {report.events} events, {len(report.findings)} findings")
    await store.database.close()


async def _fill(store: SqlStore, events: int) -> None:
    async for _ in fill(store, events):
        pass


def opened(url: str) -> SqlStore:
    numbers = count(1)
    return SqlStore(open_database(url), lambda: f"{next(numbers):08d}")


async def timed(what: str, work: Awaitable[None]) -> None:
    before, began, spent = _most(), monotonic(), process_time()
    await work
    seconds, cpu = monotonic() - began, process_time() - spent
    spent_on = f"{cpu:.1f} s of CPU here; memory {before} to {_most()} MB; load {os.getloadavg()[0]:.1f}"
    say(f"{what} in {seconds:.1f} s, {spent_on}")


def _most() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@contextmanager
def _database(asked: argparse.Namespace, folder: Path) -> Iterator[str]:
    if asked.url:
        yield asked.url
    elif asked.on == "sqlite":
        yield f"sqlite:///{folder / 'bot.sqlite3'}"
    else:
        with server.running() as postgresql:
            yield postgresql.url()


JOBS: dict[str, Callable[[str, argparse.Namespace], Awaitable[None]]] = {"verify": _verify}


async def _run(url: str, asked: argparse.Namespace) -> None:
    await prepare(url)
    await JOBS[asked.job](url, asked)


def main() -> None:
    """Make what is asked for, do it, and print the figures."""
    asked = _arguments()
    with TemporaryDirectory(prefix="doorstep-size-") as name, _database(asked, Path(name)) as url:
        asyncio.run(_run(url, asked))


if __name__ == "__main__":
    main()
