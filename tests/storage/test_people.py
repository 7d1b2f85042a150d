from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from bot.domain.conversation import Status
from bot.domain.events import ContactAnswered, Stopped
from bot.service.ports import Changes, Kept, Person
from bot.storage.database import Database
from bot.storage.identity import lookup_value
from bot.storage.store import SqlStore
from bot.storage.transaction import SqlTransaction
from tests.storage.persona import (
    EDITION,
    LIN,
    MEI,
    NOW,
    TRIAL,
    answer,
    arrival,
    crowd,
    find,
    keep,
    later,
    opened,
    rows,
    turn,
)


async def test_a_stranger_is_nobody(store: SqlStore) -> None:
    async with store.transaction() as transaction:
        assert await transaction.people([MEI.telegram_id]) == {}
        assert await transaction.people([]) == {}


async def test_a_newcomer_is_known_with_what_they_said(store: SqlStore) -> None:
    changes = arrival(MEI, answer("yes"))
    await keep(store, changes)
    expected = Person("mei", MEI.telegram_id, (changes.kept[0].conversation,), "mei-1")
    assert await find(store, MEI) == expected


async def test_conversations_come_oldest_first(store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    await keep(store, Changes(kept=[opened(MEI, conversation="another")], current={"mei": "another"}))
    person = await find(store, MEI)
    assert person
    assert [conversation.id for conversation in person.conversations] == ["another", "mei-1"]
    assert person.current == "another"


async def test_only_the_people_asked_for_come(store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    await keep(store, arrival(LIN))
    async with store.transaction() as transaction:
        assert (await transaction.people([LIN.telegram_id, 1])).keys() == {LIN.telegram_id}


async def test_no_telegram_id_can_be_looked_up_without_the_key(store: SqlStore, database: Database) -> None:
    await keep(store, arrival(MEI))
    (lookup,) = (await rows(database, "SELECT lookup FROM chats"))[0]
    assert len(lookup) == 32
    assert str(MEI.telegram_id).encode() not in lookup
    key = await database.vault.secret("lookup")
    assert lookup == lookup_value(key, MEI.telegram_id)
    # What a thief can compute, who knows the source and tries her id: unkeyed, or with a key from the source.
    for guess in (b"", b"lookup", b"doorstep"):
        assert lookup != lookup_value(guess, MEI.telegram_id)
        assert lookup != hashlib.sha256(guess + str(MEI.telegram_id).encode()).digest()


def test_every_look_up_key_finds_somebody_else() -> None:
    values = {lookup_value(bytes([n]) * 32, MEI.telegram_id) for n in range(50)}
    assert len(values) == 50


async def test_the_look_up_key_is_made_once(store: SqlStore, database: Database) -> None:
    await keep(store, arrival(MEI))
    restarted = SqlStore(database, lambda: "unused")
    assert await find(restarted, MEI)


async def test_an_update_is_claimed_once(store: SqlStore) -> None:
    async with store.transaction() as transaction:
        assert await transaction.claim(["7:1", "7:2", "7:1"], NOW) == {"7:1", "7:2"}
    async with store.transaction() as transaction:
        assert await transaction.claim(["7:2", "7:3"], NOW) == {"7:3"}
        assert await transaction.claim([], NOW) == frozenset()


async def test_old_update_keys_are_forgotten(store: SqlStore) -> None:
    async with store.transaction() as transaction:
        await transaction.claim(["old"], NOW)
        await transaction.claim(["new"], NOW + timedelta(days=5))
        await transaction.prune(NOW + timedelta(days=9))
        assert await transaction.claim(["old", "new"], NOW) == {"old"}


async def test_editions_are_kept_once(store: SqlStore) -> None:
    async with store.transaction() as transaction:
        await transaction.keep_edition(b"other words", EDITION, TRIAL, "1.0", NOW)
        assert await transaction.editions([EDITION, "unknown"]) == {EDITION: b"the words"}
        assert await transaction.editions([]) == {}


async def test_the_last_poll_is_remembered(store: SqlStore) -> None:
    async with store.transaction() as transaction:
        assert await transaction.last_poll() is None
        await transaction.note_poll(NOW)
        await transaction.note_poll(later(1))
    async with store.transaction() as transaction:
        assert await transaction.last_poll() == later(1)


async def test_people_come_with_only_those_conversations_in_which_something_is_due(store: SqlStore) -> None:
    changes = arrival(MEI)
    changes.kept[0] = replace(changes.kept[0], due_at=later(5))
    changes.kept.append(replace(opened(MEI, conversation="later"), due_at=later(9)))
    changes.kept.append(opened(MEI, conversation="never"))
    await keep(store, changes)
    assert await due(store, 4) == []
    assert await due(store, 5) == [("mei", ["mei-1"])]
    assert await due(store, 9) == [("mei", ["later", "mei-1"])]


async def due(store: SqlStore, minute: int, limit: int = 9) -> list[tuple[str, list[str]]]:
    async with store.transaction() as transaction:
        people = await transaction.due(later(minute), limit)
    return [(person.id, [talk.id for talk in person.conversations]) for person in people]


async def test_those_who_wait_longest_come_first_and_no_more_than_asked_for(store: SqlStore) -> None:
    for number, person in enumerate(crowd(5)):
        await keep(store, Changes([person], [replace(opened(person), due_at=later(9 - number))]))
    assert [person for person, _ in await due(store, 99, limit=2)] == ["p4", "p3"]


async def test_what_is_due_goes_with_the_last_turn(store: SqlStore) -> None:
    changes = arrival(MEI)
    changes.kept[0] = replace(changes.kept[0], due_at=later(5))
    await keep(store, changes)
    first = turn(MEI, changes.kept[0].conversation, answer(), due_at=later(6))
    second = turn(MEI, first.conversation, answer("no"), due_at=None)
    await keep(store, Changes(kept=[first]))
    assert len(await due(store, 6)) == 1
    await keep(store, Changes(kept=[second]))
    assert await due(store, 99) == []


async def test_nothing_is_due_to_the_erased(store: SqlStore) -> None:
    changes = arrival(MEI)
    changes.kept[0] = replace(changes.kept[0], due_at=later(5))
    await keep(store, changes)
    await keep(store, Changes(erased=["mei"]))
    assert await due(store, 9) == []


async def seen(store: SqlStore, first: int, last: int) -> list[str]:
    async with store.transaction() as transaction:
        return [person.id for person in await missed(transaction, first, last)]


async def missed(transaction: SqlTransaction, first: int, last: int) -> list[Person]:
    await transaction.note_absence(later(first), later(last))
    return await transaction.missed(limit=99)


async def test_a_turn_of_the_clock_is_not_activity(store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    person = await find(store, MEI)
    assert person
    await keep(store, Changes(kept=[turn(MEI, person.conversations[0], answer(), arrived=False)]), later(10))
    assert await seen(store, -1, 5) == ["mei"]


async def test_a_turn_that_changed_nothing_is_activity(store: SqlStore) -> None:
    changes = arrival(MEI)
    await keep(store, changes)
    await keep(store, Changes(kept=[Kept("mei", changes.kept[0].conversation, ())]), later(10))
    assert await seen(store, -1, 5) == []


async def test_people_are_found_by_when_they_were_last_seen(store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    await keep(store, arrival(LIN), later(10))
    await keep(store, Changes(kept=[opened(LIN, conversation="lin-0")]), later(20))
    async with store.transaction() as transaction:
        (lin,) = await missed(transaction, 5, 15)
        assert (lin.id, len(lin.conversations)) == ("lin", 2)
        assert await missed(transaction, 15, 25) == []


async def test_after_an_absence_people_come_some_at_a_time_and_each_once(store: SqlStore) -> None:
    people = crowd(25)
    for minute in range(5):  # five at each moment: the end of a slice falls between people of one moment
        for person in people[minute * 5 : minute * 5 + 5]:
            await keep(store, arrival(person), later(minute))
    found: list[str] = []
    async with store.transaction() as transaction:
        await transaction.note_absence(later(0), later(3))
    while True:
        async with store.transaction() as transaction:
            more = await transaction.missed(limit=3)
        assert len(more) <= 3
        found += [person.id for person in more]
        assert len(set(found)) == len(found), "asked twice"
        if not more:
            break
        if len(found) == 6:  # somebody writes meanwhile, and need not be asked
            (late,) = [person for person in people if person.id == "p19"]
            talk = (await find(store, late)).conversations[0]  # type: ignore[union-attr]
            await keep(store, Changes(kept=[Kept("p19", talk, ())]), later(30))
    assert sorted(found) == sorted(person.id for person in people[:19])


async def test_permissions_to_contact_are_counted(store: SqlStore) -> None:
    changes = arrival(MEI)
    await keep(store, changes)
    await keep(store, arrival(LIN))
    said_yes = turn(MEI, changes.kept[0].conversation, ContactAnswered(at=NOW, permitted=True))
    said_no = turn(LIN, opened(LIN).conversation, ContactAnswered(at=NOW, permitted=False))
    await keep(store, Changes(kept=[said_yes, said_no]))
    async with store.transaction() as transaction:
        assert await transaction.contacts(TRIAL) == 1
        assert await transaction.contacts("NCT0000") == 0


async def test_states_are_columns_for_staff_to_filter_by(store: SqlStore, database: Database) -> None:
    changes = arrival(MEI, Stopped(at=later(1)))
    await keep(store, changes)
    (row,) = await rows(database, "SELECT trial, content_hash, status, revision FROM conversations")
    assert row == (TRIAL, EDITION, Status.STOPPED.value, 2)
