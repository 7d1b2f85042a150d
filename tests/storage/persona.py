"""Mei, Lin and others: what they did, as changes to keep."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.domain.conversation import Conversation
from bot.domain.events import AnswerRecorded, Event, ScreeningOpened
from bot.domain.folding import apply
from bot.service.message import Message
from bot.service.ports import Changes, Kept, Outgoing, Person
from bot.service.sending import Queued, Sent, Settled
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TRIAL = "NCT06203249"
EDITION = hashlib.sha256(b"the words").hexdigest()
"""The edition that everybody is pinned to; its text is no more than this."""

MEI = Person("mei", 5_550_001_001, current="mei-1")
LIN = Person("lin", 5_550_001_002, current="lin-1")
STAFF_GROUP = -1_001_234_567_890


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def opening(at: datetime = NOW, trial: str = TRIAL, **more: Any) -> ScreeningOpened:
    return ScreeningOpened(at=at, trial=trial, content_hash=EDITION, language="en", **more)


def answer(value: str = "yes", question: str = "dm", at: datetime = NOW) -> AnswerRecorded:
    return AnswerRecorded(at=at, question=question, value=value)


LEASE = timedelta(minutes=2)


async def take(
    outbox: SqlOutbox, minute: int = 0, limit: int = 100, free: Sequence[str] = ()
) -> list[Queued]:
    """Claim chats, and leave all else as it is."""
    return await outbox.exchange([], free, later(minute), lease=LEASE, limit=limit)


async def settle(outbox: SqlOutbox, *settled: Settled, free: Sequence[str] = (), minute: int = 0) -> None:
    """Keep what came of sending, and claim nothing."""
    assert await outbox.exchange(settled, free, later(minute), lease=LEASE, limit=0) == []


async def send_all(outbox: SqlOutbox, minute: int = 0) -> list[str]:
    """Send all there is, as Telegram would take it; return the words in that order."""
    words: list[str] = []
    done: list[Sent] = []
    held: list[str] = []
    while queued := await outbox.exchange(done, held, later(minute), lease=LEASE, limit=100):
        words += [message.message.html for message in queued]
        done, held = [Sent(message.id) for message in queued], [message.chat_row for message in queued]
    return words


def turn(person: Person, before: Conversation, *happened: Event, **more: Any) -> Kept:
    after = before
    for event in happened:
        after = apply(after, event)
    return Kept(person.id, after, tuple(happened), **more)


def opened(person: Person, *more: Event, conversation: str | None = None, trial: str = TRIAL) -> Kept:
    blank = Conversation(conversation or person.current or "")
    return turn(person, blank, opening(trial=trial), *more)


def arrival(person: Person, *more: Event) -> Changes:
    """Return the first turn of a newcomer, with one message for them."""
    kept = opened(person, *more)
    return Changes(newcomers=[person], kept=[kept], outgoing=[say(person, "Welcome")])


def say(person: Person, html: str) -> Outgoing:
    return Outgoing(person.telegram_id, Message(html))


def crowd(size: int) -> list[Person]:
    return [Person(f"p{n}", 6_000_000_000 + n, current=f"p{n}-1") for n in range(size)]


async def keep(store: SqlStore, changes: Changes, now: datetime = NOW) -> None:
    async with store.transaction() as transaction:
        await transaction.keep(changes, now)


async def find(store: SqlStore, person: Person) -> Person | None:
    async with store.transaction() as transaction:
        return (await transaction.people([person.telegram_id])).get(person.telegram_id)


async def rows(database: Database, query: str) -> Sequence[Any]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]
