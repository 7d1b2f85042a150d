"""Keeps what a batch leaves behind: a fixed number of bulk statements, however large the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.domain.conversation import Conversation
from bot.service.ports import Changes, Conflict, Kept, Outgoing, Quarantined
from bot.storage import erasing
from bot.storage.bulk import Row, insert_all
from bot.storage.chats import Chats, Queueing, chats_of, enqueue, unblock
from bot.storage.codec import write_conversation, write_event, write_message
from bot.storage.tables import conversations, events, outbox, participants, quarantine
from bot.storage.turns import first_place, place
from bot.storage.work import Work


async def keep(work: Work, changes: Changes, now: datetime) -> None:
    """Keep all changes of a batch; Conflict where a conversation is not as it was read."""
    farewell = await erasing.begin(work, changes.erased)
    chats = await chats_of(work, changes, farewell)
    await _keep_newcomers(work, changes, chats, now)
    await _keep_conversations(work, changes.kept, now)
    await _keep_events(work, changes)
    await erasing.forget(work, changes.forgotten)
    await _move(work, changes.current)
    await _queue(work, changes.outgoing, chats, now)
    await _set_aside(work, changes.quarantined, now)
    await unblock(work)
    await erasing.finish(work, changes.erased, now)


async def _keep_newcomers(work: Work, changes: Changes, chats: Chats, now: datetime) -> None:
    rows = [
        {
            "id": person.id,
            "chat_id": chats.of_newcomer[person.id].id,
            "code": work.new_id(),
            "current": person.current,
            "created_at": now,
        }
        for person in changes.newcomers
    ]
    await insert_all(work.connection, participants, rows)


@dataclass(slots=True)
class _Turns:
    """All turns of one conversation in this batch, taken together."""

    before: int
    """The revision that the first of them was decided on."""
    person: str
    after: Conversation
    arrived: bool
    due_at: datetime | None


def _together(kept: Sequence[Kept]) -> dict[str, _Turns]:
    turns: dict[str, _Turns] = {}
    for turn in kept:
        after = turn.conversation
        before = after.revision - len(turn.events)
        merged = turns.setdefault(after.id, _Turns(before, turn.person, after, turn.arrived, None))
        if merged.after is not after and merged.after.revision != before:
            raise Conflict("Two turns of one batch were decided on the same state.")
        merged.after, merged.due_at = after, turn.due_at
        merged.arrived = merged.arrived or turn.arrived
    return turns


_NOW_STORED = select(conversations.c.id, conversations.c.revision, conversations.c.active_at)
_REPLACED = ("status", "revision", "snapshot", "contact_permission", "active_at", "finished_at", "due_at")
_REPLACE = (
    update(conversations)
    .where(conversations.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in _REPLACED})
)


async def _keep_conversations(work: Work, kept: Sequence[Kept], now: datetime) -> None:
    turns = _together(kept)
    if not turns:
        return
    stored = await _stored(work, turns)
    fresh = [_row(turn, now, now) for turn in turns.values() if turn.after.id not in stored]
    later = [_row(turn, now, stored[key].active_at) for key, turn in turns.items() if key in stored]
    await insert_all(work.connection, conversations, fresh)
    if later:
        await work.connection.execute(_REPLACE, [_replacement(row) for row in later])


async def _stored(work: Work, turns: dict[str, _Turns]) -> dict[str, Any]:
    query = _NOW_STORED.where(conversations.c.id.in_(turns)).order_by(conversations.c.id).with_for_update()
    stored = {row.id: row for row in await work.connection.execute(query)}
    for key, turn in turns.items():
        revision = stored[key].revision if key in stored else 0
        if revision != turn.before:
            raise Conflict("A conversation changed after it was read.")
    return stored


def _row(turn: _Turns, now: datetime, active_at: datetime) -> Row:
    after = turn.after
    return {
        "id": after.id,
        "participant_id": turn.person,
        "trial": after.trial,
        "content_hash": after.content_hash,
        "status": after.status.value,
        "revision": after.revision,
        "snapshot": write_conversation(after),
        "contact_permission": after.contact_permission,
        "opened_at": after.opened_at or now,
        "active_at": now if turn.arrived else active_at,
        "finished_at": after.finished_at,
        "due_at": turn.due_at,
        "previous": after.previous,
    }


def _replacement(row: Row) -> Row:
    return {"row": row["id"], **{f"new_{name}": row[name] for name in _REPLACED}}


async def _keep_events(work: Work, changes: Changes) -> None:
    erased = set(changes.erased)
    rows = [row for kept in changes.kept for row in _event_rows(work, kept, blank=kept.person in erased)]
    if rows:
        await work.connection.execute(insert(events), rows)


def _event_rows(work: Work, kept: Kept, *, blank: bool) -> list[Row]:
    first = kept.conversation.revision - len(kept.events) + 1
    rows = []
    for position, event in enumerate(kept.events, first):
        kind, body = write_event(event)
        row = {
            "conversation_id": kept.conversation.id,
            "position": position,
            "id": work.row_id(),
            "kind": kind,
            "body": b"" if blank else body,
            "at": event.at,
            "told_at": kept.told_at,
            "actor": "participant" if kept.arrived else "system",
        }
        rows.append(row)
    return rows


_MOVE = update(participants).where(participants.c.id == bindparam("person"))
_MOVE = _MOVE.values(current=bindparam("conversation"))


async def _move(work: Work, current: dict[str, str]) -> None:
    rows = [{"person": person, "conversation": conversation} for person, conversation in current.items()]
    if rows:
        await work.connection.execute(_MOVE, rows)


async def _queue(work: Work, outgoing: Sequence[Outgoing], chats: Chats, now: datetime) -> None:
    if not outgoing:
        return
    rows = []
    queueing: dict[str, Queueing] = {}
    for message in outgoing:
        chat = chats.by_telegram_id[message.chat]
        joins = queueing.setdefault(chat.id, Queueing(chat, place(chat.sequence, now)))
        if message.urgent:
            joins.first = first_place(now)
        chat.sequence += 1
        body = write_message(message.message)
        row = {"chat_id": chat.id, "sequence": chat.sequence, "body": body, "queued_at": now, "attempts": 0}
        rows.append(row)
    await enqueue(work, queueing.values())
    await work.connection.execute(insert(outbox), rows)


async def _set_aside(work: Work, quarantined: Sequence[Quarantined], now: datetime) -> None:
    rows = [
        {
            "id": work.row_id(),
            "key": item.key,
            "reason": item.reason,
            "body": item.body.encode("utf-8", "backslashreplace"),
            "at": now,
        }
        for item in quarantined
    ]
    if rows:
        await work.connection.execute(insert(quarantine), rows)
