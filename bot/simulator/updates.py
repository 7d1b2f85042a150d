"""One bot's queue of updates: what waits, for how long, and what a poll gets of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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

    def wire(self) -> Json:
        return {"update_id": self.update_id, self.kind: self.payload}


class UpdateQueue:
    """Updates in order; gone when confirmed, delivered or too old."""

    def __init__(self, now: Callable[[], datetime], changed: Callable[[], None]) -> None:
        self._now = now
        self._changed = changed
        self._waiting: dict[int, Update] = {}
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
        """What still waits, oldest first; what is too old is dropped on the way."""
        now = self._now()
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
        self._waiting.pop(update_id, None)

    def clear(self) -> None:
        self._waiting.clear()

    def take_over(self, offset: int, limit: int, at: float) -> tuple[int, int]:
        """Begin a poll: its turn (an older poll has lost its own) and how many updates it may have."""
        again = self._last_poll is not None and self._last_poll[0] == offset
        quick = again and self._last_poll is not None and at < self._last_poll[1] + _REPOLL_SECONDS
        self._last_poll = (offset, at)
        self.turn += 1
        self._changed()
        return self.turn, 1 if quick else limit
