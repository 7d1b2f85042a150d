"""Reads whole conversations back, for exports and for showing what happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Conversation
from bot.domain.events import Event
from bot.domain.review import Case
from bot.storage.case_keeping import snapshot_at
from bot.storage.codec import CASES, Whose, read_conversation, read_event, snapshot_of
from bot.storage.review_tables import cases
from bot.storage.sealing import Place
from bot.storage.store import SqlStore
from bot.storage.tables import conversations as stored
from bot.storage.tables import editions, events, participants
from bot.storage.trail import SEALED, places_of
from bot.storage.vault import Vault

_PAGE = 200


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A conversation with what stands beside it in the database."""

    participant_code: str
    conversation: Conversation
    trial_version: str
    opened_at: datetime
    finished_at: datetime | None
    active_at: datetime
    previous: str | None
    case: Case | None = None
    events: tuple[Event, ...] = ()
    """Only where they were asked for; an erased person's are gone."""


async def conversations(store: SqlStore, *, with_events: bool) -> AsyncGenerator[ExportRow]:
    """Yield every conversation in order of opening, as of one moment, a page in memory at a time."""
    vault = store.database.vault
    async with store.database.reading() as connection:
        page = list(await connection.execute(_pages()))
        while page:
            history = await _histories(connection, vault, [row.id for row in page]) if with_events else {}
            talks = await vault.open([(_place(row), row.snapshot) for row in page])
            reviews = await _cases(connection, vault, [row.id for row in page])
            for row, talk in zip(page, talks, strict=True):
                yield _export(row, talk, history.get(row.id, ()), reviews.get(row.id))
            page = list(await connection.execute(_pages(after=page[-1])))


async def how_many(store: SqlStore) -> int:
    """Return how many conversations there are."""
    async with store.database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(stored))).scalar_one()


async def events_of(store: SqlStore, conversation_id: str) -> list[Event]:
    """Return what is kept of a conversation's events, oldest first."""
    async with store.database.reading() as connection:
        return list(
            (await _histories(connection, store.database.vault, [conversation_id])).get(conversation_id, ())
        )


def _pages(after: Any = None) -> Select[Any]:  # noqa: ANN401 -- a row
    query = (
        select(stored, participants.c.code, participants.c.chat_id, editions.c.version)
        .join(participants, participants.c.id == stored.c.participant_id)
        .join(editions, editions.c.content_hash == stored.c.content_hash)
        .order_by(stored.c.opened_at, stored.c.id)
        .limit(_PAGE)
    )
    if after is None:
        return query
    return query.where(tuple_(stored.c.opened_at, stored.c.id) > tuple_(after.opened_at, after.id))


async def _histories(connection: AsyncConnection, vault: Vault, ids: Sequence[str]) -> dict[str, list[Event]]:
    query = (
        select(*SEALED)
        .where(events.c.conversation_id.in_(ids), events.c.body != b"")  # empty: forgotten
        .order_by(events.c.conversation_id, events.c.position)
    )
    histories: defaultdict[str, list[Event]] = defaultdict(list)
    rows = (await connection.execute(query)).all()
    opened = await vault.open(places_of(rows))
    for row, body in zip(rows, opened, strict=True):
        histories[row.conversation_id].append(read_event(body))
    return histories


def _place(row: Any) -> Place:  # noqa: ANN401 -- a row
    return snapshot_of(row.id, row.revision, Whose(row.chat_id, row.code))


async def _cases(connection: AsyncConnection, vault: Vault, ids: Sequence[str]) -> dict[str, Case]:
    """Return the review cases of conversations."""
    query = select(cases.c.id, cases.c.conversation_id, cases.c.revision, cases.c.snapshot)
    rows = (await connection.execute(query.where(cases.c.conversation_id.in_(ids)))).all()
    opened = await vault.open([(snapshot_at(row.id, row.revision), row.snapshot) for row in rows])
    return {row.conversation_id: CASES.read(body) for row, body in zip(rows, opened, strict=True)}


def _export(row: Any, talk: bytes, history: Sequence[Event], case: Case | None) -> ExportRow:  # noqa: ANN401 -- a row
    return ExportRow(
        participant_code=row.code,
        conversation=read_conversation(talk),
        trial_version=row.version,
        opened_at=row.opened_at,
        finished_at=row.finished_at,
        active_at=row.active_at,
        previous=row.previous,
        case=case,
        events=tuple(history),
    )
