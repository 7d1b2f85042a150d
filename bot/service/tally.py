"""What is counted while the bot works: numbers only, kept in memory, so that counting costs no query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.service.handled import Handled


@dataclass(slots=True)
class Tally:
    """Counts of one process since it began; they only grow."""

    updates: int = 0
    unreadable: int = 0
    turns: int = 0
    answers: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    failed: int = 0
    blocked: int = 0
    postponed: int = 0
    doubled: int = 0
    """Messages that Telegram may have taken once before: that try was never answered."""
    store_errors: int = 0
    heard_at: datetime | None = None
    """When Telegram last answered or called."""
    clock_behind: float = 0.0
    """Seconds by which our clock is behind Telegram's, as the newest message told; else nought."""
    clock_ahead: float = 0.0
    """Seconds by which our clock is ahead of Telegram's, as its newest answer told; else nought."""

    def handled(self, handled: Iterable[Handled]) -> None:
        """Count turns that are durable."""
        for one in handled:
            self.turns += 1
            self.answers += one.answers
            if one.outcome:
                self.outcomes[one.outcome] += 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What only the store knows, at one moment."""

    waiting: int
    """Messages still to be sent."""
    oldest_wait: float
    """Seconds the first of them has been waiting."""
    quarantine: int
    late: float
    """Seconds by which what is due by time is overdue."""
    conversations: Mapping[str, int]
    """By status."""
