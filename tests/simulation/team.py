"""The study team in its group: who sees a card taps on it, often several at once, and not all of them may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from random import Random  # noqa: TID251 -- repeatable chance is what the simulation is about

from bot.simulator import Chat, Message, Person
from tests.simulation.cards import Card, Deed, Key, read_card

Note = Callable[[Deed, str], None]
"""Hears of a deed, and by which query it was one, if it was a tap."""
_TOGETHER = 5.0
"""Seconds: who looks at the group within so many taps at the same moment."""
_WORKS = 14
"""Hours of a day; then it is their night."""
_REMEMBERED = 40
_WISHES = {
    "claim": 8,
    "replies": 14,
    "reply": 9,
    "decide": 4,
    "decided": 6,
    "release": 1.5,
    "undo": 4,
    "how": 0.5,
    "back": 1,
}
MARK = "§"
"""Begins the word that a colleague alone writes: it stands in no id, no code and no text."""
FREE_WORDS = "We call you back tomorrow"
"""What the first trial does not let staff write: only approved replies may be sent."""


@dataclass(slots=True, eq=False)
class Member:
    """Somebody in the staff group."""

    person: Person
    role: str
    staff: str
    """Their id on the register; empty for whoever is not on it."""
    chance: Random
    group: Chat
    note: Note
    clock: Callable[[], datetime]
    begins: int
    """The hour at which they come to work."""
    eager: float
    mark: str
    """A word that only this person writes, and only to colleagues."""
    patience: int = 0
    """How many more things they do before they leave the others to it."""
    at_rest: bool = False
    _looking: Message | None = None
    _next: asyncio.TimerHandle | None = None
    _remembered: list[tuple[int, Key]] = field(default_factory=list)
    _notes: int = 0

    def comes(self, patience: int) -> None:
        """Begin a day of work."""
        self.patience = patience
        self._wake(self.chance.uniform(1, 120))

    def sees(self, message: Message) -> None:
        """Something is new in the group."""
        if self.chance.random() < self.eager:
            self._looking = message
            self._wake(self.chance.expovariate(1 / 6))

    def rest(self) -> None:
        self.at_rest = True
        if self._next:
            self._next.cancel()

    @property
    def is_there(self) -> bool:
        """Whether it is neither their night nor their evening."""
        return (self.clock().hour - self.begins) % 24 < _WORKS

    def _wake(self, after: float) -> None:
        if self.at_rest or self.patience <= 0:
            return
        if self._next:
            self._next.cancel()
        loop = asyncio.get_running_loop()
        self._next = loop.call_at(ceil((loop.time() + after) / _TOGETHER) * _TOGETHER, self._act)

    def _act(self) -> None:
        if not self.is_there or self.patience <= 0 or self.at_rest:
            return
        card = self._pick()
        if card is None:
            return
        self.patience -= 1
        self._do(card)
        self._looking = self.group.message(card.message)
        if self.chance.random() < 0.8:
            self._wake(self.chance.uniform(4, 20))

    def _pick(self) -> Card | None:
        seen, self._looking = self._looking, None
        card = read_card(seen) if seen and self.chance.random() < 0.8 else None
        if card:
            return card
        cards = [found for message in self.group.newest_first() if (found := read_card(message))]
        free = [card for card in cards if any(key.means == "claim" for key in card.keys)]
        return self.chance.choice((free or cards)[:6]) if cards else None

    def _do(self, card: Card) -> None:
        deed = self.chance.random()
        if deed < 0.08:
            self._writes(card)
        elif deed < 0.16 and self._remembered:
            self._taps(*self.chance.choice(self._remembered))
        elif deed < 0.22 and card.keys:
            self._forges(card)
        elif card.keys:
            weights = [_WISHES.get(key.means.partition(":")[0], 0.1) for key in card.keys]
            self._taps(card.message, self.chance.choices(card.keys, weights)[0])

    def _taps(self, message: int, key: Key) -> None:
        self._remembered = [*self._remembered[1 - _REMEMBERED :], (message, key)]
        for _ in range(1 + (self.chance.random() < 0.15)):
            query = self.person.tap_data(message, key.data, chat_id=self.group.id)
            self.note(Deed(self._newest, self, key.case, key.revision, key.means, key.says), query)

    def _forges(self, card: Card) -> None:
        """Tap what no card offers: another time, another case, a button that there is not."""
        key = self.chance.choice(card.keys)
        data, deed = self.chance.choice(
            [
                # Rightly guessed it is a claim like any other: by somebody who may.
                (f"~{key.case}.{key.revision + 1}.c", ("claim", key.revision + 1)),
                (f"~{key.case}.{key.revision}.x99", ("forged", 0)),
                (f"~{key.case}.{key.revision}.q", ("forged", 0)),
                (f"~zzzzzzzz.{key.revision}.c", ("forged", 0)),
                (f"{key.case}.1.0", ("forged", 0)),
                ("~", ("forged", 0)),
            ]
        )
        query = self.person.tap_data(card.message, data, chat_id=self.group.id)
        means, revision = deed
        self.note(Deed(self._newest, self, key.case, revision, means, forged=True), query)

    def _writes(self, card: Card) -> None:
        """Write a note for colleagues; or words to the participant, which this trial does not allow."""
        self._notes += 1
        if self.chance.random() < 0.7:
            words = f"{self.mark}{self._notes} called, no answer"
            means, text = "note", f"/note {words}"
        else:
            means, text = "words", f"{FREE_WORDS} {self.mark}{self._notes}"
            words = text
        try:
            self.person.send(text, chat_id=self.group.id, thread_id=card.topic, reply_to=card.message)
        except Exception:  # noqa: BLE001 -- somebody deleted the topic meanwhile
            return
        self.note(Deed(self._newest, self, card.case, means=means, words=words), "")

    @property
    def _newest(self) -> int:
        return self.person.world.bot.queue._next_id - 1
