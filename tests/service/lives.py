"""People over many years, and a simple oracle: it knows what each did and when, not how it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 -- repeatable chance is what a simulation is about

from bot.service.timers import run_due
from tests.service.periods import ENDS
from tests.talk import Phone, World

PERIODS: dict[str, tuple[int | None, ...]] = {
    "NCT06203249": (365, 30, 180, 7, 14, 30),
    "TRIAL-B": (None, 90, 45, None, 1, 700),
    "TRIAL-C": (2000, 2000, 2000, 2000, 2000, 2000),
}
SILENCE = timedelta(days=30)
LAVAGE = timedelta(days=60)
"""What the trial waits before it asks somebody again who lacked only a lavage."""
FATES = ("fits", "not", "unsure", "declines", "stops", "falls silent", "pauses", "waits for a lavage")
_ENDED_AS = dict(zip(FATES, (*ENDS[:1], *ENDS[1:5], "incomplete", "incomplete", ENDS[1]), strict=True))
DECLINE = "No, thank you"
_TO_THE_LUNGS = ("45", "Yes", "Yes", "Yes, positive", "Yes", "Yes", "No")


@dataclass
class Talk:
    """One screening as the oracle knows it."""

    code: str
    trial: str
    fate: str
    touched: datetime
    """When its person last did something in it."""
    ended: datetime | None = None
    invited: datetime | None = None
    known: int = 0
    """The how manieth time its person was a stranger: an erasure takes what is of this time."""
    left: bool = False
    """A newer round was begun."""
    gone: datetime | None = None
    erased: bool = False

    @property
    def over(self) -> datetime | None:
        """When what was said is to go."""
        days = PERIODS[self.trial][ENDS.index(_ENDED_AS[self.fate])]
        if self.ended is None or days is None:
            return None
        end = self.ended + timedelta(days=days)
        if self.fate == "waits for a lavage" and not self.left:
            end = max(end, (self.invited or self.ended + LAVAGE) + SILENCE)
        return end

    def round(self, now: datetime) -> bool:
        """Note what time brings about; say whether it went just now."""
        if self.ended is None and now - self.touched >= SILENCE:
            self.ended = now
        waits = self.fate == "waits for a lavage" and self.ended and not (self.invited or self.left)
        if waits and self.ended and now >= self.ended + LAVAGE:
            self.invited = now
        if self.gone is None and not self.erased and self.over and now >= self.over:
            self.gone = now
            return True
        return False


@dataclass
class Life:
    """One person: when they come, to which trial, and how it goes."""

    phone: Phone
    plan: list[tuple[datetime, str, str]]
    talks: list[Talk] = field(default_factory=list)
    known: int = 0

    @property
    def kept(self) -> list[Talk]:
        return [talk for talk in self.talks if not talk.gone and not talk.erased]

    async def live(self, world: World, trial: str, fate: str) -> None:
        """Do one thing of the plan."""
        if fate == "erases":
            await self._erase(world)
        else:
            await self._screen(world, trial, fate)

    async def _erase(self, world: World) -> None:
        if not self.kept:
            return
        await world.send(self.phone, "/delete")
        await world.tap(self.phone, "Erase my answers")
        for talk in self.talks:
            talk.erased = talk.erased or talk.known == self.known

    async def _screen(self, world: World, trial: str, fate: str) -> None:
        await world.send(self.phone, f"/start {trial}")
        earlier = [talk for talk in self.kept if talk.trial == trial]
        if "Start a new round" in self.phone.labels():
            await world.tap(self.phone, "Start a new round")
            earlier[-1].left = True
        elif earlier:  # it is still open: they look at it, and leave it
            earlier[-1].touched = world.now
            return
        self.known += not self.kept
        code = self.phone.token("Start").partition(".")[0]
        talk = Talk(code, trial, fate, world.now, known=self.known)
        self.talks.append(talk)
        await world.tap(self.phone, "Start")
        if fate == "declines" and DECLINE not in self.phone.labels():
            fate = talk.fate = "stops"  # what they agreed to before holds: there is nothing to decline
        await self._answer(world, fate)
        talk.touched = world.now
        if fate not in {"falls silent", "pauses"}:
            talk.ended = self._ended_at or world.now

    _ended_at: datetime | None = None

    async def _answer(self, world: World, fate: str) -> None:
        self._ended_at = None
        if fate == "declines":
            await world.tap(self.phone, DECLINE)
            return
        while DECLINE in self.phone.labels():
            await world.tap(self.phone, self.phone.labels()[0])
        if fate in {"stops", "pauses", "falls silent"}:
            for text in {"stops": ("45", "/stop"), "pauses": ("45", "/pause")}.get(fate, ("45",)):
                await world.send(self.phone, text)
            return
        await self._to_the_end(world, fate)

    async def _to_the_end(self, world: World, fate: str) -> None:
        if fate == "unsure":
            await world.tap(self.phone, "Prefer not to say")
        elif fate == "not":
            for text in ("45", "yes", "no", "negative"):
                await world.send(self.phone, text)
        else:
            for text in (*_TO_THE_LUNGS, "Yes" if fate == "fits" else "No"):
                await world.send(self.phone, text)
            while "Submit" not in self.phone.labels():
                await world.tap(self.phone, "No")
        await world.tap(self.phone, "Submit")
        self._ended_at = world.now
        if fate == "waits for a lavage":
            await world.tap(self.phone, "Yes, contact me")
            await world.tap(self.phone, "Yes, ask me again")


def lives(world: World, people: int, years: int, chance: Random) -> list[Life]:
    """Return so many people, each with two to five things to do in these years."""
    found = []
    for number in range(people):
        plan = []
        for _ in range(chance.randint(2, 5)):
            day = chance.uniform(0, years * 365.0)
            fate = chance.choice((*FATES, "erases"))
            plan.append((world.now + timedelta(days=day), chance.choice(tuple(PERIODS)), fate))
        found.append(Life(world.phone("en", 5_000_000_001 + number), sorted(plan)))
    return found


async def rounds(world: World) -> None:
    """Do what the timer does, and let messages arrive."""
    await run_due(world.desks, now=world.now)
    await world._drain()
