"""Keeps what a batch leaves behind: a fixed number of bulk statements, however large the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.domain.conversation import Conversation, Status
from bot.service.ports import Changes, Conflict, Kept, Outgoing, Quarantined, Receipt
from bot.storage import erasing, retaining
from bot.storage.bulk import Row, insert_all
from bot.storage.case_keeping import keep_cases
from bot.storage.chats import Chats, Queueing, chats_of, enqueue, unblock
from bot.storage.codec import Whose, message_of, snapshot_of, write_conversation, write_message
from bot.storage.people import whose
from bot.storage.quarantine import aside_of
from bot.storage.tables import conversations, outbox, participants, quarantine, receipts
from bot.storage.trail import START, Trail
from bot.storage.turns import first_place, place
from bot.storage.vault import HOUSE, Sealer
from bot.storage.work import Work


async def keep(work: Work, changes: Changes, now: datetime) -> None:
    """Keep all changes of a batch; Conflict where a conversation is not as it was read."""
    fresh = {person.telegram_id: person.id for person in changes.newcomers}
    work.owners |= fresh
    sealer = await work.vault.sealer(
        {kept.person for kept in changes.kept} - {*fresh.values(), *changes.erased}, fresh.values()
    )
    farewell = await erasing.begin(work, changes.erased)
    chats = await chats_of(work, changes, farewell)
    await _keep_newcomers(work, changes, chats, now)
    await _keep_conversations(work, changes, sealer, now)
    await keep_cases(work, changes.cases, changes.erased)
    await erasing.forget(work, changes.forgotten)
    await erasing.unshare(work, changes.unshared)
    await _move(work, changes.current)
    await unblock(work)
    await _queue(work, changes.outgoing, chats, now)
    await _set_aside(work, changes.quarantined, now)
    await _give_receipts(work, changes.receipts)
    await retaining.end(work, changes.over, now)
    await erasing.finish(work, changes.erased, now)


async def _keep_newcomers(work: Work, changes: Changes, chats: Chats, now: datetime) -> None:
    theirs = {
        person.id: Whose(chats.of_newcomer[person.id].id, work.new_id()) for person in changes.newcomers
    }
    work.whose |= theirs
    rows = [
        {
            "id": person.id,
            "chat_id": chats.of_newcomer[person.id].id,
            "code": work.whose[person.id].code,
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


_NOW_STORED = select(
    conversations.c.id, conversations.c.revision, conversations.c.active_at, conversations.c.head
)
_REPLACED = (
    "status",
    "revision",
    "snapshot",
    "head",
    "contact_permission",
    "active_at",
    "finished_at",
    "due_at",
    "deidentified_at",
)
_REPLACE = (
    update(conversations)
    .where(conversations.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in _REPLACED})
)


async def _keep_conversations(work: Work, changes: Changes, sealer: Sealer, now: datetime) -> None:
    turns = _together(changes.kept)
    if not turns:
        return
    stored = await _stored(work, turns)
    trail = Trail(work, sealer, changes.erased)
    trail.heads |= {key: bytes(row.head) for key, row in stored.items()}
    for kept in changes.kept:
        trail.note(kept)
    owners = await whose(work, {turn.person for turn in turns.values()})
    rows = {
        key: _row(turn, owners[turn.person], sealer, trail.heads.get(key, START), now)
        for key, turn in turns.items()
    }
    await insert_all(work.connection, conversations, [row for key, row in rows.items() if key not in stored])
    later = [_replacement(row, turns[key], stored[key]) for key, row in rows.items() if key in stored]
    if later:
        await work.connection.execute(_REPLACE, later)
    await trail.write()


async def _stored(work: Work, turns: dict[str, _Turns]) -> dict[str, Any]:
    query = _NOW_STORED.where(conversations.c.id.in_(turns)).order_by(conversations.c.id).with_for_update()
    stored = {row.id: row for row in await work.connection.execute(query)}
    for key, turn in turns.items():
        revision = stored[key].revision if key in stored else 0
        if revision != turn.before:
            raise Conflict("A conversation changed after it was read.")
    return stored


def _row(turn: _Turns, owner: Whose, sealer: Sealer, head: bytes, now: datetime) -> Row:
    after = turn.after
    # Where nothing is left to hide it is not sealed by the person's own key, which is about to go.
    key = HOUSE if after.status is Status.ERASED or after.deidentified_at else turn.person
    return {
        "id": after.id,
        "participant_id": turn.person,
        "trial": after.trial,
        "content_hash": after.content_hash,
        "status": after.status.value,
        "revision": after.revision,
        "snapshot": sealer.seal(key, snapshot_of(after.id, after.revision, owner), write_conversation(after)),
        "head": head,
        "contact_permission": after.contact_permission,
        "opened_at": after.opened_at or now,
        "active_at": now,
        "finished_at": after.finished_at,
        "due_at": turn.due_at,
        "previous": after.previous,
        "deidentified_at": after.deidentified_at,
    }


def _replacement(row: Row, turn: _Turns, stored: Any) -> Row:  # noqa: ANN401 -- a row
    seen = row["active_at"] if turn.arrived else stored.active_at
    return {"row": row["id"], **{f"new_{name}": row[name] for name in _REPLACED}, "new_active_at": seen}


_MOVE = update(participants).where(participants.c.id == bindparam("person"))
_MOVE = _MOVE.values(current=bindparam("conversation"))


async def _move(work: Work, current: dict[str, str]) -> None:
    rows = [{"person": person, "conversation": conversation} for person, conversation in current.items()]
    if rows:
        await work.connection.execute(_MOVE, rows)


async def _queue(work: Work, outgoing: Sequence[Outgoing], chats: Chats, now: datetime) -> None:
    if not outgoing:
        return
    # A goodbye is to somebody whose own key is about to go.
    owners = {chat: work.owners.get(chat, HOUSE) for chat in {message.chat for message in outgoing}}
    sealer = await work.vault.sealer(set(owners.values()))
    rows = []
    queueing: dict[str, Queueing] = {}
    for message in outgoing:
        chat = chats.by_telegram_id[message.chat]
        joins = queueing.get(chat.id)
        if joins is None:
            joins = queueing[chat.id] = Queueing(chat, place(chat.sequence, now), hold=message.held_until)
        if message.held_until is None:
            joins.hold = None
        if message.urgent:
            joins.first = first_place(now)
        chat.sequence += 1
        row: Row = {"chat_id": chat.id, "sequence": chat.sequence, "queued_at": now, "attempts": 0}
        row["conversation_id"] = message.conversation
        here = message_of(chat.id, chat.sequence)
        row["body"] = sealer.seal(owners[message.chat], here, write_message(message.message))
        rows.append(row)
    await enqueue(work, queueing.values(), now)
    await work.connection.execute(insert(outbox), rows)


async def _give_receipts(work: Work, given: Sequence[Receipt]) -> None:
    rows = [{"code": receipt.code, "kind": receipt.kind, "at": receipt.at} for receipt in given]
    if rows:
        await work.connection.execute(insert(receipts), rows)


async def _set_aside(work: Work, quarantined: Sequence[Quarantined], now: datetime) -> None:
    if not quarantined:
        return
    sealer = await work.vault.sealer(())
    rows = [_aside(work.row_id(), item, sealer, now) for item in quarantined]
    await work.connection.execute(insert(quarantine), rows)


def _aside(row: str, item: Quarantined, sealer: Sealer, now: datetime) -> Row:
    body = sealer.seal(HOUSE, aside_of(row), item.body.encode("utf-8", "backslashreplace"))
    return {"id": row, "key": item.key, "reason": item.reason, "body": body, "at": now}
