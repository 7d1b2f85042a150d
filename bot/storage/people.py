"""Participants as the use cases see them, each with their conversations.

A person's chat is locked first and what is theirs is read afterwards, in another statement: one that waited
for the lock would still see the rest as it was before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true

from bot.domain.conversation import Conversation, Status
from bot.service.ports import Person
from bot.storage.chats import HELD, IN_ORDER, hold, hold_known
from bot.storage.codec import Whose, read_conversation, snapshot_of
from bot.storage.tables import chats, conversations, participants
from bot.storage.work import Work

LIVING = participants.c.erased_at.is_(None)
_ANY = true()


async def who_wrote(work: Work, telegram_ids: Sequence[int]) -> dict[int, Person]:
    """Return the known ones of those who just wrote, held against other workers until the end."""
    held = await hold_known(work, telegram_ids)
    work.unblocked.update(row.id for row in held if row.blocked_at or row.quiet_until or row.lease_owner)
    return {person.telegram_id: person for person in await _people_of(work, held)}


async def due(work: Work, now: datetime, limit: int) -> list[Person]:
    """Return people, the longest waiting first, with only those conversations in which something is due."""
    overdue = conversations.c.due_at <= now
    waiting = (
        HELD.join(participants, participants.c.chat_id == chats.c.id)
        .join(conversations, conversations.c.participant_id == participants.c.id)
        .where(overdue, LIVING)
        .order_by(conversations.c.due_at, conversations.c.id)
        .limit(limit)
        .with_for_update(of=chats, skip_locked=True)
    )
    # Someone with two such conversations comes once.
    held = list({row.id: row for row in await hold(work, waiting)}.values())
    people = await _people_of(work, held, overdue)
    # Without any: another worker did it just before the chat was ours.
    return [person for person in people if person.conversations]


async def people_in(work: Work, chat_ids: Sequence[str]) -> list[Person]:
    """Return the people of these chats, whole, held against other workers until the end."""
    if not chat_ids:
        return []
    held = await hold(work, HELD.where(chats.c.id.in_(chat_ids)).order_by(*IN_ORDER).with_for_update())
    return await _people_of(work, held)


async def whose(work: Work, people: Collection[str]) -> Mapping[str, Whose]:
    """Return chat and code of these people by their ids."""
    unread = [person for person in people if person not in work.whose]
    if unread:
        query = select(participants.c.id, participants.c.chat_id, participants.c.code)
        rows = await work.connection.execute(query.where(participants.c.id.in_(unread)))
        work.whose.update({row.id: Whose(row.chat_id, row.code) for row in rows})
    return work.whose


async def _people_of(work: Work, held: Sequence[Any], only: ColumnElement[bool] = _ANY) -> list[Person]:
    if not held:
        return []
    rows = (await work.connection.execute(_stories([row.id for row in held], only))).all()
    talks = await _talks(work, [row for row in rows if row.snapshot is not None])
    work.whose.update({row.id: Whose(row.chat_id, row.code) for row in rows})
    by_chat = {chat: list(theirs) for chat, theirs in groupby(rows, key=lambda row: row.chat_id)}
    people = [_person(work.ids[row.id], by_chat[row.id], talks) for row in held if row.id in by_chat]
    work.owners.update({person.telegram_id: person.id for person in people})
    return people


async def _talks(work: Work, rows: Sequence[Any]) -> dict[str, Conversation]:
    """Return the states of conversations by their ids."""
    sealed = [
        (snapshot_of(row.conversation, row.revision, Whose(row.chat_id, row.code)), row.snapshot)
        for row in rows
    ]
    opened = await work.vault.open(sealed)
    return {row.conversation: read_conversation(body) for row, body in zip(rows, opened, strict=True)}


def _stories(chat_ids: Sequence[str], only: ColumnElement[bool]) -> Select[Any]:
    of_person = conversations.c.participant_id == participants.c.id
    kept = (conversations.c.status != Status.ERASED.value) & conversations.c.deidentified_at.is_(None)
    return (
        select(
            participants.c.chat_id,
            participants.c.id,
            participants.c.code,
            participants.c.current,
            conversations.c.id.label("conversation"),
            conversations.c.revision,
            conversations.c.snapshot,
        )
        .outerjoin(conversations, of_person & kept & only)
        .where(participants.c.chat_id.in_(chat_ids), LIVING)
        .order_by(participants.c.chat_id, conversations.c.opened_at, conversations.c.id)
    )


def _person(telegram_id: int, rows: Sequence[Any], talks: Mapping[str, Conversation]) -> Person:
    theirs = tuple(talks[row.conversation] for row in rows if row.conversation in talks)
    return Person(rows[0].id, telegram_id, theirs, rows[0].current)
