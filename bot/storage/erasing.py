"""Erasure: what a person said, their look-up value and their address leave the database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, bindparam, delete, select, update

from bot.domain.conversation import Conversation, Status
from bot.domain.events import (
    AnswerRecorded,
    EmergencyNoticed,
    Erased,
    IdentityShared,
    OutcomeReached,
    QuestionPassedOn,
)
from bot.domain.keeping import PromptShown
from bot.domain.sharing import Identifier
from bot.service.ports import Kept
from bot.storage.bulk import Row
from bot.storage.case_erasing import close_cases_of, forget_cases
from bot.storage.codec import Whose, read_event, snapshot_of, write_conversation
from bot.storage.people import whose
from bot.storage.quarantine import aside_of
from bot.storage.sealing import key_of
from bot.storage.tables import chats, conversations, events, outbox, participants, quarantine
from bot.storage.trail import SEALED, Trail, places_of
from bot.storage.vault import HOUSE, Sealer
from bot.storage.work import Chat, Work


async def begin(work: Work, erased: Sequence[str]) -> dict[int, Chat]:
    """Make strangers of the erased, drop what was queued, and return their chats for a last message."""
    if not erased:
        return {}
    work.erased = True
    gone = frozenset(erased)
    work.owners = {chat: person for chat, person in work.owners.items() if person not in gone}
    theirs = _chat_ids(erased)
    query = select(chats).where(chats.c.id.in_(theirs), chats.c.address.is_not(None)).order_by(chats.c.id)
    rows = (await work.connection.execute(query.with_for_update())).all()
    # Unblocked too: a goodbye that waits for them to write would keep their address for ever.
    stranger = update(chats).where(chats.c.id.in_(theirs))
    await work.connection.execute(stranger.values(lookup=None, blocked_at=None, waiting_since=None))
    await work.connection.execute(delete(outbox).where(outbox.c.chat_id.in_(theirs)))
    telegram_ids = await work.telegram_ids(rows)
    farewell = {
        telegram_id: Chat(row.id, row.sequence) for telegram_id, row in zip(telegram_ids, rows, strict=True)
    }
    for telegram_id in farewell:
        work.held.pop(telegram_id, None)  # should they come back in this very batch, it is to a new chat
    return farewell


async def finish(work: Work, erased: Sequence[str], now: datetime, *, closing: bool = True) -> None:
    """Empty all that the erased said; rows, times and what was agreed to stay. Keys go after the commit.

    Without `closing`, what stays of conversations whose time is over is left as it is.
    """
    if not erased:
        return
    theirs = select(conversations.c.id).where(conversations.c.participant_id.in_(erased))
    await empty_events(work, events.c.conversation_id.in_(theirs))
    if closing:
        await _close_conversations(work, erased, now)
        await close_cases_of(work, erased, now)
    gone = participants.c.id.in_(erased)
    await work.connection.execute(update(participants).where(gone).values(erased_at=now, current=None))
    theirs = (await work.connection.execute(_chat_ids(erased))).scalars()
    await empty_quarantine(work, dict.fromkeys(theirs))
    await work.connection.execute(forgetting(_chat_ids(erased)))


async def empty_events(work: Work, *where: ColumnElement[bool]) -> None:
    """Empty what events say, but for what may stay."""
    open_rows = await _events(work, *where)
    await _empty(work, [row for row in open_rows if key_of(row.body) != HOUSE])


_SAID = (AnswerRecorded, IdentityShared, OutcomeReached, QuestionPassedOn, EmergencyNoticed, PromptShown)
"""Events that hold what somebody said about themselves, or what follows from it."""


async def forget(work: Work, forgotten: dict[str, int]) -> None:
    """Empty what was said before a position in some conversations; that something happened stays."""
    for conversation, before in forgotten.items():
        rows = await _events(work, events.c.conversation_id == conversation, events.c.position < before)
        opened = await work.vault.open(places_of(rows))
        said = [row for row, body in zip(rows, opened, strict=True) if isinstance(read_event(body), _SAID)]
        await _empty(work, said)
        await forget_cases(work, conversation)
        work.erased = True


async def unshare(work: Work, unshared: Sequence[tuple[str, Identifier, int]]) -> None:
    """Empty the events that hold what was taken back; that it was shared once stays."""
    for conversation, kind, before in unshared:
        rows = await _events(work, events.c.conversation_id == conversation, events.c.position < before)
        opened = [read_event(body) for body in await work.vault.open(places_of(rows))]
        gone = [
            row
            for row, event in zip(rows, opened, strict=True)
            if isinstance(event, IdentityShared) and event.kind is kind
        ]
        await _empty(work, gone)
        work.erased = True


async def _events(work: Work, *where: ColumnElement[bool]) -> Sequence[Any]:
    query = select(*SEALED)
    return (await work.connection.execute(query.where(*where, events.c.body != b""))).all()


_EMPTY_EVENT = (
    update(events)
    .where(events.c.conversation_id == bindparam("conversation"), events.c.position == bindparam("place"))
    .values(body=b"")
)


async def _empty(work: Work, rows: Sequence[Any]) -> None:
    if rows:
        places = [{"conversation": row.conversation_id, "place": row.position} for row in rows]
        await work.connection.execute(_EMPTY_EVENT, places)


_CLOSE = (
    update(conversations)
    .where(conversations.c.id == bindparam("row"))
    .values(
        status=Status.ERASED.value,
        contact_permission=None,
        snapshot=bindparam("erased"),
        finished_at=bindparam("at"),
        due_at=None,
        deidentified_at=None,
        revision=bindparam("count"),
        head=bindparam("newest"),
    )
)


async def _close_conversations(work: Work, erased: Sequence[str], now: datetime) -> None:
    # Those in which the erasure was an event are closed already; nothing of the others may stay either. This
    # is so where an old copy was put back, and where the time of an earlier round was over.
    query = select(conversations).where(
        conversations.c.participant_id.in_(erased), conversations.c.status != Status.ERASED.value
    )
    found = (await work.connection.execute(query)).all()
    if not found:
        return
    sealer = await work.vault.sealer(())
    owners = await whose(work, erased)
    trail = Trail(work, sealer, erased)
    trail.heads |= {row.id: bytes(row.head) for row in found}
    closed = [_closed(row, now) for row in found]
    for kept in closed:
        trail.note(kept)
    rows = [_closing(kept, owners[kept.person], sealer, trail) for kept in closed]
    await trail.write()
    await work.connection.execute(_CLOSE, rows)


def _closed(row: Any, now: datetime) -> Kept:  # noqa: ANN401 -- a row
    empty = Conversation(
        row.id,
        trial=row.trial,
        content_hash=row.content_hash,
        previous=row.previous,
        status=Status.ERASED,
        revision=row.revision + 1,
        opened_at=row.opened_at,
        finished_at=now,
    )
    return Kept(row.participant_id, empty, (Erased(at=now),), arrived=False)


def _closing(kept: Kept, owner: Whose, sealer: Sealer, trail: Trail) -> Row:
    talk = kept.conversation
    sealed = sealer.seal(HOUSE, snapshot_of(talk.id, talk.revision, owner), write_conversation(talk))
    newest = trail.heads[talk.id]
    return {
        "row": talk.id,
        "erased": sealed,
        "at": talk.finished_at,
        "count": talk.revision,
        "newest": newest,
    }


_EMPTY = update(quarantine).where(quarantine.c.id == bindparam("row")).values(body=b"")


async def empty_quarantine(work: Work, until: Mapping[str, datetime | None]) -> None:
    """Empty what was set aside of these chats, all of it or what came before a moment."""
    # A raw update names its sender: it is theirs where their id stands in it.
    query = select(chats).where(chats.c.id.in_(until), chats.c.address.is_not(None))
    rows = (await work.connection.execute(query)).all()
    names = {
        str(name).encode(): until[row.id]
        for row, name in zip(rows, await work.telegram_ids(rows), strict=True)
    }
    if not names:
        return
    theirs = re.compile(rb"(?<!\d)(%s)(?!\d)" % b"|".join(names))
    kept = select(quarantine.c.id, quarantine.c.body, quarantine.c.at).where(quarantine.c.body != b"")
    aside = (await work.connection.execute(kept)).all()
    opened = await work.vault.open([(aside_of(row.id), row.body) for row in aside])
    found = [
        {"row": row.id}
        for row, body in zip(aside, opened, strict=True)
        if any(names[each] is None or row.at <= names[each] for each in theirs.findall(body))
    ]
    if found:
        await work.connection.execute(_EMPTY, found)


def forgetting(candidates: Select[Any] | Sequence[str]) -> Update:
    """Return what removes the address of erased people's chats, among these, for which nothing is waiting."""
    done = (chats.c.lookup.is_(None), chats.c.address.is_not(None), chats.c.waiting_since.is_(None))
    return update(chats).where(chats.c.id.in_(candidates), *done).values(address=None)


def _chat_ids(erased: Sequence[str]) -> Select[Any]:
    return select(participants.c.chat_id).where(participants.c.id.in_(erased))
