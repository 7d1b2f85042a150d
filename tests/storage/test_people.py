from __future__ import annotations

from datetime import timedelta

from bot.domain.conversation import Status
from bot.domain.events import ContactAnswered, Stopped
from bot.service.ports import Changes, Kept, Person
from bot.storage.database import Database
from bot.storage.store import SqlStore
from tests.storage.persona import LIN, MEI, NOW, TRIAL, answer, arrival, find, keep, later, opened, rows, turn


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


async def test_the_look_up_key_is_made_once(store: SqlStore, database: Database) -> None:
    await keep(store, arrival(MEI))
    restarted = SqlStore(database, lambda: "unused", lambda: b"x" * 32)
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
        await transaction.keep_edition(b"other words", "hash-1", TRIAL, "1.0", NOW)
        assert await transaction.editions(["hash-1", "unknown"]) == {"hash-1": b"the words"}
        assert await transaction.editions([]) == {}


async def test_the_last_poll_is_remembered(store: SqlStore) -> None:
    async with store.transaction() as transaction:
        assert await transaction.last_poll() is None
        await transaction.note_poll(NOW)
        await transaction.note_poll(later(1))
    async with store.transaction() as transaction:
        assert await transaction.last_poll() == later(1)


async def test_quiet_people_come_with_their_quiet_open_screenings_only(store: SqlStore) -> None:
    stopped = turn(MEI, opened(MEI, conversation="stopped").conversation, Stopped(at=NOW))
    changes = arrival(MEI)
    changes.kept += [opened(MEI, conversation="stopped"), stopped]
    changes.kept.append(opened(MEI, conversation="elsewhere", trial="NCT0000"))
    await keep(store, changes)
    await keep(store, arrival(LIN), later(10))
    async with store.transaction() as transaction:
        (quiet,) = await transaction.quiet_since(TRIAL, later(5))
        assert (quiet.id, [conversation.id for conversation in quiet.conversations]) == ("mei", ["mei-1"])
        assert await transaction.quiet_since(TRIAL, later(-5)) == []


async def test_a_turn_of_the_clock_is_not_activity(store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    person = await find(store, MEI)
    assert person
    await keep(store, Changes(kept=[turn(MEI, person.conversations[0], answer(), arrived=False)]), later(10))
    async with store.transaction() as transaction:
        assert len(await transaction.quiet_since(TRIAL, later(5))) == 1


async def test_a_turn_that_changed_nothing_is_activity(store: SqlStore) -> None:
    changes = arrival(MEI)
    await keep(store, changes)
    await keep(store, Changes(kept=[Kept("mei", changes.kept[0].conversation, ())]), later(10))
    async with store.transaction() as transaction:
        assert await transaction.quiet_since(TRIAL, later(5)) == []


async def test_people_are_found_by_when_they_were_last_seen(store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    await keep(store, arrival(LIN), later(10))
    await keep(store, Changes(kept=[opened(LIN, conversation="lin-0")]), later(20))
    async with store.transaction() as transaction:
        (seen,) = await transaction.active_between(later(5), later(15))
        assert (seen.id, len(seen.conversations)) == ("lin", 2)
        assert await transaction.active_between(later(15), later(25)) == []


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
    assert row == (TRIAL, "hash-1", Status.STOPPED.value, 2)
