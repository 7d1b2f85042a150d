"""People at their phones: each has a temper, and nothing decides but their own chance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from random import Random  # noqa: TID251 -- repeatable chance is what the simulation is about

from bot.domain.trial import Value
from bot.simulator import Message, Person
from tests.conftest import oracle
from tests.simulation.said import Act
from tests.simulation.sheet import AGE, Offer, Seen, sheet
from tests.simulation.temper import EMERGENCY, FREE, NONSENSE, NOT_AN_AGE, TO_A_PERSON, Temper

FULL: dict[str, Value] = oracle()["full_answers"]
Note = Callable[[Act], None]
_PATIENT_FOR = 8
"""How often somebody tries again where nothing comes back."""
_WAIT = 90.0


@dataclass(slots=True, eq=False)
class Actor:
    """One person who talks to the bot in their own way."""

    person: Person
    temper: Temper
    chance: Random
    note: Note
    mark: str
    """A word that nobody else writes, to be looked for when they have been erased."""
    language: str = "en"
    gone: int = 0
    """How many more times the world wakes up without them; below zero for good."""
    at_rest: bool = False
    tried: int = 0
    rounds: int = 0
    wrote_mark: bool = False
    _next: asyncio.TimerHandle | None = None
    _reacts: bool = False

    def come(self, after: float) -> None:
        """Open the chat for the first time."""
        self._wake(after, reacting=True)

    def hears(self) -> None:
        """Something arrived on their phone."""
        self.tried = 0
        if self.gone == 0 and not self._reacts:
            self._wake(self._thinks(), reacting=True)

    def returns(self) -> None:
        """Come back after a silence, if it is over."""
        if self.gone > 0:
            self.gone -= 1
        if self.gone == 0 and not self.at_rest:
            self.tried = 0
            self._wake(self.chance.uniform(1, 300), reacting=True)

    def last_chance(self) -> None:
        """Come back now, whatever they had in mind."""
        if self.person.has_blocked:
            return
        self.gone, self.tried = 0, 0
        self._wake(self.chance.uniform(1, 60), reacting=True)

    def rest(self) -> None:
        """Do nothing more of one's own accord."""
        if self._next:
            self._next.cancel()

    # Deciding

    def _thinks(self) -> float:
        return round(self.chance.expovariate(1 / self.temper.pace), 1) + 0.2

    def _wake(self, after: float, *, reacting: bool) -> None:
        if self._next:
            self._next.cancel()
        self._reacts = reacting
        loop = asyncio.get_running_loop()
        self._next = loop.call_at(ceil(loop.time() + after), self._act)  # together: batches are as in a rush

    def _act(self) -> None:
        self._reacts = False
        if self.gone:
            return
        if self.person.has_blocked:
            self._unblock()
            return
        seen = self._newest()
        if seen is None or not self._does_something_odd(seen):
            self._does_what_is_asked(seen)
        if not self.at_rest and self.gone == 0:
            self._waits()

    def _waits(self) -> None:
        self.tried += 1
        if self.tried < _PATIENT_FOR:
            self._wake(self.chance.uniform(0.5, 1.5) * _WAIT * 2 ** min(self.tried, 5), reacting=False)

    def _newest(self) -> Seen | None:
        """Read the last message that still has something to tap."""
        for message in self.person.chat.newest_first():
            if message.from_bot and message.markup:
                return self._read(message)
        return None

    def _read(self, message: Message) -> Seen:
        others = [each for each in ("en", "zh-Hans") if each != self.language]
        read = [sheet(each).read(message) for each in (self.language, *others)]
        return max(read, key=_understood)

    def _does_what_is_asked(self, seen: Seen | None) -> None:
        self.at_rest = False
        if seen is None:
            self._writes("/start")
        elif not seen.offers:
            self._writes(self.chance.choice(["/status", "/start", "hello"]))
        elif seen.question and seen.question == AGE and self.chance.random() < self.temper.types_age:
            self._writes(self._age())
        elif seen.question:
            self._answers(seen, seen.question)
        else:
            self._goes_on(seen)

    def _age(self) -> str:
        years = self.chance.randint(18, 90) if self.chance.random() > self.temper.young else 16
        return self.chance.choice(NOT_AN_AGE) if self.chance.random() < self.temper.odd else str(years)

    def _answers(self, seen: Seen, question: str) -> None:
        answers = [offer for offer in seen.offers.values() if offer.question == question]
        usual = [offer for offer in answers if offer.value == FULL[question]]
        offer = self.chance.choice(usual if usual and self.chance.random() < self.temper.usual else answers)
        if self.chance.random() < self.temper.types:
            self._types(offer, answers)
        else:
            self._taps(seen, offer)

    def _types(self, offer: Offer, answers: list[Offer]) -> None:
        words = sheet(self.language)
        if offer.value == "not_sure" and self.chance.random() < 0.6:
            from_list = ("I don't know", "not sure") if words.language == "en" else ("我不知道", "不确定")
            self._writes(self.chance.choice(from_list))
        elif offer.question == AGE or self.chance.random() < 0.3:
            self._writes(offer.label)
        else:
            self._writes(str(answers.index(offer) + 1))

    def _goes_on(self, seen: Seen) -> None:
        offers = seen.offers
        languages = [offer for means, offer in offers.items() if means.startswith("language:")]
        picks = [offer for means, offer in offers.items() if means.startswith("pick:")]
        wanted = self.temper.wishes(set(offers), self.chance)
        if wanted is None and picks:
            self._taps(seen, self.chance.choice([*picks, *(offers[k] for k in ("leave",) if k in offers)]))
        elif wanted is None and languages:
            self._speaks(seen, self.chance.choice(languages))
        elif wanted == "rest" or (wanted == "again" and self.rounds >= self.temper.most_rounds):
            self.at_rest = True
        elif wanted == "write":
            self.wrote_mark = self.at_rest = True
            self._writes(f"{self.chance.choice(TO_A_PERSON)} {self.mark}")
        elif wanted:
            self.rounds += wanted == "again"
            self._taps(seen, offers[wanted])

    def _speaks(self, seen: Seen, offer: Offer) -> None:
        self.language = offer.means.partition(":")[2]
        self._taps(seen, offer)

    def _does_something_odd(self, seen: Seen) -> bool:
        """Now and then people do what nobody asked them to."""
        if self.chance.random() >= self.temper.odd:
            return False
        odd = self.chance.choices(list(_ODD), [weight for _, weight in _ODD.values()])[0]
        deed, _ = _ODD[odd]
        deed(self, seen)
        return True

    # Doing

    def _writes(self, text: str) -> None:
        if self.person.has_blocked:
            return
        self._note(lambda: self.person.send(text), text=text)
        if self.chance.random() < self.temper.twice:
            self._note(lambda: self.person.send(text), text=text)

    def _taps(self, seen: Seen, offer: Offer) -> None:
        for _ in range(1 + (self.chance.random() < self.temper.twice)):
            self._note(lambda: self.person.tap_data(seen.message.message_id, offer.data), offer=offer)

    def _note(self, deed: Callable[[], object], text: str = "", offer: Offer | None = None) -> None:
        deed()
        number = self.person.world.bot.queue._next_id - 1
        self.note(Act(number, self.person.id, text, offer))

    # Odd things

    def _command(self, seen: Seen) -> None:
        del seen
        self._writes(self.chance.choice(["/help", "/status", "/review", "/back", "/mydata", "/privacy"]))

    def _pause(self, seen: Seen) -> None:
        del seen
        self._writes("/pause")

    def _stop(self, seen: Seen) -> None:
        del seen
        self._writes("/stop")

    def _delete(self, seen: Seen) -> None:
        del seen
        self._writes("/delete")

    def _start(self, seen: Seen) -> None:
        del seen
        self._writes("/start")

    def _change_language(self, seen: Seen) -> None:
        del seen
        self._writes("/language")

    def _asks(self, seen: Seen) -> None:
        del seen
        self.wrote_mark = True
        self._writes(f"{self.chance.choice(FREE)} {self.mark}?")

    def _babbles(self, _seen: Seen) -> None:
        self._writes(self.chance.choice(NONSENSE))

    def _is_in_danger(self, _seen: Seen) -> None:
        self._writes(self.chance.choice(EMERGENCY))

    def _taps_an_old_button(self, seen: Seen) -> None:
        old = [m for m in self.person.messages if m.from_bot and m.markup and m is not seen.message]
        if old:
            read = self._read(self.chance.choice(old))
            if read.offers:
                self._taps(read, self.chance.choice(list(read.offers.values())))

    def _taps_beside(self, seen: Seen) -> None:
        if seen.offers:
            self._taps(seen, self.chance.choice(list(seen.offers.values())))

    def _edits(self, seen: Seen) -> None:
        del seen
        mine = [m for m in self.person.messages if not m.from_bot and not m.text.startswith("/")]
        if mine:
            message = self.chance.choice(mine)
            text = self.chance.choice(["1", "2", "no"])
            self._note(lambda: self.person.edit(message.message_id, text), text="edit")

    def _sends_a_photo(self, _seen: Seen) -> None:
        self._note(lambda: self.person.attach("photo"), text="photo")

    def _falls_silent(self, seen: Seen) -> None:
        del seen
        self.gone = self.chance.choice([1, 1, 1, 2, 3, -1])

    def _blocks(self, seen: Seen) -> None:
        del seen
        self.person.block()
        if self.chance.random() < 0.7:
            self._wake(self.chance.choice([30.0, 600.0, 3000.0]), reacting=True)
        else:
            self.gone = -1

    def _unblock(self) -> None:
        self.person.unblock()
        self._writes(self.chance.choice(["/start", "hello"]))
        self._waits()


_ODD: dict[str, tuple[Callable[[Actor, Seen], None], float]] = {
    "command": (Actor._command, 6),
    "pause": (Actor._pause, 4),
    "stop": (Actor._stop, 2),
    "delete": (Actor._delete, 3),
    "start": (Actor._start, 2),
    "language": (Actor._change_language, 4),
    "asks": (Actor._asks, 6),
    "babbles": (Actor._babbles, 3),
    "danger": (Actor._is_in_danger, 1),
    "old": (Actor._taps_an_old_button, 6),
    "beside": (Actor._taps_beside, 6),
    "edits": (Actor._edits, 2),
    "photo": (Actor._sends_a_photo, 1),
    "silent": (Actor._falls_silent, 5),
    "blocks": (Actor._blocks, 2),
}


def _understood(seen: Seen) -> int:
    return 2 * bool(seen.question) + sum(not means.startswith("pick:") for means in seen.offers)
