"""Rows of chats: found by their Telegram id, made where there are none yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from bot.service.ports import Changes, Person
from bot.storage.bulk import Row, insert_all
from bot.storage.identity import write_address
from bot.storage.tables import chats
from bot.storage.work import Work


@dataclass(slots=True)
class Chat:
    """A chat's row, and the number of the last message queued for it."""

    id: str
    sequence: int = 0


@dataclass(slots=True)
class Chats:
    """The chats of one batch."""

    by_telegram_id: dict[int, Chat]
    of_newcomer: dict[str, Chat]
    """Person id to the chat that is theirs."""


async def chats_of(work: Work, changes: Changes, farewell: dict[int, Chat]) -> Chats:
    """Return the chats that newcomers and outgoing messages need; `farewell` are those of erased people.

    Someone may be erased and come back within one batch: what is due to them then goes to their new chat.
    """
    erased = set(changes.erased)
    passing = [person for person in changes.newcomers if person.id in erased]
    living = [person for person in changes.newcomers if person.id not in erased]
    brief = {person.id: Chat(work.row_id()) for person in passing}
    last = farewell | {person.telegram_id: brief[person.id] for person in passing}
    here = {person.telegram_id for person in living}
    due = here | ({message.chat for message in changes.outgoing} - last.keys())
    known = await _known(work, due)
    fresh = {telegram_id: Chat(work.row_id()) for telegram_id in sorted(due - known.keys())}
    await _insert(work, fresh, passing, brief)
    every = last | known | fresh
    return Chats(every, brief | {person.id: every[person.telegram_id] for person in living})


async def _known(work: Work, telegram_ids: Iterable[int]) -> dict[int, Chat]:
    by_lookup = {work.lookup(telegram_id): telegram_id for telegram_id in telegram_ids}
    if not by_lookup:
        return {}
    query = select(chats.c.lookup, chats.c.id, chats.c.sequence).where(chats.c.lookup.in_(by_lookup))
    rows = await work.connection.execute(query.order_by(chats.c.id).with_for_update())
    return {by_lookup[bytes(row.lookup)]: Chat(row.id, row.sequence) for row in rows}


async def _insert(work: Work, fresh: dict[int, Chat], passing: list[Person], brief: dict[str, Chat]) -> None:
    rows = [_row(chat, telegram_id, work.lookup(telegram_id)) for telegram_id, chat in fresh.items()]
    rows += [_row(brief[person.id], person.telegram_id, None) for person in passing]
    await insert_all(work.connection, chats, rows)


def _row(chat: Chat, telegram_id: int, lookup: bytes | None) -> Row:
    return {"id": chat.id, "lookup": lookup, "address": write_address(telegram_id), "sequence": 0}


_COUNT = update(chats).where(chats.c.id == bindparam("chat")).values(sequence=bindparam("last"))


async def count(work: Work, used: Iterable[Chat]) -> None:
    """Remember the last sequence number of these chats."""
    rows = [{"chat": chat.id, "last": chat.sequence} for chat in used]
    await work.connection.execute(_COUNT, rows)


async def unblock(work: Work) -> None:
    """Let chats be written to again whose people wrote."""
    if work.unblocked:
        again = chats.c.id.in_(work.unblocked)
        await work.connection.execute(update(chats).where(again).values(blocked_at=None))
