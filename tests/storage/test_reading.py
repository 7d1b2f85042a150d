from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.events import Stopped
from bot.service.ports import Changes
from bot.storage import reading
from bot.storage.database import Database
from bot.storage.store import SqlStore
from tests.storage.persona import LIN, MEI, NOW, answer, arrival, crowd, keep, later, opened, turn
from tests.storage.test_keeping import counted


async def test_a_row_says_what_stands_beside_the_conversation(store: SqlStore) -> None:
    await keep(store, arrival(MEI, answer()))
    first = opened(MEI, answer()).conversation
    stopped = turn(MEI, first, Stopped(at=later(1)))
    await keep(store, Changes(kept=[stopped]), later(1))
    (row,) = [row async for row in reading.conversations(store, with_events=True)]
    assert row.conversation == stopped.conversation
    assert (row.trial_version, row.previous) == ("1.0", None)
    assert (row.opened_at, row.active_at, row.finished_at) == (NOW, later(1), later(1))
    assert row.events == (*opened(MEI, answer()).events, *stopped.events)
    assert len(row.participant_code) == 8


async def test_conversations_come_in_order_of_opening(store: SqlStore) -> None:
    for person, minute in ((MEI, 5), (LIN, 1)):
        changes = arrival(person)
        conversation = replace(changes.kept[0].conversation, opened_at=later(minute))
        changes.kept[0] = replace(changes.kept[0], conversation=conversation)
        await keep(store, changes)
    ids = [row.conversation.id async for row in reading.conversations(store, with_events=False)]
    assert ids == ["lin-1", "mei-1"]


async def test_many_are_read_a_page_at_a_time(
    store: SqlStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_PAGE", 10)
    people = crowd(25)
    await keep(store, Changes(newcomers=people, kept=[opened(person) for person in people]))
    with counted(database) as statements:
        rows = [row async for row in reading.conversations(store, with_events=True)]
    assert sorted(row.conversation.id for row in rows) == sorted(f"{person.id}-1" for person in people)
    assert all(len(row.events) == 1 for row in rows)
    assert len(statements) == 4 + 3 + 3  # pages, of which the fourth is empty; their events; their cases
