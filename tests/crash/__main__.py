"""A campaign in slices, with a running total; run it again and it goes on with the next seed.

python -m tests.crash --on postgresql --workers 3 --kills 500
python -m tests.crash --beside-stock --kills 200
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crash import compare
from tests.crash.campaign import Plan, run
from tests.crash.checks import Verdict
from tests.crash.inside import wall_clock
from tests.crash.process import Warm, warm
from tests.crash.talker import CAST
from tests.crash.test_cancel import talked_calmly
from tests.crash.totals import TOTALS, Slice, append, commit, next_seed, read, table
from tests.storage.server import Server, running

SLICE, BESIDE_STOCK = 50, 20
"""Kills after which a line is kept."""


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what was asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    asked.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--kills", type=int, default=100)
    asked.add_argument("--seed", type=int, help="of the first slice; by default the next that was not used")
    asked.add_argument("--beside-stock", action="store_true", help="Doorstep and a stock bot, on SQLite")
    asked.add_argument("--totals", type=Path, default=TOTALS)
    return asked.parse_args(given)


@dataclass(slots=True)
class Campaign:
    """What every slice needs."""

    asked: argparse.Namespace
    starter: Warm
    folder: Path
    server: Server | None
    calm: list[list[str]]

    async def run(self) -> bool:
        """Run slice after slice; return whether all was well."""
        size = BESIDE_STOCK if self.asked.beside_stock else SLICE
        slices = [min(size, self.asked.kills - begin) for begin in range(0, self.asked.kills, size)]
        for number, kills in enumerate(slices):
            good = await (self._beside_stock if self.asked.beside_stock else self._slice)(kills, number)
            say(table(read(self.asked.totals)))
            if not good:
                return False
        return True

    async def _slice(self, kills: int, number: int) -> bool:
        seed = self._seed("doorstep", number)
        plan = Plan(await self._database(seed), self.folder, kills, seed, self.asked.workers)
        began, at = wall_clock(), time.monotonic()
        verdict, repeated = await run(plan, self.starter, self.calm)
        part = Slice(
            began=began.isoformat(timespec="seconds"),
            commit=commit(),
            bot="doorstep",
            database=self.asked.on,
            workers=plan.workers,
            seed=seed,
            kills=kills,
            people=verdict.people,
            said=verdict.answers,
            lost=verdict.lost,
            doubled_effects=verdict.twice,
            wrong=verdict.twice,
            missing=verdict.missing,
            doubled_messages=verdict.doubled,
            repeated_updates=repeated,
            longest_wait=verdict.longest,
            seconds=round(time.monotonic() - at, 1),
            good=verdict.good,
        )
        append(self.asked.totals, part)
        say(f"seed {seed}: {kills} kills in {part.seconds} s, {told(verdict)}")
        return verdict.good

    async def _beside_stock(self, kills: int, number: int) -> bool:
        """Run both; Doorstep must lose nothing, and what the stock bot loses is only counted."""
        seed = self._seed("stock", number)
        began, at = wall_clock(), time.monotonic()
        theirs = await compare.stock(self.starter, self.folder, kills, seed)
        between = time.monotonic()
        ours = await compare.doorstep(self.starter, self.folder, kills, seed, self.calm)
        ended = time.monotonic()
        for bot, figures, seconds in (
            ("stock", theirs, between - at),
            ("doorstep beside stock", ours, ended - between),
        ):
            part = Slice(
                began=began.isoformat(timespec="seconds"),
                commit=commit(),
                bot=bot,
                database="sqlite",
                workers=1,
                seed=seed,
                kills=kills,
                people=figures.people,
                said=figures.said,
                lost=figures.lost,
                doubled_effects=figures.doubled,
                wrong=figures.wrong,
                missing=figures.missing,
                doubled_messages=figures.twice,
                repeated_updates=figures.repeated,
                longest_wait=0.0,
                seconds=round(seconds, 1),
                good=figures.good,
            )
            append(self.asked.totals, part)
        for complaint in ours.complaints:
            say(complaint)
        return ours.good

    def _seed(self, bot: str, number: int) -> int:
        if self.asked.seed is not None:
            return int(self.asked.seed) + number
        return next_seed(read(self.asked.totals), bot, self.asked.on, self.asked.workers)

    async def _database(self, seed: int) -> str:
        """Return the address of an empty database."""
        if self.server is None:
            return f"sqlite:///{self.folder / f'bot-{seed}.sqlite3'}"
        await self.server.execute(f"CREATE DATABASE crash_{seed}")
        return self.server.url(f"crash_{seed}")


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


async def campaign(asked: argparse.Namespace, server: Server | None, folder: Path) -> bool:
    """Run what was asked for; return whether all was well."""
    calm = [talker.texts for talker in await talked_calmly(folder, len(CAST))]
    async with warm(folder) as starter:
        return await Campaign(asked, starter, folder, server, calm).run()


def main() -> None:
    """Run it; ends with 1 where Doorstep lost anything."""
    asked = arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="doorstep-crash-")))
        server = stack.enter_context(running()) if asked.on == "postgresql" else None
        good = asyncio.run(campaign(asked, server, folder))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
