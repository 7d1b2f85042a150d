"""`python -m tests.size verify --events 1000000 --on sqlite`: make it, do it, and print how long it took."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time

from bot.content.shelf import Shelf
from bot.service.timetable import Timetable
from bot.storage.archive import reading
from bot.storage.backup import Taken, backup
from bot.storage.database import open_database
from bot.storage.keyring import KeyRing
from bot.storage.manifest import Kind
from bot.storage.migrate import prepare
from bot.storage.restore import restore
from bot.storage.rewrapping import rewrap
from bot.storage.store import SqlStore
from bot.storage.verifying import Report, verify
from tests.conftest import NOW
from tests.size.making import fill
from tests.storage import server
from tests.storage.persona import EDITION, answer, arrival, crowd, keep

OLD, NEW = b"o" * 32, b"n" * 32


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
        async for so_far in verify(store, Timetable(Shelf(()), NOW)):
            reports.append(so_far)

    await timed("verified", look())
    report = reports.pop()
    say(f"{report.conversations} conversations, {report.events} events, {len(report.findings)} findings")
    await store.database.close()


async def _rekey(url: str, asked: argparse.Namespace) -> None:
    before = opened(url, OLD)
    names = [f"p{n:07}" for n in range(asked.keys)]
    for start in range(0, asked.keys, 1000):
        await before.database.vault.sealer((), names[start : start + 1000])
    await before.database.close()
    changing, worker = opened(url, NEW, OLD), opened(url, NEW, OLD)
    came: list[float] = []
    over = asyncio.Event()
    talking = asyncio.create_task(_talk(worker, came, over))
    await asyncio.sleep(2)
    alone, quiet = len(came), came[:]

    async def change() -> None:
        async for _ in rewrap(changing.database.vault):
            pass

    await timed(f"{asked.keys} keys changed under load", change())
    over.set()
    await talking
    meanwhile = sorted(came[alone:]) or [0.0]
    say(f"{len(meanwhile)} people came meanwhile; the slowest turn took {meanwhile[-1]:.2f} s")
    say(f"before it {max(quiet, default=0.0):.2f} s")
    for store in (changing, worker):
        await store.database.close()
    after = opened(url, NEW)
    await after.database.vault.check()
    say("every key opens with the new key alone")
    await after.database.close()


async def _talk(store: SqlStore, came: list[float], over: asyncio.Event) -> None:
    """Let one newcomer after another come and answer, and note how long each took."""
    async with store.transaction() as transaction:
        await transaction.keep_edition(b"the words", EDITION, "NCT06203249", "1.0", NOW)
    for person in crowd(100_000):
        if over.is_set():
            return
        began = monotonic()
        await keep(store, arrival(person, answer("yes")))
        came.append(monotonic() - began)


async def _backup(url: str, asked: argparse.Namespace) -> None:
    store = opened(url)
    if not asked.url:
        await timed(f"{asked.events} events made", _fill(store, asked.events))
    with TemporaryDirectory(prefix="doorstep-size-") as name:
        folder = Path(name)
        taken: list[Taken] = []

        async def take() -> None:
            taken.append(await backup(store, folder, folder, NOW, None))

        await timed("copied and read back", take())
        size = sum(path.stat().st_size for path in (taken[0].database, taken[0].keys))
        say(f"{size / 1e6:.0f} MB in two files")
        target = opened(f"sqlite:///{folder / 'restored.sqlite3'}")

        async def put_back() -> None:
            files = (taken[0].database, Kind.DATABASE), (taken[0].keys, Kind.KEYS)
            with ExitStack() as stack:
                copy, keys = (stack.enter_context(reading(path, kind, None)) for path, kind in files)
                await restore(target, copy, [keys], replace=False)

        await timed("restored into SQLite", put_back())
        await target.database.close()
    await store.database.close()


async def _fill(store: SqlStore, events: int) -> None:
    async for _ in fill(store, events):
        pass


_numbers = count(1)


def opened(url: str, *keys: bytes) -> SqlStore:
    database = open_database(url, KeyRing(keys)) if keys else open_database(url)
    return SqlStore(database, lambda: f"{next(_numbers):08d}")


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


JOBS: dict[str, Callable[[str, argparse.Namespace], Awaitable[None]]] = {
    "verify": _verify,
    "rekey": _rekey,
    "backup": _backup,
}


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
