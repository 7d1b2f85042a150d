"""What people said: every tap and every text, by the update that carries it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulation.sheet import Offer


@dataclass(slots=True, eq=False)
class Act:
    """One thing a person did that the bot hears of."""

    update: int
    person: int
    text: str = ""
    """What was typed, also a command."""
    offer: Offer | None = None
    """What was tapped."""
    kept: bool = False
    used: bool = False
    """Something the store holds came of it: nothing else may."""

    @property
    def conversation(self) -> str:
        return self.offer.data.partition(".")[0] if self.offer else ""

    @property
    def turn(self) -> int:
        return int(self.offer.data.split(".")[1], 36) if self.offer else -1

    @property
    def means(self) -> str:
        """What a tap means; what was typed, as it is."""
        return self.offer.means if self.offer else self.text

    def taps(self, conversation: str, turn: int) -> bool:
        """Say whether this is a tap on a message of just this turn."""
        return self.offer is not None and (self.conversation, self.turn) == (conversation, turn)
