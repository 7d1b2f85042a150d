"""The campaign: hostile updates and forged taps against the use cases, each in a state of its own.

From the raw update to the last message in its final words everything is the product's own; only the store is
in memory (`memory.py`). `on_disk.py` does the same on a real one.
"""

from __future__ import annotations

import math
import resource
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random  # noqa: TID251 -- seeded: the same campaign each time
from typing import Any

from bot.botapi.intake import Batch, read_all
from bot.botapi.updates import FromGroup
from bot.content.bundle import Bundle
from bot.content.shelf import Edition, Shelf
from bot.domain.conversation import Conversation
from bot.domain.messages import Edited
from bot.engine.prompts import prompt
from bot.engine.steps import step
from bot.service.handled import Handled
from bot.service.ports import Person
from bot.service.screening import Desks, handle, set_aside, welcome_back
from bot.service.tokens import token
from tests.conftest import NOW
from tests.editions import with_comprehension, with_policies
from tests.hostile.examine import lost, misplaced, overlong, staff_lines
from tests.hostile.memory import MemoryStore
from tests.hostile.states import CODE, every_state
from tests.hostile.taps import forged
from tests.hostile.updates import Writer

BOT = 1000000001
PERSON = 7_310_555_001
OTHER = 7_310_555_002
STAFF = -1001234567890
_LOOK = 20_000
"""Updates between two looks at the memory in use."""


@dataclass(slots=True)
class Seen:
    """What was counted, and what was wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    states: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    """Megabytes resident, every so many updates."""

    def add(self, other: Seen) -> None:
        """Count what another process saw too."""
        self.counts += other.counts
        self.kinds += other.kinds
        self.states |= other.states
        self.wrong += other.wrong


class Campaign:
    """One seed's updates; `wrong` in what was seen stays empty."""

    def __init__(self, bundle: Bundle, seed: int, *, until: float = math.inf) -> None:
        """`until` is when it ends at the latest, by the clock of time.monotonic."""
        self._until = until
        self.chance = Random(seed)
        self.edition = Edition(bundle)
        self.store = MemoryStore()
        self.writer = Writer(self.chance, PERSON)
        self.seen = Seen()
        numbers = iter(range(10**9))
        self._desks = Desks(self.store, Shelf([bundle]), lambda: f"n{next(numbers):07d}", STAFF)
        self.states = states_of(bundle)
        begun = next(talk for talk in self.states if talk.answers and talk.outcome is None)
        self._other = replace(begun, id="othercon")

    async def updates(self, times: int) -> Seen:
        """Send updates of every type, such as nobody sends, and hostile texts."""
        await self._repeat(times, self._one_update)
        return self.seen

    async def taps(self, times: int) -> Seen:
        """Send forged and replayed taps."""
        await self._repeat(times, self._one_tap)
        return self.seen

    async def _repeat(self, times: int, once: Callable[[], Any]) -> None:
        for number in range(times):
            if number % _LOOK == 0:
                self.seen.memory.append(resident())
            if time.monotonic() > self._until:
                break
            try:
                await once()
            except Exception as error:  # noqa: BLE001 -- this is what is looked for
                where = traceback.extract_tb(error.__traceback__)[-2:]
                self._complain(f"unhandled {type(error).__name__}: {error}, at {where}")
        self.seen.memory.append(resident())

    async def _one_update(self) -> None:
        kind, raw, valid = self._chosen()
        talk = self._enter()
        batch, _ = await self._deliver(raw)
        self.seen.counts["updates"] += 1
        self.seen.kinds[kind] += 1
        if valid and batch.unreadable:
            self._complain(f"{kind} could not be read: {batch.unreadable[0].reason}: {str(raw)[:700]}")
        self.seen.counts["unreadable"] += len(batch.unreadable)
        self._look_at_groups(batch)
        if any(isinstance(arrival.inbound, Edited) for arrival in batch.arrivals):
            self._same_answers(talk)

    def _chosen(self) -> tuple[str, Any, bool]:
        draw = self.chance.random()
        if draw < 0.15:
            return "malformed", self.writer.malformed(), False
        if draw < 0.18:
            return "unknown type", self.writer.unknown(), True
        return (*self.writer.any(), True)

    async def _one_tap(self) -> None:
        talk = self._enter(known=True)  # a stranger's tap greets them
        options = prompt(self.edition.trial, talk).choices
        if options and self.chance.random() < 0.15:
            await self._replay(talk, len(options))
            return
        kind, data = forged(talk, self._other, len(options), self.chance)
        if data in self._good_tokens():
            return
        self.seen.kinds[kind] += 1
        await self._tap_in_vain(data)

    async def _replay(self, talk: Conversation, options: int) -> None:
        """Tap once as one may, and then the same again: as another update, and as the same one."""
        data = token(talk.id, talk.turn, self.chance.randrange(options))
        raw = self.writer.tap(data)
        await self._deliver(raw)
        before = dict(self.store.known)
        await self._deliver(raw)
        if self.store.known != before:
            self._complain(f"an update delivered twice acted twice: {data}")
        self.seen.kinds["replayed"] += 1
        if PERSON in self.store.known and data not in self._good_tokens():
            await self._tap_in_vain(data)

    def _good_tokens(self) -> set[str]:
        """Return what stands behind the buttons of the present message."""
        person = self.store.known.get(PERSON)
        if person is None:
            return set()
        talk = next(talk for talk in person.conversations if talk.id == person.current)
        choices = prompt(self.edition.trial, talk).choices
        return {token(talk.id, talk.turn, place) for place in range(len(choices))}

    async def _tap_in_vain(self, data: str) -> None:
        before = dict(self.store.known)
        await self._deliver(self.writer.tap(data))
        self.seen.counts["taps"] += 1
        if self.store.known != before:
            self._complain(f"a forged tap changed something: {data!r}: {self._difference(before)}")

    def _difference(self, before: dict[int, Person]) -> str:
        """Return where the person stood before and stands now."""
        known = (before.get(PERSON), self.store.known.get(PERSON))
        talks = [talk for person in known if person for talk in person.conversations]
        return " then ".join(f"{type(step(self.edition.trial, t)).__name__} {t.revision}" for t in talks)

    def _enter(self, *, known: bool = False) -> Conversation:
        """Put the person in some state, or make them a stranger; somebody else is there too."""
        number = self.chance.randrange(len(self.states))
        talk = self.states[number]
        self.seen.states.add(number)
        self.store.known = {OTHER: Person("otherone", OTHER, (self._other,), self._other.id)}
        if known or self.chance.random() > 0.01:
            self.store.known[PERSON] = Person("person01", PERSON, (talk,), talk.id)
        return talk

    async def _deliver(self, raw: Any) -> tuple[Batch, list[Handled]]:
        self.store.outgoing.clear()
        self.store.aside.clear()
        other = self.store.known[OTHER]
        batch = read_all([raw], BOT)
        if batch.unreadable:
            await set_aside(batch.unreadable, self._desks, now=NOW)
        if batch.unblocked:
            await welcome_back(batch.unblocked, self._desks, now=NOW)
        unread = len(self.store.aside)
        handled = await handle(batch.arrivals, self._desks, now=NOW)
        for item in self.store.aside[unread:]:
            self._complain(f"set aside after {item.reason}: {str(raw)[:300]}")
        if self.store.known.get(OTHER) != other and not any(a.person == OTHER for a in batch.arrivals):
            self._complain(f"somebody else's conversation changed: {str(raw)[:300]}")
        self._look_at_replies(batch, handled)
        return batch, handled

    def _look_at_replies(self, batch: Batch, handled: list[Handled]) -> None:
        people = {arrival.person for arrival in batch.arrivals}
        codes = [talk.id for person in self.store.known.values() for talk in person.conversations]
        lines = (
            staff_lines(self.edition, {CODE, *codes})
            if any(c == STAFF for c, _ in self.store.outgoing)
            else set()
        )
        for person in people:
            for what in misplaced(self.store.outgoing, person, STAFF, lines):
                self._complain(what)
        if self.store.outgoing and not people:
            self._complain("said something to nobody in particular")
        for _, message in self.store.outgoing:
            refused = lost(message)
            self.seen.counts["replies"] += 1
            if refused:
                self._complain(f"lost: {refused}")
        for notice in overlong(handled):
            self._complain(f"too long for a notice: {notice!r}")
        if handled and not self.store.outgoing:
            self._complain(f"no answer to {batch.arrivals[0].inbound!r:.200}")

    def _look_at_groups(self, batch: Batch) -> None:
        """A group reads one polite sentence, whatever was said there: nobody's screening."""
        self.seen.counts["from groups"] += len(batch.groups)
        if batch.groups and batch.arrivals:
            self._complain("one update was taken as both a group's and a person's")
        assert all(isinstance(group, FromGroup) for group in batch.groups)

    def _same_answers(self, talk: Conversation) -> None:
        self.seen.counts["edits"] += 1
        now = self.store.known.get(PERSON)
        after = next((each for each in now.conversations if each.id == talk.id), None) if now else None
        if after is not None and (after.answers, after.outcome) != (talk.answers, talk.outcome):
            self._complain("an edit changed an answer")

    def _complain(self, what: str) -> None:
        self.seen.counts["wrong"] += 1
        if len(self.seen.wrong) < 200:
            self.seen.wrong.append(what)


_WALKED: dict[str, list[Conversation]] = {}


def asking(bundle: Bundle) -> Bundle:
    """Return the trial as one that asks all that a trial can ask."""
    return with_policies(with_comprehension(bundle), ["phone", "name"])


def states_of(bundle: Bundle) -> list[Conversation]:
    """Return every state; walked once."""
    edition = Edition(bundle)
    if edition.trial.content_hash not in _WALKED:
        _WALKED[edition.trial.content_hash] = every_state(edition)
    return _WALKED[edition.trial.content_hash]


def resident() -> int:
    """Return the megabytes of memory in use."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() // 2**20
