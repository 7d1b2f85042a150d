"""Looks whether the rows of participants and their chats belong together.

That a participant has another chat or another code shows in their conversations: their states do not open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Status
from bot.storage.case_verifying import Fault
from bot.storage.identity import address_of, lookup_value, read_address
from bot.storage.tables import chats, conversations, participants
from bot.storage.vault import Vault

PARTICIPANT = "participant "
"""Before the row of a participant, so that it is not taken for a conversation's code."""
_PAGE = 200
_THEIRS = conversations.c.participant_id == participants.c.id
_KEPT = (conversations.c.status != Status.ERASED.value) & conversations.c.deidentified_at.is_(None)
_ROWS = select(
    participants,
    chats.c.lookup,
    chats.c.address,
    exists().where(_THEIRS, _KEPT).correlate(participants).label("anything_kept"),
    exists().where(_THEIRS, conversations.c.id == participants.c.current).label("current_is_theirs"),
)
_ROWS = _ROWS.outerjoin(chats, chats.c.id == participants.c.chat_id).order_by(participants.c.id).limit(_PAGE)


async def faults_of_people(
    connection: AsyncConnection, vault: Vault, key: bytes
) -> AsyncIterator[list[Fault]]:
    """Yield, a page at a time, what is wrong; `key` is what Telegram ids are looked up with."""
    last = ""
    while rows := (await connection.execute(_ROWS.where(participants.c.id > last))).all():
        last = rows[-1].id
        reached = [row for row in rows if row.address is not None]
        opened = await vault.try_open([(address_of(row.chat_id), row.address) for row in reached])
        addresses = dict(zip((row.id for row in reached), opened, strict=True))
        yield [
            (f"{PARTICIPANT}{row.id}", None, what)
            for row in rows
            for what in _faults(row, addresses.get(row.id), key)
        ]


def _faults(row: Any, address: bytes | None, key: bytes) -> Iterator[str]:  # noqa: ANN401 -- a row
    if row.address is not None and address is None:
        yield "the address of their chat does not open with its key"
    elif row.lookup is not None and (
        address is None or lookup_value(key, read_address(address)) != row.lookup
    ):
        yield "their chat is found by another Telegram account than it writes to"
    if row.erased_at is not None and row.anything_kept:
        yield "they count as erased, and something of theirs is kept"
    if row.erased_at is None and row.anything_kept and row.lookup is None:
        yield "they are not found by their Telegram account"
    if row.current is not None and not row.current_is_theirs:
        yield "they are in a conversation that is not theirs"
