"""What every step of one transaction needs at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.codec import Whose
from bot.storage.identity import address_of, lookup_value, read_address
from bot.storage.vault import Vault


@dataclass(slots=True)
class Chat:
    """A chat's row, and the number of the last message queued for it."""

    id: str
    sequence: int = 0


@dataclass(slots=True)
class Work:
    """One transaction at work."""

    connection: AsyncConnection
    vault: Vault
    key: bytes
    """What Telegram ids are looked up with."""
    new_id: Callable[[], str]
    held: dict[int, Chat] = field(default_factory=dict)
    """Chats locked by this transaction, by Telegram id."""
    ids: dict[str, int] = field(default_factory=dict)
    """Telegram ids of locked chats, by the chat's row."""
    owners: dict[int, str] = field(default_factory=dict)
    """Person id by Telegram id, of people read in this transaction."""
    whose: dict[str, Whose] = field(default_factory=dict)
    """Chat and code by person id, of people read or new in this transaction."""
    strangers: set[int] = field(default_factory=set)
    """Telegram ids looked up for which there is no chat yet."""
    unblocked: set[str] = field(default_factory=set)
    """Chats marked as blocked, left in peace, or being written to, whose person was looked up: they wrote."""
    erased: bool = False

    def lookup(self, telegram_id: int) -> bytes:
        return lookup_value(self.key, telegram_id)

    async def telegram_ids(self, rows: Sequence[Any]) -> list[int]:
        """Return the Telegram ids of rows of chats that have an address."""
        sealed = [(address_of(row.id), row.address) for row in rows]
        return [read_address(address) for address in await self.vault.open(sealed)]

    def row_id(self) -> str:
        # Eight letters would meet their like among a few million rows; sixteen do not.
        return self.new_id() + self.new_id()
