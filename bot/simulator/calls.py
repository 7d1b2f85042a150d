"""The calls a bot made, kept for tests and for the chat page, and how busy the bot is."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

KEPT_CALLS = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was answered; `unknown` names parameters that the method does not have."""

    method: str
    params: Json
    status: int
    answer: Json
    at: datetime
    bot_id: int
    unknown: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok"))


@dataclass(slots=True)
class Journal:
    """The last calls, and what is going on right now (`last` is on the event loop's clock)."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    in_flight: int = 0
    parked: int = 0
    last: float = 0.0

    def by_method(self, method: str | None) -> list[Call]:
        return [call for call in self.calls if method in {None, call.method}]

    @property
    def is_idle(self) -> bool:
        """No call is being handled, apart from polls that only wait."""
        return self.in_flight == self.parked
