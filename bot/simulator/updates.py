"""One bot's queue of updates: what waits, for how long, and what a poll gets of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf
from typing import Any

from bot.simulator.faults import Faults

Json = dict[str, Any]

TAP_LIFE = timedelta(seconds=150)
MESSAGE_LIFE = timedelta(hours=24)
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_FIRST_ID = 700_000_001
_REPOLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened, waiting for the bot; `lane` orders webhook deliveries."""

    update_id: int
    kind: str
    payload: Json
    lane: str
    expires_at: datetime

    @property
    def chat_id(self) -> int:
        return int(self.lane.rpartition(":")[2])

    def wire(self) -> Json:
        return {"update_id": self.update_id, self.kind: self.payload}


class UpdateQueue:
    """Updates in order; gone when confirmed, delivered or too old."""

    def __init__(self, now: Callable[[], datetime], changed: Callable[[], None], faults: Faults) -> None:
        self._now = now
        self._changed = changed
        self._faults = faults
        self._waiting: dict[int, Update] = {}
        self._again: list[tuple[datetime, Update]] = []
        self._next_id = _FIRST_ID
        self._allowed: frozenset[str] | None = None
        self._last_poll: tuple[int, float] | None = None
        self.expired = 0
        self.turn = 0

    @property
    def allowed(self) -> list[str] | None:
        """The remembered `allowed_updates`; none stands for Telegram's default."""
        return None if self._allowed is None else sorted(self._allowed)

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds are wanted; an empty list goes back to the default."""
        if kinds is not None:
            self._allowed = frozenset(kinds) if kinds else None

    def push(self, kind: str, payload: Json, lane: str) -> None:
        """Queue an update, unless the bot asked not to get this kind."""
        if kind not in self._allowed if self._allowed is not None else kind in _NOT_BY_DEFAULT:
            return
        life = TAP_LIFE if kind == "callback_query" else MESSAGE_LIFE
        self._waiting[self._next_id] = Update(self._next_id, kind, payload, lane, self._now() + life)
        self._next_id += 1
        self._changed()

    def pending(self) -> list[Update]:
        """What still waits, oldest first; what is too old is dropped on the way.

        An update that comes twice stands where it would if it had just happened.
        """
        now = self._now()
        for item in [item for item in self._again if item[0] <= now]:
            self._again.remove(item)
            self._waiting[item[1].update_id] = item[1]
        for update in [u for u in self._waiting.values() if u.expires_at <= now]:
            del self._waiting[update.update_id]
            self.expired += 1
        return list(self._waiting.values())

    def confirm(self, offset: int) -> None:
        """Forget what lies below the offset; a negative one keeps only that many from the end."""
        pending = [u.update_id for u in self.pending()]
        gone = pending[:offset] if offset < 0 else [i for i in pending if i < offset]
        for update_id in gone:
            self.remove(update_id)
        if gone:
            self._changed()

    def remove(self, update_id: int) -> None:
        """Forget one that the bot has; a planned duplicate lets it come again, as fresh as it was."""
        update = self._waiting.pop(update_id, None)
        fault = update and self._faults.strike("duplicate", [update.chat_id])
        if update and fault:
            at = self._now() + timedelta(seconds=fault.seconds)
            self._again.append((at, replace(update, expires_at=at + MESSAGE_LIFE)))

    def in_order_of_delivery(self, updates: list[Update]) -> list[Update]:
        """These updates as one delivery brings them: as they happened, unless a fault turns them round."""
        lanes = list(dict.fromkeys(update.chat_id for update in updates))
        fault = self._faults.strike("reorder", lanes) if len(updates) > 1 else None
        if fault is None:
            return updates
        if fault.within_chat:
            return updates[::-1]
        return sorted(updates, key=lambda update: -lanes.index(update.chat_id))

    def seconds_to_next(self) -> float:
        """How long until a duplicate is due; forever if there is none."""
        now = self._now()
        return min(((at - now).total_seconds() for at, _ in self._again), default=inf)

    def clear(self) -> None:
        self._waiting.clear()
        self._again.clear()

    def take_over(self, offset: int, limit: int, at: float) -> tuple[int, int]:
        """Begin a poll: its turn (an older poll has lost its own) and how many updates it may have."""
        again = self._last_poll is not None and self._last_poll[0] == offset
        quick = again and self._last_poll is not None and at < self._last_poll[1] + _REPOLL_SECONDS
        self._last_poll = (offset, at)
        self.turn += 1
        self._changed()
        return self.turn, 1 if quick else limit
