"""What a member of staff reads off a card in their group, and what they did about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.simulator import Message

if TYPE_CHECKING:
    from tests.simulation.team import Member

CODE = re.compile(r"^Case ([a-z0-9]{8})$", re.MULTILINE)
"""The line of a card that names its case."""
_NOT = "Not eligible: "
_MEANS = {
    "Claim": "claim",
    "Give back": "release",
    "Replies": "replies",
    "Note": "how",
    "Decide": "decide",
    "Undo the decision": "undo",
    "Back": "back",
    "May be eligible: confirmed": "decided:confirmed_may_be_eligible",
    "Could not be reached": "decided:unreachable",
    "Withdrew": "decided:withdrew",
    "Same person as another case": "decided:duplicate",
    "Passed on elsewhere": "decided:referred",
}
"""Buttons as the words on them are understood; a number is a reply, and criteria are read by name."""


@dataclass(frozen=True, slots=True)
class Key:
    """One button of a card."""

    means: str
    data: str
    says: str = ""
    """The words beside a number, as far as the card has room for them."""

    @property
    def case(self) -> str:
        return self.data.removeprefix("~").partition(".")[0]

    @property
    def revision(self) -> int:
        return int(self.data.split(".")[1])


@dataclass(frozen=True, slots=True)
class Card:
    """One card as it stands in the group."""

    message: int
    topic: int | None
    case: str
    text: str
    keys: tuple[Key, ...]


@dataclass(slots=True, eq=False)
class Deed:
    """One thing that somebody did in the group and the bot hears of."""

    update: int
    member: Member
    case: str
    revision: int = 0
    """What the tapped card showed."""
    means: str = ""
    words: str = ""
    """What was written, where it was no tap; of a reply, what the card said would be sent."""
    done: bool = False
    """Something the store holds came of it."""
    confirmed: bool = False
    """Telegram was told that the bot has it."""
    forged: bool = False
    """No card offered it."""
    handed: list[tuple[int, int]] = field(default_factory=list)
    """In which polls it was handed to the bot, and at which place in each."""


def read_card(message: Message) -> Card | None:
    """Read a message of the bot; None where it is no card."""
    found = CODE.search(message.text)
    if message.deleted or not message.from_bot or found is None:
        return None
    keys = [
        Key(_means(button.text), button.data, _beside(button.text, message.text))
        for row in message.buttons
        for button in row
        if button.data
    ]
    return Card(message.message_id, message.thread_id, found[1], message.text, tuple(keys))


def _means(label: str) -> str:
    if label.isdecimal():
        return f"reply:{label}"
    if label.startswith(_NOT):
        return f"decided:not_eligible:{label.removeprefix(_NOT)}"
    return _MEANS[label]


def _beside(label: str, text: str) -> str:
    found = re.search(rf"^{label} (.+)$", text, re.MULTILINE) if label.isdecimal() else None
    return found[1] if found else ""
