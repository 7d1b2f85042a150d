"""What goes wrong, when, and for how long: by the seed's own chance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random  # noqa: TID251 -- repeatable chance is what the simulation is about
from typing import Any

from bot.simulator.faults import Kind
from tests.simulation.disk import AILMENTS, Disk
from tests.simulation.figures import Figures
from tests.simulation.telegram import Telegram, Watcher
from tests.simulation.worker import Life

_DAY = 86_000.0
_METHODS = (None, "sendMessage", "sendMessage", "getUpdates", "answerCallbackQuery")
_MOST_POINTS = 400


@dataclass(slots=True)
class Trouble:
    """Plans one thing after another until it is told to leave off."""

    telegram: Telegram
    disk: Disk
    life: Life
    watcher: Watcher
    figures: Figures
    chance: Random
    set_bot_clock: Callable[[timedelta], None]

    async def brew(self, every: float) -> None:
        """Let something go wrong about every so many seconds, for ever."""
        deeds = list(_DEEDS)
        weights = [_DEEDS[deed] for deed in deeds]
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / every))
            deed = self.chance.choices(deeds, weights)[0]
            await deed(self)

    def leave_off(self) -> None:
        """From here on all is well."""
        self.telegram.faults.planned.clear()
        self.set_bot_clock(timedelta())

    def _fault(self, kind: Kind, **details: Any) -> None:
        self.figures.faults[kind] += int(details.get("times", 1))
        self.telegram.fault(kind=kind, **details)

    async def _break_calls(self) -> None:
        kind: Kind = self.chance.choice(["429", "500", "502", "cut", "slow", "lost"])
        self._fault(
            kind,
            method=self.chance.choice(_METHODS),
            times=self.chance.choice([1, 2, 5, 20]),
            skip=self.chance.randint(0, 30),
            retry_after=self.chance.choice([1, 3, 30]),
            seconds=self.chance.choice([0.5, 5.0, 12.0, 40.0]),
        )

    async def _double(self) -> None:
        late = self.chance.choice([0.0, 0.0, 3.0, 200.0, _DAY])
        self._fault(
            "duplicate", times=self.chance.choice([1, 5, 50]), skip=self.chance.randint(0, 9), seconds=late
        )

    async def _shuffle(self) -> None:
        within = self.chance.random() < 0.5
        self._fault("reorder", times=self.chance.choice([1, 5, 20]), within_chat=within)

    async def _go_away(self) -> None:
        length = self.chance.choice([5.0, 40.0, 130.0, 600.0, 3600.0])
        self._fault("outage", seconds=length, refused=self.chance.random() < 0.3)
        await asyncio.sleep(length)

    async def _hurt_the_disk(self) -> None:
        ailment = self.chance.choice(AILMENTS)
        self.figures.faults[f"store {ailment}"] += 1
        self.watcher.interruptions += 1
        await self.disk.suffer(ailment, self.chance.choice([0.1, 1.0, 10.0, 90.0]))
        self.watcher.interruptions += 1

    async def _kill(self) -> None:
        """Strike while something is being done: some await points after the next call reaches Telegram."""
        calls = self.figures.counts["calls"]
        while self.figures.counts["calls"] == calls:  # noqa: ASYNC110 -- in virtual time looking costs nothing
            await asyncio.sleep(0.05)
        for _ in range(self.chance.randint(0, _MOST_POINTS)):
            await asyncio.sleep(0)
        at_once = self.chance.random() < 0.7
        self.figures.faults["kill" if at_once else "stop"] += 1
        self.life.die(at_once=at_once, down_for=self.chance.choice([0.0, 5.0, 60.0, 400.0]))

    async def _set_the_clock(self) -> None:
        self.figures.faults["clock"] += 1
        self.set_bot_clock(timedelta(seconds=self.chance.choice([-200, -3, 0, 0, 3, 200])))


_DEEDS = {
    Trouble._break_calls: 10,
    Trouble._double: 5,
    Trouble._shuffle: 4,
    Trouble._go_away: 1,
    Trouble._hurt_the_disk: 6,
    Trouble._kill: 5,
    Trouble._set_the_clock: 0.5,
}
