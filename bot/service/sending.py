"""What sending needs from outside: an outbox whose chats are claimed, and what came of each try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from bot.service.message import Message


@dataclass(frozen=True, slots=True)
class Queued:
    """A message waiting in the outbox."""

    id: int
    chat_row: str
    chat: int
    message: Message
    attempts: int
    interrupted: int = 0
    """How often its person had been heard of while something was being sent, when it was claimed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took the message; one that is `passing` is not kept after that."""

    id: int
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Telegram will never take the message; `reason` is a code, never a quotation."""

    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """Nothing more is to be sent to this chat before `until`."""

    chat_row: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked the bot: nothing is sent until they write again, if they have not just now."""

    chat_row: str
    interrupted: int
    """As it was when the message was claimed."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """A group got a new id; messages to the old one go to the new one from now on."""

    chat_row: str
    chat: int


Settled: TypeAlias = Sent | Failed | Postponed | Blocked | Migrated
"""What came of trying to send."""


class Outbox(Protocol):
    """The messages that are still to be sent. A chat is claimed by one worker at a time, by a lease."""

    async def exchange(
        self,
        settled: Sequence[Settled],
        released: Sequence[str],
        now: datetime,
        *,
        lease: timedelta,
        limit: int,
    ) -> list[Queued]:
        """Keep what came of sending, give chats back, and claim chats with due messages.

        All in one transaction. Returned are the first messages of each newly claimed chat, in order; none
        of a chat that another worker holds by a lease that has not run out, nor of one this worker still
        holds.
        """
        ...
