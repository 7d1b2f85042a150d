from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from bot.domain.folding import replay
from bot.service.ports import Changes, Conflict, Kept, Person, Quarantined
from bot.storage.database import Database
from bot.storage.reading import conversations, events_of
from bot.storage.store import SqlStore
from bot.storage.tables import events
from bot.storage.vault import KeyGone
from tests.storage.persona import (
    LIN,
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
    rows,
    say,
    turn,
)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def first_turns(people: list[Person]) -> Changes:
    return Changes(
        newcomers=people,
        kept=[opened(person, answer()) for person in people],
        outgoing=[say(person, "Welcome") for person in people],
    )


async def next_turns(store: SqlStore, people: list[Person]) -> None:
    async with store.transaction() as transaction:
        await transaction.claim([f"7:{person.id}" for person in people], NOW)
        known = await transaction.people([person.telegram_id for person in people])
        kept = [turn(person, person.conversations[0], answer("no")) for person in known.values()]
        outgoing = [say(person, "Next") for person in people]
        current = {person.id: f"{person.id}-1" for person in people}
        await transaction.keep(Changes(kept=kept, outgoing=outgoing, current=current), later(1))
        await transaction.note_poll(later(1))


async def test_events_make_the_state(store: SqlStore) -> None:
    await keep(store, arrival(MEI, answer("yes"), answer("no")))
    person = await find(store, MEI)
    assert person
    assert replay("mei-1", await events_of(store, "mei-1")) == person.conversations[0]


async def test_several_turns_of_one_conversation_fit_in_a_batch(store: SqlStore) -> None:
    first = opened(MEI)
    second = turn(MEI, first.conversation, answer("yes"))
    third = turn(MEI, second.conversation, answer("no", "age"), answer("no", "lungs"))
    await keep(store, Changes(newcomers=[MEI], kept=[first, second, third]))
    assert replay("mei-1", await events_of(store, "mei-1")) == third.conversation


async def test_two_turns_decided_on_one_state_are_a_conflict(store: SqlStore) -> None:
    first = opened(MEI)
    again = turn(MEI, first.conversation, answer("yes")), turn(MEI, first.conversation, answer("no"))
    with pytest.raises(Conflict):
        await keep(store, Changes(newcomers=[MEI], kept=[first, *again]))


async def test_each_event_says_when_and_by_whom(store: SqlStore, database: Database) -> None:
    first = opened(MEI)
    told = Kept("mei", first.conversation, first.events, told_at=later(-3))
    by_clock = turn(MEI, first.conversation, answer(), arrived=False)
    await keep(store, Changes(newcomers=[MEI], kept=[told, by_clock]))
    query = select(events.c.position, events.c.actor, events.c.told_at)
    async with database.reading() as connection:
        kept = [tuple(row) for row in await connection.execute(query.order_by(events.c.position))]
    assert kept == [(1, "participant", later(-3)), (2, "system", None)]


async def test_what_raises_leaves_nothing(store: SqlStore, database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await _claim_keep_and_fail(store)
    for table in ("updates", "chats", "participants", "conversations", "events", "outbox"):
        assert await rows(database, f"SELECT * FROM {table}") == []  # noqa: S608 -- our own names


async def _claim_keep_and_fail(store: SqlStore) -> None:
    async with store.transaction() as transaction:
        await transaction.claim(["7:1"], NOW)
        await transaction.keep(arrival(MEI), NOW)
        raise ZeroDivisionError


async def test_a_conversation_changed_meanwhile_is_a_conflict_and_rolls_all_back(store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    read = await find(store, MEI)
    assert read
    await keep(store, Changes(kept=[turn(MEI, read.conversations[0], answer("yes"))]))
    late = Changes(newcomers=[LIN], kept=[opened(LIN), turn(MEI, read.conversations[0], answer("no"))])
    with pytest.raises(Conflict):
        await keep(store, late)
    assert await find(store, LIN) is None
    now = await find(store, MEI)
    assert now
    assert now.conversations[0].answers == {"dm": "yes"}


async def test_a_conversation_never_kept_cannot_go_on(store: SqlStore) -> None:
    with pytest.raises(Conflict):
        await keep(store, Changes(newcomers=[MEI], kept=[turn(MEI, opened(MEI).conversation, answer())]))


@pytest.mark.parametrize("twice", [arrival(MEI), Changes(newcomers=[Person("other", MEI.telegram_id)])])
async def test_a_newcomer_comes_once(store: SqlStore, twice: Changes) -> None:
    await keep(store, arrival(MEI))
    with pytest.raises(Conflict):
        await keep(store, twice)


async def test_a_conversation_needs_its_edition(store: SqlStore) -> None:
    stray = opened(MEI)
    elsewhere = replace(stray.conversation, content_hash="hash-9")
    with pytest.raises(DBAPIError) as caught:
        await keep(store, Changes(newcomers=[MEI], kept=[replace(stray, conversation=elsewhere)]))
    assert MEI.id not in str(caught.value)


async def test_nothing_is_kept_of_somebody_without_a_key(store: SqlStore) -> None:
    with pytest.raises(KeyGone):
        await keep(store, Changes(kept=[opened(MEI)]))


async def test_someone_without_a_screening_can_be_answered(store: SqlStore, database: Database) -> None:
    await keep(store, Changes(outgoing=[say(MEI, "Which study?")]))
    await keep(store, arrival(MEI))
    assert await rows(database, "SELECT count(*), max(sequence) FROM chats") == [(1, 2)]


async def test_quarantined_updates_are_set_aside(store: SqlStore) -> None:
    await keep(store, Changes(quarantined=[Quarantined("7:1", "KeyError", '{"x": "\ud83d"}')]))
    async with store.transaction() as transaction:
        kept = await transaction.quarantine.listed()
    assert kept == [Quarantined("7:1", "KeyError", '{"x": "\\ud83d"}')]


async def test_a_batch_of_a_hundred_takes_no_more_statements_than_ten(
    store: SqlStore, database: Database
) -> None:
    figures = []
    for people in (crowd(10), crowd(100)[10:]):
        with counted(database) as arriving:
            await keep(store, first_turns(people))
        with counted(database) as going_on:
            await next_turns(store, people)
        figures.append((len(arriving), len(going_on)))
    assert figures == [(8, 11), (8, 10)]  # the first poll ever noted takes one more


async def test_an_empty_batch_costs_nothing(store: SqlStore, database: Database) -> None:
    with counted(database) as statements:
        await keep(store, Changes())
    assert statements == []


async def test_the_staff_group_gets_a_chat_on_the_fly(store: SqlStore, database: Database) -> None:
    group = Person("staff", STAFF_GROUP)
    await keep(store, Changes(outgoing=[say(group, "A person is asked for"), say(group, "Another")]))
    assert await rows(database, "SELECT sequence FROM outbox ORDER BY id") == [(1,), (2,)]
    assert [row async for row in conversations(store, with_events=False)] == []
