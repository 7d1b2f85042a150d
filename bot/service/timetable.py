"""When something is due in a conversation: worked out from its sealed state, to hold a row against."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.errors import DoorstepError
from bot.engine.due import due_next
from bot.service.editions import Editions
from bot.service.lapse import LATER


@dataclass(frozen=True, slots=True)
class Timetable:
    """Knows when the timers should look at a conversation again, as far as it knows its edition."""

    editions: Editions
    now: datetime

    def knows(self, content_hash: str) -> bool:
        """Tell whether the edition of that hash is at hand."""
        return self.editions.known(content_hash) is not None

    def learn(self, content_hash: str, body: bytes) -> None:
        """Take in an edition; one that is not as it was kept, or cannot be read, stays unknown."""
        with suppress(DoorstepError, LookupError, ValueError):
            self.editions.remember(content_hash, body)

    def fits(self, talk: Conversation, due_at: datetime | None) -> bool:
        """Tell whether that may be when something is due in it; True where its edition is not known."""
        edition = self.editions.known(talk.content_hash)
        if edition is None:
            return True
        due = due_next(edition.trial, talk)
        at = due[0] if due else None
        return due_at == at or self._put_off(at, due_at)

    def _put_off(self, at: datetime | None, due_at: datetime | None) -> bool:
        """Tell whether the timers may have looked and left it for later, as they do without an approval."""
        return at is not None and due_at is not None and at <= due_at - LATER <= self.now
