"""What goes wrong on Telegram's side during a campaign: updates that come twice, and calls that fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random  # noqa: TID251 -- seeded

from bot.simulator import Simulator
from bot.simulator.faults import Fault, Faults
from bot.simulator.updates import Update, UpdateQueue

Clock = Callable[[], datetime]
TWICE = 0.3
"""Share of the updates that are delivered a second time after they were confirmed."""
FAILING = 0.1
"""Share of the calls to a chat that fail; half of these carried out what was asked all the same."""
_LATEST = 25
"""So many updates later, at most, the second delivery comes."""
_TO_A_CHAT = frozenset({"sendMessage", "answerCallbackQuery", "editMessageReplyMarkup"})


class RepeatingQueue(UpdateQueue):
    """Hands out some updates again, with the same id, after the bot confirmed them."""

    def __init__(self, simulator: Simulator, chance: Random, share: float) -> None:
        super().__init__(lambda: simulator.now, simulator.signal.fire, simulator.faults)
        self._chance = chance
        self.share = share
        self._later: dict[int, tuple[int, Update]] = {}
        """By update id: once the counter has come that far, it is delivered again."""
        self._decided: set[int] = set()
        self.repeated = 0

    def pending(self) -> list[Update]:
        return sorted(super().pending(), key=lambda update: update.update_id)

    def confirm(self, offset: int) -> None:
        confirmed = [update for update in self.pending() if update.update_id < offset]
        super().confirm(offset)
        for update in confirmed:
            self._decide(update)
        self._deliver({i for i, (due, _) in self._later.items() if due <= self._next_id})

    def deliver_rest(self) -> None:
        """Deliver again whatever was to come later."""
        self._deliver(set(self._later))
        self._changed()

    def _decide(self, update: Update) -> None:
        if update.update_id not in self._decided:
            self._decided.add(update.update_id)
            if self._chance.random() < self.share:
                self._later[update.update_id] = (self._next_id + self._chance.randint(0, _LATEST), update)

    def _deliver(self, ids: set[int]) -> None:
        for update_id in ids:
            _, self._waiting[update_id] = self._later.pop(update_id)
            self.repeated += 1


@dataclass(slots=True)
class Trouble(Faults):
    """Lets calls be slow as over a network, and a share of those to a chat fail."""

    chance: Random = field(default_factory=Random)
    share: float = FAILING
    calls: int = 0
    """How many there were; the simulator's own journal remembers only the last."""

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault that strikes this call."""
        self.calls += 1
        if method == "getUpdates":  # time passes between a commit and its confirmation
            return Fault("slow", seconds=0.015)
        if method not in _TO_A_CHAT:
            return Faults.take(self, method, chat_id)
        if self.chance.random() >= self.share:
            return Fault("slow", seconds=0.005) if method == "sendMessage" else None
        if self.chance.random() < 0.5:
            return Fault("lost", seconds=0.02)
        return Fault(self.chance.choice(("429", "500", "cut")), retry_after=1)


class Telegram(Simulator):
    """A Telegram on which it goes wrong, by a seed, before anybody has written or signed in."""

    def __init__(self, clock: Clock, seed: int, *, twice: float = TWICE, failing: float = FAILING) -> None:
        super().__init__(clock=clock)
        self.trouble = Trouble(chance=Random(f"calls {seed}"), share=failing)
        self.faults = self.trouble
        self.repeating = RepeatingQueue(self, Random(f"updates {seed}"), twice)
        self.bot.queue = self.repeating

    def be_calm(self) -> None:
        """Let nothing go wrong any more; what was to come twice comes now."""
        self.trouble.share = self.repeating.share = 0.0
        self.repeating.deliver_rest()
