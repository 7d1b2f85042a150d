"""Posts checkpoints where the operator cannot take them back: a chat of people who keep what they saw.

A file beside the database belongs to whoever owns the machine, and so does the key. A message in a chat of
others is out of their hands: its root must be the hash of that line in the file, for ever.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.service.message import Message
from bot.service.ports import Changes, Outgoing, Transaction
from bot.storage.checkpoints import Newest, Witness

OFTEN = timedelta(minutes=10)
"""Between two posts at least; each vouches for all checkpoints before it."""


class Keeping(Protocol):
    """What can keep a message for the outbox."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]: ...


class Posting:
    """Posts the newest checkpoint to one chat, through the outbox."""

    def __init__(self, chat: int) -> None:
        self._chat = chat
        self._posted = 0
        self._posted_at: datetime | None = None

    async def post(self, store: Keeping, witness: Witness, now: datetime) -> None:
        """Queue the newest checkpoint if it is due and not posted yet; after a start, once more."""
        if self._posted_at is not None and now - self._posted_at < OFTEN:
            return
        newest = await asyncio.to_thread(witness.newest)
        if newest is None or newest.number == self._posted:
            return
        message = Message(text_of(newest), silent=True)
        async with store.transaction() as transaction:
            await transaction.keep(Changes(outgoing=[Outgoing(self._chat, message)]), now)
        self._posted, self._posted_at = newest.number, now


def text_of(newest: Newest) -> str:
    """Return a checkpoint without words: its number and time, its root, its signature."""
    head = f"#{newest.number} {newest.at}"
    return f"{head}\n<code>{newest.root}</code>\n<code>{newest.signature}</code>"
