"""The end of the time for which something is kept: what was said goes, how it ended stays.

What stays is a line of the screening log: random codes, trial, edition, language, times, status, outcome and
what was agreed to. The criteria do not stay: `not pregnant: not met` is an answer said again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, or_, select, update

from bot.domain.conversation import Status
from bot.storage import erasing
from bot.storage.case_erasing import close_cases_about
from bot.storage.tables import chats, conversations, events, outbox, participants
from bot.storage.turns import DUE, next_place
from bot.storage.work import Work


async def end(work: Work, over: Sequence[str], now: datetime) -> None:
    """Empty these conversations, and forget the people of whom nothing else is kept."""
    if not over:
        return
    work.erased = True
    await erasing.empty_events(work, events.c.conversation_id.in_(over))
    await close_cases_about(work, over, now)
    await _drop_messages(work, over, now)
    await erasing.empty_quarantine(work, await _ended(work, over))
    moved = update(participants).where(participants.c.current.in_(over))
    await work.connection.execute(moved.values(current=_NEWEST_KEPT))
    gone = (await work.connection.execute(_without_any(over))).scalars().all()
    await erasing.begin(work, gone)
    await erasing.finish(work, gone, now, closing=False)


_KEPT = (conversations.c.status != Status.ERASED.value) & conversations.c.deidentified_at.is_(None)
_NEWEST_KEPT = (
    select(conversations.c.id)
    .where(conversations.c.participant_id == participants.c.id, _KEPT)
    .order_by(conversations.c.active_at.desc(), conversations.c.id)
    .limit(1)
    .correlate(participants)
    .scalar_subquery()
)
"""Where a person goes on: what they write must not be a stranger's while anything of theirs is kept."""


async def _drop_messages(work: Work, over: Sequence[str], now: datetime) -> None:
    theirs = _chats_of(over)
    # Those queued before it was written down what they are about: whatever has left goes.
    unknown = outbox.c.conversation_id.is_(None) & ~DUE
    about = or_(outbox.c.conversation_id.in_(over), unknown)
    await work.connection.execute(delete(outbox).where(outbox.c.chat_id.in_(theirs), about))
    again = update(chats).where(chats.c.id.in_(theirs), chats.c.waiting_since.is_not(None))
    await work.connection.execute(again.values(waiting_since=next_place(now)))


async def _ended(work: Work, over: Sequence[str]) -> dict[str, datetime | None]:
    """Return until when what was set aside of each chat belongs to these conversations."""
    query = select(participants.c.chat_id, conversations.c.finished_at)
    query = query.join(participants, participants.c.id == conversations.c.participant_id)
    rows = (await work.connection.execute(query.where(conversations.c.id.in_(over)))).all()
    return {row.chat_id: row.finished_at for row in rows}


def _chats_of(over: Sequence[str]) -> Select[Any]:
    whose = select(conversations.c.participant_id).where(conversations.c.id.in_(over))
    return select(participants.c.chat_id).where(participants.c.id.in_(whose))


def _without_any(over: Sequence[str]) -> Select[Any]:
    """Return whose conversations these are, of people who have none that is still kept."""
    whose = select(conversations.c.participant_id).where(conversations.c.id.in_(over))
    kept = exists().where(conversations.c.participant_id == participants.c.id, _KEPT)
    living = participants.c.erased_at.is_(None)
    return select(participants.c.id).where(participants.c.id.in_(whose), living, ~kept)
