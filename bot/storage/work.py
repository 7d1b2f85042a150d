"""What every step of one transaction needs at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.identity import lookup_value


@dataclass(slots=True)
class Chat:
    """A chat's row, and the number of the last message queued for it."""

    id: str
    sequence: int = 0


@dataclass(slots=True)
class Work:
    """One transaction at work."""

    connection: AsyncConnection
    key: bytes
    new_id: Callable[[], str]
    held: dict[int, Chat] = field(default_factory=dict)
    """Chats locked by this transaction, by Telegram id."""
    strangers: set[int] = field(default_factory=set)
    """Telegram ids looked up for which there is no chat yet."""
    unblocked: set[str] = field(default_factory=set)
    """Chats marked as blocked whose person was looked up: they wrote again."""
    erased: bool = False

    def lookup(self, telegram_id: int) -> bytes:
        return lookup_value(self.key, telegram_id)

    def row_id(self) -> str:
        # Eight letters would meet their like among a few million rows; sixteen do not.
        return self.new_id() + self.new_id()
