"""`python -m tests.flood --people 100000 --minutes 10 --database sqlite`: the flood in full."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.flood.flood import Plan, flood
from tests.flood.report import told
from tests.storage import server


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.flood")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--talkers", type=int, default=100, help="people in the middle of a screening")
    parser.add_argument("--think", type=float, default=10, help="seconds they think before an answer")
    parser.add_argument("--flooding", type=int, default=1, help="the flooder's updates under way at once")
    parser.add_argument("--before", type=float, default=20, help="seconds in which the talkers begin")
    parser.add_argument("--after", type=float, default=0, help="seconds to watch the sending go on")
    return parser.parse_args()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bot.sqlite3'}"
        return
    with server.running() as postgresql:
        yield postgresql.url()


def main() -> None:
    """Run one flood and print what was seen."""
    asked = _arguments()
    plan = Plan(
        people=asked.people,
        seconds=asked.minutes * 60,
        talkers=asked.talkers,
        think=asked.think,
        flooding=asked.flooding,
        before=asked.before,
        after=asked.after,
    )
    with TemporaryDirectory(prefix="doorstep-flood-") as name, _database(asked.database, Path(name)) as url:
        before = os.getloadavg()
        seen = asyncio.run(flood(plan, Path(name), url))
        log = (Path(name) / "log.txt").read_text("utf-8")
    sys.stdout.write("\n".join(told(seen)) + "\n")
    sys.stdout.write(f"on {asked.database}; load before {before[0]:.1f}, after {os.getloadavg()[0]:.1f}\n")
    sys.stdout.write(f"figures: {seen.books.figures}\nchats by messages queued: {seen.books.lengths}\n")
    sys.stdout.write(f"{len(log.splitlines())} lines of log; the first: {log[:300]}\n")


if __name__ == "__main__":
    main()
