"""Rows of chats: found by their Telegram id, made where there are none yet, locked in one order by everyone.

A transaction first locks the chats of all people it is about, in the order of their ids, and only then those
of groups. What belongs to a person is changed by whoever holds their chat and by nobody else, so two workers
neither interleave nor wait for one another in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select, update

from bot.service.ports import Changes, Person
from bot.storage.bulk import Row, insert_all
from bot.storage.columns import Moment
from bot.storage.identity import address_of, write_address
from bot.storage.sealing import Unreadable
from bot.storage.tables import chats
from bot.storage.vault import HOUSE, Sealer
from bot.storage.work import Chat, Work

IN_ORDER = (chats.c.private.desc(), chats.c.id)
"""The order in which everyone locks chats."""

HELD = select(chats.c.id, chats.c.lookup, chats.c.address, chats.c.sequence, chats.c.blocked_at)
HELD = HELD.add_columns(chats.c.quiet_until, chats.c.private, chats.c.lease_owner)
"""What is read of a chat when it is locked."""

_UNKNOWN: Mapping[bytes, int] = MappingProxyType({})


@dataclass(slots=True)
class Chats:
    """The chats of one batch."""

    by_telegram_id: dict[int, Chat]
    of_newcomer: dict[str, Chat]
    """Person id to the chat that is theirs."""


async def hold(work: Work, query: Select[Any], ids: Mapping[bytes, int] = _UNKNOWN) -> Sequence[Any]:
    """Return the chats that the query, made from `HELD` and locking, finds; they are held until the end.

    `ids` are Telegram ids by their look-up value, for a group may have got another address since.
    """
    rows: Sequence[Any] = (await work.connection.execute(query)).all()
    addresses = await work.telegram_ids(rows)
    for row, address in zip(rows, addresses, strict=True):
        telegram_id = ids.get(row.lookup, address)
        if row.private and telegram_id != address:
            raise Unreadable("A chat is found by another Telegram account. Type: python -m bot verify")
        work.held[telegram_id] = Chat(row.id, row.sequence)
        work.ids[row.id] = telegram_id
    return rows


async def hold_known(work: Work, telegram_ids: Iterable[int]) -> Sequence[Any]:
    """Hold the chats of these Telegram ids against other workers; those without one are strangers."""
    ids = {work.lookup(telegram_id): telegram_id for telegram_id in telegram_ids}
    if not ids:
        return []
    query = HELD.where(chats.c.lookup.in_(ids)).order_by(*IN_ORDER).with_for_update()
    rows = await hold(work, query, ids)
    work.strangers.update(ids.values() - work.held.keys())
    return rows


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
    # Strangers are not looked for again: whoever got a chat since then was another worker's, a Conflict.
    await hold_known(work, due - work.held.keys() - work.strangers)
    known = {telegram_id: work.held[telegram_id] for telegram_id in due & work.held.keys()}
    fresh = {telegram_id: Chat(work.row_id()) for telegram_id in sorted(due - known.keys())}
    await _insert(work, fresh, passing, brief)
    every = last | known | fresh
    return Chats(every, brief | {person.id: every[person.telegram_id] for person in living})


async def _insert(work: Work, fresh: dict[int, Chat], passing: list[Person], brief: dict[str, Chat]) -> None:
    sealer = await work.vault.sealer(())
    rows = [_row(sealer, chat, telegram_id, work.lookup(telegram_id)) for telegram_id, chat in fresh.items()]
    rows += [_row(sealer, brief[person.id], person.telegram_id, None) for person in passing]
    await insert_all(work.connection, chats, rows)
    work.held |= fresh
    work.strangers -= fresh.keys()


def _row(sealer: Sealer, chat: Chat, telegram_id: int, lookup: bytes | None) -> Row:
    return {
        "id": chat.id,
        "lookup": lookup,
        "address": sealer.seal(HOUSE, address_of(chat.id), write_address(telegram_id)),
        "private": telegram_id > 0,  # Telegram gives groups negative ids
        "sequence": 0,
    }


_PLACE = func.coalesce(bindparam("first", type_=Moment()), chats.c.waiting_since, bindparam("last"))
_QUEUE = update(chats).where(chats.c.id == bindparam("chat"))
_HOLD = bindparam("hold", type_=Moment())
_UNTOUCHED = or_(chats.c.waiting_since.is_(None), chats.c.quiet_until > bindparam("now", type_=Moment()))
"""Nothing waits in it that is to leave now."""
_QUIET = case((_UNTOUCHED, _HOLD), else_=None)
_QUEUE = _QUEUE.values(sequence=bindparam("count"), waiting_since=_PLACE, quiet_until=_QUIET)


@dataclass(slots=True)
class Queueing:
    """A chat for which messages are being queued."""

    chat: Chat
    last: datetime
    """Its place, if nothing waits in it yet."""
    first: datetime | None = None
    """Its place whatever waits in it."""
    hold: datetime | None = None
    """Until when it is left in peace, where all that is being queued can wait."""


async def enqueue(work: Work, queueing: Iterable[Queueing], now: datetime) -> None:
    """Remember the last sequence number of these chats, and their places in the queue."""
    rows = [
        {
            "chat": one.chat.id,
            "count": one.chat.sequence,
            "first": one.first,
            "last": one.last,
            "hold": one.hold,
            "now": now,
        }
        for one in queueing
    ]
    await work.connection.execute(_QUEUE, rows)


async def unblock(work: Work) -> None:
    """Let chats be written to again whose people wrote."""
    if work.unblocked:
        again = chats.c.id.in_(work.unblocked)
        free = update(chats).where(again)
        free = free.values(blocked_at=None, quiet_until=None, interrupted=chats.c.interrupted + 1)
        await work.connection.execute(free)


async def try_blocked(work: Work) -> None:
    """Let chats that blocked the bot be written to again where something waits for them."""
    waiting = chats.c.blocked_at.is_not(None) & chats.c.waiting_since.is_not(None)
    await work.connection.execute(update(chats).where(waiting).values(blocked_at=None))
