"""One simulation: people, the whole bot, and trouble, over half a year of virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import ceil
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance is what the simulation is about
from tempfile import TemporaryDirectory
from time import perf_counter

from bot.storage.migrate import prepare
from tests.simulation.cards import Deed
from tests.simulation.disk import Disk, mounted
from tests.simulation.figures import Figures
from tests.simulation.ledger import Ledger
from tests.simulation.people import Actor
from tests.simulation.said import Act
from tests.simulation.staffing import Hiring, Team, verified
from tests.simulation.telegram import Telegram, Watcher, key_of
from tests.simulation.temper import temper
from tests.simulation.trouble import Trouble
from tests.simulation.virtual import Clock, run
from tests.simulation.wire import Wire
from tests.simulation.witness import Witness
from tests.simulation.worker import TOKEN, Life, wired

_LEAPS = (0.5, 1, 1, 1, 2, 4, 12, 12, 30, 30, 90)
"""Days set forward in turn: reminders come after 1 and 4, an end after 30, invitations after 60 to 180."""
_A_MOMENT = 40.0
_MOST_MOMENTS = 120
_PEOPLE_A_SECOND = 20.0
_DELAYS = (0.0625, 0.125, 0.25)
_LONGEST_DRAIN = 1000
_FEW = 100
_DEEDS_A_DAY = 1 / 6
"""What each of the team does at most between two absences of all, for each of the people."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a simulation went."""

    figures: Figures
    journal: str
    covered: timedelta
    seconds: float


def simulate(people: int, seed: int, *, staff: bool = True) -> Result:
    """Run one simulation from beginning to end; without staff nobody looks at what people ask."""
    with TemporaryDirectory(prefix="doorstep-simulation-") as folder, _quiet():
        return run(Simulation(people, seed, Path(folder), staff=staff).run())


class Simulation:
    """Everything that takes part."""

    def __init__(self, people: int, seed: int, folder: Path, *, staff: bool) -> None:
        self.figures = Figures(seed, people)
        self.chance = Random(seed)
        self.path = folder / "bot.sqlite3"
        self.clock = Clock()
        self._skew = timedelta()
        self._people = people
        self._staff = staff
        self.team: Team | None = None
        self._began = perf_counter()

    async def run(self) -> Result:
        self.disk = Disk(self.path)
        with mounted(self.disk), wired(Random(self.chance.random())) as new_id:
            await prepare(f"sqlite:///{self.path}")
            self._build(new_id)
            if self._staff:
                await self._hire(new_id)
            living = asyncio.create_task(self.life.run())
            try:
                await self._half_a_year()
                await self._all_is_well()
            finally:
                await self.life.end()
                await living
            self._at_the_end()
            if self.team:
                await self._verify(new_id)
            self.ledger.close()
        return Result(self.figures, self.watcher.journal, self.clock.covered, perf_counter() - self._began)

    def _build(self, new_id: Callable[[], str]) -> None:
        slow = self._people <= _FEW and self.chance.random() < 0.3
        self.ledger = Ledger(self.path)
        self.witness = Witness(self.ledger, self.figures)
        self.disk.committed = self._committed
        self.telegram = Telegram(clock=self.clock, limits=slow, witness=self.witness)
        self.watcher = Watcher(self.telegram, self.figures)
        delay = Random(self.chance.random())
        self.life = Life(
            f"sqlite:///{self.path}",
            self.disk,
            self.watcher,
            lambda: self._new_wire(delay),
            lambda: self.clock() + self._skew,
            new_id,
            self.figures,
            public=slow,
        )
        self.trouble = Trouble(
            self.telegram,
            self.disk,
            self.life,
            self.watcher,
            self.figures,
            Random(self.chance.random()),
            self._set_bot_clock,
        )
        self.actors = [self._actor(number) for number in range(self._people)]

    def _new_wire(self, delay: Random) -> Wire:
        if self.team:
            self.team.board.begins_anew()
        return Wire(self.telegram, lambda: delay.choice(_DELAYS), self.watcher)

    def _actor(self, number: int) -> Actor:
        chance = Random(self.chance.random())
        who = temper(chance)
        mark = f"zq{self.figures.seed}x{number}q"
        person = self.telegram.person(first_name="Mei", language_code=who.phone)
        actor = Actor(person, who, chance, self._said, mark)
        self.telegram.actors[person.id] = actor
        return actor

    async def _hire(self, new_id: Callable[[], str]) -> None:
        url, chance = f"sqlite:///{self.path}", Random(self.chance.random())
        hiring = Hiring(url, self.telegram, self.figures, self.clock, new_id, self._did, chance)
        self.team = await hiring.team(paced=self.life.public)
        self.telegram.team = self.team.members
        self.watcher.board = self.team.board
        self.life.staff_group = self.team.group.id

    def _did(self, deed: Deed, query: str) -> None:
        self.witness.overseer.did(key_of(TOKEN, deed.update), deed, query)
        self.figures.counts["updates"] += 1

    def _said(self, act: Act) -> None:
        self.witness.acts[key_of(TOKEN, act.update)] = act
        self.figures.counts["updates"] += 1

    def _committed(self) -> None:
        self.figures.when = f"{self.clock():%d %b %H:%M:%S}"
        self.witness.committed()

    def _set_bot_clock(self, skew: timedelta) -> None:
        self._skew = skew

    # The course of things

    async def _half_a_year(self) -> None:
        window = self._people / _PEOPLE_A_SECOND
        for actor in self.actors:
            actor.come(self.chance.uniform(0, window))
        self._work_begins()
        await self._among_trouble(window, every=20.0)
        for days in _LEAPS:
            if self.figures.violations:
                return  # what follows from something wrong says nothing new
            if self.chance.random() < 0.5:
                self.life.die(at_once=True, down_for=1.0)
            self.clock.leap(timedelta(days=days))
            self.watcher.interruptions += 1  # an absence: who blocked the bot may have changed their mind
            for actor in self.actors:
                actor.returns()
            self._work_begins()
            await self._among_trouble(_A_MOMENT, every=20.0)

    def _work_begins(self) -> None:
        if self.team:
            self.team.comes(ceil(self._people * _DEEDS_A_DAY))

    async def _among_trouble(self, length: float, *, every: float) -> None:
        brewing = [asyncio.create_task(self.trouble.brew(every))]
        if self.team:
            brewing.append(asyncio.create_task(self.team.meddle(5 * every)))
        await asyncio.sleep(length)
        await self._until_quiet()
        for each in brewing:
            each.cancel()
        await asyncio.gather(*brewing, return_exceptions=True)

    async def _until_quiet(self) -> None:
        """Wait until nobody has said anything for a moment, but not for ever."""
        said = -1
        for _ in range(_MOST_MOMENTS):
            if self.figures.counts["updates"] == said:
                return
            said = self.figures.counts["updates"]
            await asyncio.sleep(_A_MOMENT)

    async def _all_is_well(self) -> None:
        """Let everybody finish; then nothing may be left over."""
        self.trouble.leave_off()
        if self.team:
            self.team.leave_off()
        await self._until_quiet()
        for actor in self.actors:
            actor.last_chance()
        await self._until_quiet()
        for actor in self.actors:
            actor.rest()
        if self.team:
            self.team.rest()
        for _ in range(_LONGEST_DRAIN):
            if self._drained() or self.figures.violations:
                break
            await asyncio.sleep(_A_MOMENT)

    def _drained(self) -> bool:
        reachable = [actor.person.id for actor in self.actors if not actor.person.has_blocked]
        if self.team:
            reachable.append(self.team.group.id)
        return (
            not self.telegram.bot.queue.pending()
            and not any(map(self.witness.deliveries.missing, reachable))
            and (self.team is None or self.witness.overseer.cards_behind() == 0)
        )

    # The end

    def _at_the_end(self) -> None:
        self.figures.when = "at the end"
        holds = self.figures.holds
        holds(self.ledger.is_sound(), "SQLite finds its file damaged")
        holds(not self.ledger.quarantined(), "set aside:", self.ledger.quarantined()[:3])
        failed = self.ledger.count("outbox", "failed_at IS NOT NULL AND failure != 'blocked'")
        holds(failed == 0, "messages that Telegram would not take:", failed)
        left = [act for act in self.witness.acts.values() if not act.kept]
        lost = self.telegram.bot.queue.expired
        holds(len(left) <= lost, "said and delivered, but never kept:", [act.update for act in left][:5])
        self.figures.counts["expired at Telegram"] = lost
        for actor in self.actors:
            self._ends_well(actor)
        if self.team:
            self._cards_end_well(self.team)

    def _cards_end_well(self, team: Team) -> None:
        behind = self.witness.overseer.cards_behind()
        self.figures.holds(behind == 0, "cards that do not show their case as it is:", behind)
        missing = self.witness.deliveries.missing(team.group.id)
        self.figures.holds(not missing, "staff were never told:", len(missing), missing[:1])
        team.board.ends_well(self.watcher.interruptions)

    async def _verify(self, new_id: Callable[[], str]) -> None:
        report = await verified(f"sqlite:///{self.path}", new_id)
        self.figures.holds(not report.findings, "the audit trail does not hold:", report.findings[:3])

    def _ends_well(self, actor: Actor) -> None:
        who = actor.person.id
        if not actor.person.has_blocked:
            missing = self.witness.deliveries.missing(who)
            self.figures.holds(not missing, "never arrived:", who, len(missing), missing[:1])
        if who in self.witness.erased - self.witness.current.keys():
            self._is_gone(actor)

    def _is_gone(self, actor: Actor) -> None:
        self.figures.counts["erased"] += 1
        if not actor.person.has_blocked:
            self.figures.holds(actor.person.id not in self._named, "erased, but named:", actor.person.id)
        found = actor.mark.encode() in self._bytes
        self.figures.holds(not found, "erased, but their words are there:", actor.person.id)

    @cached_property
    def _named(self) -> set[int]:
        return self.ledger.addresses()

    @cached_property
    def _bytes(self) -> bytes:
        files = self.path.parent.glob(f"{self.path.name}*")
        return b"".join(file.read_bytes() for file in sorted(files))


@contextmanager
def _quiet() -> Iterator[None]:
    """The bot says each time what went wrong; here that is every few seconds."""
    logger = logging.getLogger("bot")
    level, logger.level = logger.level, logging.CRITICAL
    try:
        yield
    finally:
        logger.level = level
