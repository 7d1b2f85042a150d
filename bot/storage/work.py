"""What every step of one transaction needs at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.identity import lookup_value


@dataclass(slots=True)
class Work:
    """One transaction at work."""

    connection: AsyncConnection
    key: bytes
    new_id: Callable[[], str]
    unblocked: set[str] = field(default_factory=set)
    """Chats marked as blocked whose person was looked up: they wrote again."""
    erased: bool = False

    def lookup(self, telegram_id: int) -> bytes:
        return lookup_value(self.key, telegram_id)

    def row_id(self) -> str:
        # Eight letters would meet their like among a few million rows; sixteen do not.
        return self.new_id() + self.new_id()
