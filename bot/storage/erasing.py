"""Erasure: what a person said, their look-up value and their address leave the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Update, bindparam, delete, select, update

from bot.domain.conversation import Conversation, Status
from bot.storage.bulk import Row
from bot.storage.codec import write_conversation
from bot.storage.identity import read_address
from bot.storage.tables import chats, conversations, events, outbox, participants, quarantine
from bot.storage.work import Chat, Work


async def begin(work: Work, erased: Sequence[str]) -> dict[int, Chat]:
    """Make strangers of the erased, drop what was queued, and return their chats for a last message."""
    if not erased:
        return {}
    work.erased = True
    theirs = _chat_ids(erased)
    query = select(chats).where(chats.c.id.in_(theirs), chats.c.address.is_not(None)).order_by(chats.c.id)
    rows = (await work.connection.execute(query.with_for_update())).all()
    # Unblocked too: a goodbye that waits for them to write would keep their address for ever.
    stranger = update(chats).where(chats.c.id.in_(theirs))
    await work.connection.execute(stranger.values(lookup=None, blocked_at=None, waiting_since=None))
    await work.connection.execute(delete(outbox).where(outbox.c.chat_id.in_(theirs)))
    farewell = {read_address(row.address): Chat(row.id, row.sequence) for row in rows}
    for telegram_id in farewell:
        work.held.pop(telegram_id, None)  # should they come back in this very batch, it is to a new chat
    return farewell


_TELLING_NOTHING = ("ScreeningOpened", "ConsentAcknowledged", "ConsentDeclined", "ErasureAsked", "Erased")


async def finish(work: Work, erased: Sequence[str], now: datetime) -> None:
    """Empty all that the erased said; rows and times stay, and what was agreed to."""
    if not erased:
        return
    theirs = select(conversations.c.id).where(conversations.c.participant_id.in_(erased))
    await work.connection.execute(update(events).where(events.c.conversation_id.in_(theirs)).values(body=b""))
    # That somebody wrote of an emergency, or was asked this far, tells of their health too.
    telling = (events.c.conversation_id.in_(theirs), events.c.kind.not_in(_TELLING_NOTHING))
    await work.connection.execute(update(events).where(*telling).values(kind="Forgotten"))
    await _close_conversations(work, erased, now)
    gone = participants.c.id.in_(erased)
    await work.connection.execute(update(participants).where(gone).values(erased_at=now, current=None))
    await _empty_quarantine(work, erased)
    await work.connection.execute(forgetting(_chat_ids(erased)))


_SAID = ("AnswerRecorded", "OutcomeReached", "QuestionPassedOn", "EmergencyNoticed")
"""Kinds of events that hold what somebody said about themselves, or what follows from it."""
_FORGET = (
    update(events)
    .where(
        events.c.conversation_id == bindparam("conversation"),
        events.c.position < bindparam("before"),
        events.c.kind.in_(_SAID),
    )
    .values(body=b"")
)


async def forget(work: Work, forgotten: dict[str, int]) -> None:
    """Empty what was said before a position in some conversations; that it happened stays."""
    rows = [{"conversation": key, "before": position} for key, position in forgotten.items()]
    if rows:
        await work.connection.execute(_FORGET, rows)
        work.erased = True


_CLOSE = (
    update(conversations)
    .where(conversations.c.id == bindparam("row"))
    .values(
        status=Status.ERASED.value,
        contact_permission=None,
        snapshot=bindparam("erased"),
        finished_at=bindparam("at"),
        due_at=None,
    )
)


async def _close_conversations(work: Work, erased: Sequence[str], now: datetime) -> None:
    # Those in which the erasure was an event are closed already; nothing of the others may stay either.
    query = select(conversations).where(
        conversations.c.participant_id.in_(erased), conversations.c.status != Status.ERASED.value
    )
    rows = [_closed(row, now) for row in await work.connection.execute(query)]
    if rows:
        await work.connection.execute(_CLOSE, rows)


def _closed(row: Any, now: datetime) -> Row:  # noqa: ANN401 -- a row
    empty = Conversation(
        row.id,
        trial=row.trial,
        content_hash=row.content_hash,
        previous=row.previous,
        status=Status.ERASED,
        revision=row.revision,
        opened_at=row.opened_at,
        finished_at=now,
    )
    return {"row": row.id, "erased": write_conversation(empty), "at": now}


_EMPTY = update(quarantine).where(quarantine.c.id == bindparam("row")).values(body=b"")


async def _empty_quarantine(work: Work, erased: Sequence[str]) -> None:
    # A raw update names its sender: it is theirs where their id stands in it.
    query = select(chats.c.address).where(chats.c.id.in_(_chat_ids(erased)), chats.c.address.is_not(None))
    names = [bytes(name) for name in (await work.connection.execute(query)).scalars()]
    aside = await work.connection.execute(select(quarantine.c.id, quarantine.c.body))
    theirs = [{"row": row.id} for row in aside if any(name in row.body for name in names)]
    if theirs:
        await work.connection.execute(_EMPTY, theirs)


def forgetting(candidates: Select[Any] | Sequence[str]) -> Update:
    """Return what removes the address of erased people's chats, among these, for which nothing is waiting."""
    done = (chats.c.lookup.is_(None), chats.c.address.is_not(None), chats.c.waiting_since.is_(None))
    return update(chats).where(chats.c.id.in_(candidates), *done).values(address=None)


def _chat_ids(erased: Sequence[str]) -> Select[Any]:
    return select(participants.c.chat_id).where(participants.c.id.in_(erased))
