"""Participants as the use cases see them, each with their conversations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.domain.conversation import Conversation, Status
from bot.service.ports import Person
from bot.storage.codec import read_conversation
from bot.storage.identity import read_address
from bot.storage.tables import chats, conversations, participants
from bot.storage.work import Work

_PERSON = (
    select(
        participants.c.id, participants.c.current, participants.c.chat_id, chats.c.address, chats.c.blocked_at
    )
    .join(chats, chats.c.id == participants.c.chat_id)
    .where(participants.c.erased_at.is_(None))
    .order_by(participants.c.id)
)


async def who_wrote(work: Work, telegram_ids: Sequence[int]) -> dict[int, Person]:
    """Return the known ones of those who just wrote, held against other workers until the end."""
    if not telegram_ids:
        return {}
    lookups = [work.lookup(telegram_id) for telegram_id in telegram_ids]
    query = _PERSON.where(chats.c.lookup.in_(lookups)).with_for_update(of=[participants, chats])
    rows = (await work.connection.execute(query)).all()
    work.unblocked.update(row.chat_id for row in rows if row.blocked_at)
    return {person.telegram_id: person for person in await _with_conversations(work, rows)}


async def quiet_since(work: Work, trial: str, moment: datetime) -> list[Person]:
    """Return people with open conversations of a trial without activity since `moment`, and only those."""
    quiet = (
        (conversations.c.trial == trial)
        & (conversations.c.status == Status.IN_PROGRESS.value)
        & (conversations.c.active_at <= moment)
    )
    return await _people_of(work, quiet, quiet)


async def active_between(work: Work, first: datetime, last: datetime) -> list[Person]:
    """Return people, whole, who were last seen in their current conversation between the two moments."""
    seen = (conversations.c.id == participants.c.current) & conversations.c.active_at.between(first, last)
    return await _people_of(work, seen)


async def _people_of(
    work: Work, having: ColumnElement[bool], only: ColumnElement[bool] | None = None
) -> list[Person]:
    of_person = conversations.c.participant_id == participants.c.id
    query = _PERSON.where(select(1).where(of_person, having).correlate(participants).exists())
    ids = query.with_only_columns(participants.c.id).order_by(None)
    rows = (await work.connection.execute(query)).all()
    chosen = _conversations().where(conversations.c.participant_id.in_(ids))
    return await _with_conversations(work, rows, chosen if only is None else chosen.where(only))


def _conversations() -> Select[Any]:
    columns = (conversations.c.participant_id, conversations.c.snapshot)
    return (
        select(*columns)
        .where(conversations.c.status != Status.ERASED.value)
        .order_by(conversations.c.opened_at, conversations.c.id)
    )


async def _with_conversations(
    work: Work, rows: Sequence[Any], query: Select[Any] | None = None
) -> list[Person]:
    if not rows:
        return []
    if query is None:
        query = _conversations().where(conversations.c.participant_id.in_([row.id for row in rows]))
    theirs: defaultdict[str, list[Conversation]] = defaultdict(list)
    for participant, snapshot in await work.connection.execute(query):
        theirs[participant].append(read_conversation(snapshot))
    return [_person(row, theirs[row.id]) for row in rows]


def _person(row: Any, theirs: list[Conversation]) -> Person:  # noqa: ANN401 -- a row
    return Person(row.id, read_address(row.address), tuple(theirs), row.current)
