"""Several workers on one database: two stores, each with connections of its own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from random import Random  # noqa: TID251 -- seeded
from typing import Any

import pytest
from sqlalchemy import Select, update

from bot.domain.events import AnswerRecorded
from bot.service.ports import Changes, Conflict, Outgoing, Person
from bot.service.sending import Sent
from bot.storage.chats import hold
from bot.storage.database import open_database
from bot.storage.outbox import SqlOutbox
from bot.storage.reading import conversations
from bot.storage.store import SqlStore
from bot.storage.tables import conversations as stored
from bot.storage.work import Work
from tests.storage.conftest import only_postgresql
from tests.storage.persona import (
    LEASE,
    MEI,
    NOW,
    STAFF_GROUP,
    answer,
    arrival,
    crowd,
    find,
    keep,
    later,
    opened,
    say,
    send_all,
    turn,
)

PEOPLE = crowd(12)
GROUP = Person("staff", STAFF_GROUP)


@pytest.fixture
async def other(url: str) -> AsyncIterator[SqlStore]:
    """The store of another worker."""
    database = open_database(url)
    ids = (f"o{number:07d}" for number in range(1_000_000))
    yield SqlStore(database, lambda: next(ids))
    await database.close()


async def answer_all(store: SqlStore, people: Sequence[Person], key: str) -> None:
    """Let everybody say one more thing, by updates that may come to both workers."""
    async with store.transaction() as transaction:
        fresh = await transaction.claim([f"{key}:{person.id}" for person in people], NOW)
        due = [person for person in people if f"{key}:{person.id}" in fresh]
        known = await transaction.people([person.telegram_id for person in due])
        await asyncio.sleep(0)
        kept = [turn(person, person.conversations[0], answer(key)) for person in known.values()]
        outgoing = [say(person, key) for person in known.values()]
        await transaction.keep(Changes(kept=kept, outgoing=[*outgoing, say(GROUP, key)]), NOW)


async def send(outbox: SqlOutbox, sent: dict[int, list[str]], idle: asyncio.Event) -> None:
    """Send until there is nothing left after everybody is done."""
    done: list[Sent] = []
    held: list[str] = []
    while True:
        last = idle.is_set()
        queued = await outbox.exchange(done, held, NOW, lease=LEASE, limit=5)
        for message in queued:
            sent[message.chat].append(message.message.html)
        done, held = [Sent(message.id) for message in queued], [message.chat_row for message in queued]
        if last and not queued:
            return
        await asyncio.sleep(0.002)


async def test_two_workers_neither_interleave_nor_stop_one_another(store: SqlStore, other: SqlStore) -> None:
    rounds = [f"{number:02d}" for number in range(10)]
    await keep(store, Changes(PEOPLE, [opened(person) for person in PEOPLE]))
    sent: dict[int, list[str]] = defaultdict(list)
    idle = asyncio.Event()

    async def work(worker: SqlStore, name: str, people: list[Person]) -> None:
        for key in rounds:
            await answer_all(worker, people, f"{name}{key}")
            await answer_all(worker, people, f"both{key}")

    async with asyncio.timeout(20), asyncio.TaskGroup() as senders:
        for worker, name in ((store, "one"), (other, "two")):
            senders.create_task(send(SqlOutbox(worker.database, name), sent, idle))
        async with asyncio.TaskGroup() as workers:
            workers.create_task(work(store, "a", PEOPLE))
            workers.create_task(work(other, "b", PEOPLE[::-1]))
        idle.set()

    expected = sorted(f"{name}{key}" for key in rounds for name in ("a", "b", "both"))
    rows = [row async for row in conversations(store, with_events=True)]
    assert len(rows) == len(PEOPLE)
    for row in rows:
        answers = [event.value for event in row.events if isinstance(event, AnswerRecorded)]
        assert sorted(map(str, answers)) == expected
        assert row.conversation.revision == len(row.events) == 1 + len(expected)
        assert sent[6_000_000_000 + int(row.conversation.id[1:-2])] == answers
    assert set(sent[STAFF_GROUP]) == set(expected)


async def test_two_workers_meet_the_same_strangers(store: SqlStore, other: SqlStore) -> None:
    async def greet(worker: SqlStore, name: str, people: list[Person]) -> int:
        """Return how often another worker was first."""
        conflicts = 0
        for person in people:
            again = True
            while again:
                try:
                    await _greet(worker, name, person)
                    again = False
                except Conflict:
                    conflicts += 1
        return conflicts

    both = greet(store, "a", PEOPLE), greet(other, "b", PEOPLE)
    conflicts = await asyncio.wait_for(asyncio.gather(*both), 20)
    assert all(count <= len(PEOPLE) for count in conflicts)
    rows = [row async for row in conversations(store, with_events=True)]
    assert [len(row.events) for row in rows] == [2] * len(PEOPLE)
    assert len(await send_all(SqlOutbox(store.database, "one"))) == 2 * len(PEOPLE)


async def _greet(worker: SqlStore, name: str, person: Person) -> None:
    async with worker.transaction() as transaction:
        known = await transaction.people([person.telegram_id])
        await asyncio.sleep(0)
        for friend in known.values():
            kept = turn(friend, friend.conversations[0], answer())
            await transaction.keep(Changes(kept=[kept], outgoing=[say(friend, name)]), NOW)
        if not known:
            new = replace(person, id=f"{name}{person.id}")
            await transaction.keep(arrival(new), NOW)


async def test_what_is_due_is_taken_once(store: SqlStore, other: SqlStore) -> None:
    kept = [replace(opened(person), due_at=later(5)) for person in PEOPLE]
    await keep(store, Changes(PEOPLE, kept))

    async def remind(worker: SqlStore) -> list[str]:
        reminded = []
        for _ in range(8):
            async with worker.transaction() as transaction:
                people = await transaction.due(later(9), 3)
                await asyncio.sleep(0)
                turns = [turn(person, person.conversations[0], answer(), arrived=False) for person in people]
                outgoing = [Outgoing(person.telegram_id, say(person, "?").message) for person in people]
                await transaction.keep(Changes(kept=turns, outgoing=outgoing), later(9))
                reminded += [person.id for person in people]
        return reminded

    one, two = await asyncio.wait_for(asyncio.gather(remind(store), remind(other)), 20)
    assert sorted(one + two) == sorted(person.id for person in PEOPLE)


@only_postgresql
async def test_many_at_once_wait_for_one_another_in_one_order(store: SqlStore) -> None:
    people = crowd(40)
    await keep(store, Changes(people, [opened(person) for person in people]))

    async def look_up(seed: int) -> None:
        chance = Random(seed)
        for _ in range(25):
            async with store.transaction() as transaction:
                some = chance.sample(people, 30)
                assert len(await transaction.people([person.telegram_id for person in some])) == 30
                await transaction.keep(
                    Changes(outgoing=[say(GROUP, "?"), *(say(one, "?") for one in some)]), NOW
                )

    await asyncio.wait_for(asyncio.gather(*map(look_up, range(6))), 20)


async def test_what_another_did_before_the_chat_was_ours_is_not_done_again(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(store, Changes([MEI], [replace(opened(MEI), due_at=later(5))]))

    async def too_late(work: Work, query: Select[Any]) -> Sequence[Any]:
        rows = await hold(work, query)
        await work.connection.execute(update(stored).values(due_at=None))
        return rows

    monkeypatch.setattr("bot.storage.people.hold", too_late)
    async with store.transaction() as transaction:
        assert await transaction.due(later(9), 3) == []


@only_postgresql
async def test_someone_being_answered_is_not_reminded_meanwhile(store: SqlStore) -> None:
    await keep(store, Changes([MEI], [replace(opened(MEI), due_at=later(5))]))
    async with store.transaction() as answering:
        await answering.people([MEI.telegram_id])
        async with store.transaction() as timer:
            assert await timer.due(later(9), 3) == []
    assert await find(store, MEI)
