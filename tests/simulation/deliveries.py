"""Messages queued against messages on phones: each arrives, in order, and a second copy is harmless."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.service.message import Message as Queued
from bot.simulator import Message
from tests.simulation.figures import Figures

_TAG = re.compile(r"<[^>]+>")

Signature = tuple[str, tuple[str, ...]]
"""The words and the tokens under them."""


def of_queued(message: Queued) -> Signature:
    words = html.unescape(_TAG.sub("", message.html)).strip()
    return words, tuple(button.token or "" for row in message.rows for button in row)


def of_arrived(message: Message) -> Signature:
    return message.text.strip(), tuple(button.data or "" for row in message.buttons for button in row)


@dataclass(slots=True)
class _Line:
    """One chat's messages as the store queued them."""

    expected: list[Signature] = field(default_factory=list)
    arrived: int = 0
    """How many of them have arrived."""
    dropped: int = 0
    """How many at the front need not arrive: their person was erased."""

    def takes(self, what: Signature) -> bool:
        """Say whether this is the next one due."""
        place = self.arrived
        while place < len(self.expected):
            if self.expected[place] == what:
                self.arrived = place + 1
                return True
            if place >= self.dropped:
                return False
            place += 1
        return False

    @property
    def missing(self) -> list[Signature]:
        return self.expected[max(self.arrived, self.dropped) :]


@dataclass(slots=True)
class Deliveries:
    """All chats, by person and by the store's name for the chat: somebody erased gets a new one."""

    figures: Figures
    _lines: defaultdict[int, dict[str, _Line]] = field(default_factory=lambda: defaultdict(dict))

    def queued(self, person: int, chat: str, messages: Iterable[Queued]) -> None:
        line = self._lines[person].setdefault(chat, _Line())
        line.expected.extend(map(of_queued, messages))

    def erased(self, person: int, chat: str, farewells: int) -> None:
        """Nothing queued so far need arrive, but for the last messages."""
        line = self._lines[person].get(chat)
        if line:
            line.dropped = len(line.expected) - farewells

    def arrived(self, message: Message) -> None:
        what, lines = of_arrived(message), self._lines[message.chat.id]
        self.figures.counts["messages"] += 1
        if any(line.takes(what) for line in reversed(lines.values())):
            self.figures.counts["invariants"] += 1
            return
        known = any(what in line.expected[: line.arrived] for line in lines.values())
        self.figures.counts["doubled"] += known
        self.figures.holds(
            known, "out of order, or nobody queued it:", message.chat.id, what[0][:60], what[1][:1]
        )

    def knows(self, message: Message) -> bool:
        """Say whether something like this was ever queued for this chat."""
        what = of_arrived(message)
        return any(what in line.expected for line in self._lines[message.chat.id].values())

    def missing(self, person: int) -> list[Signature]:
        """What has not arrived."""
        return [what for line in self._lines[person].values() for what in line.missing]
