"""A campaign in slices, with a running total; run it again and it goes on.

python -m tests.crash --on postgresql --workers 3 --kills 500
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crash.campaign import Plan, run
from tests.crash.checks import Verdict
from tests.crash.inside import wall_clock
from tests.crash.process import Warm, warm
from tests.crash.talker import CAST
from tests.crash.test_cancel import talked_calmly
from tests.crash.totals import TOTALS, Slice, append, commit, next_seed, read, table
from tests.storage.server import Server, running

SLICE = 50


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    asked.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--kills", type=int, default=100)
    asked.add_argument("--slice", type=int, default=SLICE, help="kills after which a line is kept")
    asked.add_argument("--seed", type=int, help="of the first slice; by default the next that was not used")
    asked.add_argument("--totals", type=Path, default=TOTALS)
    return asked.parse_args()


async def new_database(server: Server | None, folder: Path, seed: int) -> str:
    """Return the address of an empty database."""
    if server is None:
        return f"sqlite:///{folder / f'bot-{seed}.sqlite3'}"
    await server.execute(f"CREATE DATABASE crash_{seed}")
    return server.url(f"crash_{seed}")


async def campaign(asked: argparse.Namespace, server: Server | None, folder: Path) -> bool:
    """Run slice after slice; return whether all was well."""
    first = asked.seed or next_seed(read(asked.totals), asked.on, asked.workers)
    calm = [talker.texts for talker in await talked_calmly(folder, len(CAST))]
    async with warm(folder) as starter:
        for number, begin in enumerate(range(0, asked.kills, asked.slice)):
            seed = first + number
            url = await new_database(server, folder, seed)
            plan = Plan(url, folder, min(asked.slice, asked.kills - begin), seed, asked.workers)
            if not await one_slice(asked, plan, starter, calm):
                return False
    return True


async def one_slice(
    asked: argparse.Namespace, plan: Plan, starter: Warm, calm: Sequence[Sequence[str]]
) -> bool:
    """Run a slice, keep its line and print it with the total so far."""
    began, at = wall_clock(), time.monotonic()
    verdict, repeated = await run(plan, starter, calm)
    part = Slice(
        began=began.isoformat(timespec="seconds"),
        commit=commit(),
        bot="doorstep",
        database=asked.on,
        workers=plan.workers,
        seed=plan.seed,
        kills=plan.kills,
        people=verdict.people,
        answers=verdict.answers,
        lost=verdict.lost,
        doubled_effects=verdict.twice,
        missing=verdict.missing,
        doubled_messages=verdict.doubled,
        repeated_updates=repeated,
        longest_wait=verdict.longest,
        seconds=round(time.monotonic() - at, 1),
        good=verdict.good,
    )
    append(asked.totals, part)
    say(f"seed {plan.seed}: {part.kills} kills in {part.seconds} s, {told(verdict)}")
    say(table(read(asked.totals)))
    return verdict.good


def told(verdict: Verdict) -> str:
    """Say in words what was found."""
    figures = f"{verdict.people} people, {verdict.answers} answers, {verdict.doubled} messages came twice"
    figures += f", the longest wait {verdict.longest} s"
    if verdict.good:
        return f"{figures}: nothing lost"
    found = f"{verdict.lost} lost, {verdict.twice} effects doubled, {verdict.missing} messages missing"
    return "\n  ".join([f"{figures}: {found}", *verdict.complaints])


def say(line: str) -> None:
    """Show one line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run it; ends with 1 where anything was lost."""
    asked = arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="doorstep-crash-")))
        server = stack.enter_context(running()) if asked.on == "postgresql" else None
        good = asyncio.run(campaign(asked, server, folder))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
