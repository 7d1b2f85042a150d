"""Processes are killed with SIGKILL while people answer, and started again on the same database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance decides when a bot dies

from bot.simulator.server import serve
from tests.crash.checks import Verdict, check_database, check_log, holds, judge, unsent
from tests.crash.inside import TOKEN, wall_clock
from tests.crash.process import EVERYBODYS, Warm, started
from tests.crash.talker import Crowd
from tests.crash.troubles import FAILING, TWICE, Telegram
from tests.ports import free_ports

MOST_CALLS = 80
"""Calls to Telegram between two kills, at most."""
QUIET = 0.2
"""Seconds after which a bot that only waits is killed as well, at most."""
_LONGEST = 20.0
_PATIENCE = 50.0
"""Seconds that people wait for one answer after the last kill: less than a lease, so that one kept shows."""
_DRAINED_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One slice of a campaign."""

    url: str
    """Of an empty database."""
    folder: Path
    kills: int
    seed: int
    workers: int = 1
    twice: float = TWICE
    failing: float = FAILING
    at_once: int = 10

    @property
    def log(self) -> Path:
        return self.folder / f"log-{self.seed}.txt"


@dataclass(slots=True)
class Workers:
    """The bots at work, each on a port of its own: by that the others know it."""

    starter: Warm
    log: Path
    settings: dict[str, str]
    ports: Sequence[int]
    at_work: dict[int, int] = field(default_factory=dict)
    """Process id by port."""

    async def start_all(self) -> None:
        """Let everybody work who does not."""
        for port in self.ports:
            if port not in self.at_work:
                settings = self.settings | {"HTTP_PORT": str(port)}
                self.at_work[port] = await self.starter.start("bot", self.log, **settings)

    async def kill(self, port: int) -> None:
        """Kill one as a power cut would."""
        await self.starter.kill(self.at_work.pop(port))

    async def kill_all(self) -> None:
        """Kill everybody."""
        for port in list(self.at_work):
            await self.kill(port)

    async def stop_all(self) -> None:
        """Ask everybody to stop."""
        ended = [await self.starter.end(pid) for pid in self.at_work.values()]
        assert ended == [0] * len(ended), f"stopped with {ended}"
        self.at_work.clear()


async def run(plan: Plan, starter: Warm, calm: Sequence[Sequence[str]]) -> tuple[Verdict, int]:
    """Run one slice; return what was found and how many updates came twice."""
    verdict = Verdict()
    simulator = Telegram(wall_clock, plan.seed, twice=plan.twice, failing=plan.failing)
    crowd = Crowd(simulator, at_once=plan.at_once, patience=_PATIENCE)
    async with serve(simulator) as telegram:
        settings = bot_settings(telegram) | {"DATABASE_URL": plan.url}
        workers = Workers(starter, plan.log, settings, free_ports(plan.workers))
        try:
            await _kill_again_and_again(plan, workers, crowd, simulator)
        except AssertionError as failed:
            verdict.complaints.append(f"{failed}; {await unsent(plan.url)} messages wait")
        await workers.kill_all()
        simulator.be_calm()  # so that it ends: each failed call costs its person a second or two
        try:
            await workers.start_all()
            verdict.complaints += await crowd.complaints()
            await _come_to_rest(plan.url, simulator)
            await workers.stop_all()
        except (AssertionError, TimeoutError) as failed:
            verdict.complaints.append(f"it does not come to rest: {failed}")
    await judge(verdict, plan.url, crowd.people, calm)
    await check_database(verdict, plan.url, simulator)
    holds(verdict, check_log, plan.log, crowd.people)
    return verdict, simulator.repeating.repeated


def bot_settings(telegram: str) -> dict[str, str]:
    """Return what a bot needs to know, but for its database."""
    return {
        "MODE": "pilot",  # so that no DEMO stands above what is compared
        "ENCRYPTION_KEYS": EVERYBODYS,
        "LOG_LEVEL": "DEBUG",
        "TELEGRAM_API_URL": telegram,
        "TELEGRAM_BOT_TOKEN": TOKEN,
    }


async def _kill_again_and_again(plan: Plan, workers: Workers, crowd: Crowd, simulator: Telegram) -> None:
    """Kill one of the workers, whichever, while the same number of people always talks."""
    chance = Random(plan.seed)
    first = workers.settings | {"HTTP_PORT": str(workers.ports[0])}
    crowd.fill()
    async with started(plan.folder, "run", plan.log, **first):  # as an operator does, on an empty database
        await reached(simulator, chance.randint(1, MOST_CALLS), quiet=1.0)
    for _ in range(1, plan.kills):
        crowd.fill()
        await workers.start_all()
        await reached(simulator, chance.randint(1, MOST_CALLS), quiet=chance.uniform(0.0, QUIET))
        await asyncio.sleep(chance.random() * 0.01)
        await workers.kill(chance.choice(workers.ports))
        crowd.disturbed_at = asyncio.get_running_loop().time()


async def reached(simulator: Telegram, calls: int, quiet: float) -> None:
    """Wait until the bot has made so many more calls, or was quiet for so long.

    Not until so much time has passed: on a busy machine nobody would get further than the start.
    """
    loop = asyncio.get_running_loop()
    began, target = loop.time(), simulator.trouble.calls + calls
    journal = simulator.journal
    while simulator.trouble.calls < target and loop.time() - began < _LONGEST:
        waits = journal.parked > 0 and journal.is_idle
        if waits and loop.time() - max(journal.last, began) > quiet:
            return
        await asyncio.sleep(0.001)


async def _come_to_rest(url: str, simulator: Telegram) -> None:
    """Wait until everything that was still to come has come and was answered."""
    await simulator.settle(seconds=_DRAINED_WITHIN)
    async with asyncio.timeout(_DRAINED_WITHIN):
        while await unsent(url):  # noqa: ASYNC110 -- another process sends
            await asyncio.sleep(0.1)
    await simulator.settle(seconds=_DRAINED_WITHIN)
