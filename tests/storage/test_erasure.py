from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.conversation import Status
from bot.domain.events import ContactAnswered, Erased, QuestionPassedOn
from bot.service.ports import Changes, Outgoing, Person, Quarantined
from bot.service.sending import Blocked, Failed, Sent
from bot.storage.codec import Whose, message_of, snapshot_of
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.reading import conversations, events_of
from bot.storage.store import SqlStore
from bot.storage.tables import conversations as stored
from bot.storage.tables import events, metadata, outbox, participants, quarantine
from bot.storage.trail import places_of
from bot.storage.vault import KeyGone, data_keys, erasures
from bot.storage.verifying import verify
from tests.storage.persona import (
    LIN,
    MEI,
    NOW,
    TRIAL,
    answer,
    arrival,
    find,
    keep,
    later,
    opened,
    rows,
    say,
    send_all,
    settle,
    take,
    turn,
)

SECRET = "I cough blood, my name is Mei"
GOODBYE = "Your answers are gone."


async def mei_talks(store: SqlStore) -> Person:
    changes = arrival(MEI, answer(SECRET), QuestionPassedOn(at=NOW, text=SECRET))
    changes.kept.append(opened(MEI, answer(SECRET), conversation="mei-0"))
    changes.kept.append(
        turn(MEI, changes.kept[-1].conversation, ContactAnswered(at=NOW, permitted=True), told_at=NOW)
    )
    changes.outgoing += [say(MEI, f"You said: {SECRET}"), say(MEI, SECRET)]
    update = f'{{"from": {{"id": {MEI.telegram_id}}}, "text": "{SECRET}"}}'
    changes.quarantined.append(Quarantined("7:9", "KeyError", update))
    await keep(store, changes)
    person = await find(store, MEI)
    assert person
    return person


def erasure(person: Person) -> Changes:
    kept = [turn(person, conversation, Erased(at=later(1))) for conversation in person.conversations]
    return Changes(kept=kept, erased=[person.id], outgoing=[say(person, GOODBYE)])


async def remains(database: Database) -> bytes:
    """Return all that is left anywhere: of SQLite every byte on disk, of PostgreSQL all that is in tables.

    What PostgreSQL has overwritten stays in its files until it needs the room, which nobody can command.
    """
    if database.is_sqlite:
        path = Path(str(database.engine.url.database))
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    async with database.reading() as connection:
        every = (*metadata.sorted_tables, data_keys, erasures)
        tables = [(await connection.execute(table.select())).all() for table in every]
    values = (value for rows in tables for row in rows for value in row)
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


async def hers(database: Database) -> list[bytes]:
    """Return what would let somebody find or read her: ciphertexts, look-up value, address, wrapped key."""
    fields = events.c.body, outbox.c.body, stored.c.snapshot, quarantine.c.body
    async with database.reading() as connection:
        found = [
            bytes(value) for field in fields for value in (await connection.execute(select(field))).scalars()
        ]
    found += [bytes(value) for value in (await rows(database, "SELECT lookup, address FROM chats"))[0]]
    async with database.vault._connections.reading() as connection:
        key = select(data_keys.c.wrapped).where(data_keys.c.name == "mei")
        found.append(bytes((await connection.execute(key)).scalar_one()))
    return found


async def test_no_byte_of_an_erased_person_stays(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    person = await mei_talks(store)
    (queued,) = await take(outbox, limit=1)
    await settle(outbox, Sent(queued.id), free=[queued.chat_row])
    captured = await hers(database)
    assert len(captured) == 15
    before = await remains(database)
    assert all(value in before for value in captured)
    assert SECRET.encode() not in before
    await keep(store, erasure(person), later(1))
    await send_all(outbox)
    after = await remains(database)
    assert [place for place, value in enumerate(captured) if value in after] == []
    assert str(MEI.telegram_id).encode() not in after


async def test_what_lies_in_an_old_copy_cannot_be_opened(store: SqlStore, database: Database) -> None:
    person = await mei_talks(store)
    async with database.reading() as connection:
        said, states, queued = [(await connection.execute(select(t))).all() for t in (events, stored, outbox)]
        her = (await connection.execute(select(participants))).one()
    fields = places_of(said)
    whose = Whose(her.chat_id, her.code)
    fields += [(snapshot_of(row.id, row.revision, whose), bytes(row.snapshot)) for row in states]
    fields += [(message_of(row.chat_id, row.sequence), bytes(row.body)) for row in queued]
    assert len(fields) == 11
    assert None not in await database.vault.try_open(fields)
    await keep(store, erasure(person), later(1))
    for field in fields:
        with pytest.raises(KeyGone):
            await database.vault.open([field])
    assert await database.vault.erased() == {"mei": later(1)}


async def test_conversations_without_an_erasure_event_are_emptied_too(
    store: SqlStore, database: Database
) -> None:
    await mei_talks(store)
    await keep(store, Changes(erased=["mei"]), later(1))
    assert SECRET.encode() not in await remains(database)
    exported = [row async for row in conversations(store, with_events=True)]
    assert [row.conversation.status for row in exported] == [Status.ERASED] * 2
    assert [row.events for row in exported] == [(Erased(at=later(1)),)] * 2
    report = [report async for report in verify(store)][-1]
    assert (report.findings, report.events) == ([], 8)
    assert {row.finished_at for row in exported} == {later(1)}


async def test_that_something_was_said_and_when_stays(store: SqlStore, database: Database) -> None:
    person = await mei_talks(store)
    await keep(store, erasure(person), later(1))
    query = "SELECT position, actor FROM events WHERE conversation_id = 'mei-1' ORDER BY position"
    assert await rows(database, query) == [(position, "participant") for position in (1, 2, 3, 4)]
    assert await events_of(store, "mei-1") == [Erased(at=later(1))]
    async with store.transaction() as transaction:
        assert await transaction.contacts(TRIAL) == 0


async def test_an_erased_person_is_a_stranger(store: SqlStore) -> None:
    await keep(store, erasure(await mei_talks(store)), later(1))
    assert await find(store, MEI) is None
    async with store.transaction() as transaction:
        assert await transaction.due(later(99), 9) == []
        await transaction.note_absence(later(-99), later(99))
        assert await transaction.missed(limit=9) == []
    again = Person("mei-again", MEI.telegram_id, current="new-1")
    await keep(store, arrival(again), later(2))
    person = await find(store, MEI)
    assert person
    assert person.id == "mei-again"


async def test_only_the_goodbye_is_still_sent(store: SqlStore, outbox: SqlOutbox, database: Database) -> None:
    await keep(store, erasure(await mei_talks(store)), later(1))
    (queued,) = await take(outbox, 1)
    assert (queued.message.html, queued.chat) == (GOODBYE, MEI.telegram_id)
    await settle(outbox, Sent(queued.id), free=[queued.chat_row])
    assert await rows(database, "SELECT lookup, address FROM chats") == [(None, None)]


async def test_an_address_goes_where_the_goodbye_cannot_be_sent(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    await keep(store, erasure(await mei_talks(store)), later(1))
    (queued,) = await take(outbox, 1)
    await settle(outbox, Blocked(queued.chat_row, queued.interrupted), free=[queued.chat_row])
    assert await rows(database, "SELECT address FROM chats") == [(None,)]
    await keep(store, arrival(LIN))
    await keep(store, Changes(erased=["lin"]))
    assert await rows(database, "SELECT address FROM chats") == [(None,), (None,)]


async def test_a_chat_that_blocked_us_is_tried_once_more_for_the_goodbye(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    person = await mei_talks(store)
    (queued, *_) = await take(outbox)
    await settle(outbox, Blocked(queued.chat_row, queued.interrupted), free=[queued.chat_row])
    await keep(store, erasure(person), later(1))
    assert await send_all(outbox) == [GOODBYE]


async def test_an_undeliverable_goodbye_takes_the_address_along(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    await keep(store, erasure(await mei_talks(store)), later(1))
    (queued,) = await take(outbox, 1)
    await settle(outbox, Failed(queued.id, "Forbidden"), free=[queued.chat_row])
    assert await rows(database, "SELECT address FROM chats") == [(None,)]


async def test_someone_erased_and_back_within_one_batch(store: SqlStore, outbox: SqlOutbox) -> None:
    person = await mei_talks(store)
    changes = erasure(person)
    again = Person("mei-again", MEI.telegram_id, current="new-1")
    changes.newcomers.append(again)
    changes.kept.append(opened(again))
    changes.outgoing.append(say(again, "Welcome"))
    async with store.transaction() as transaction:
        await transaction.people([MEI.telegram_id])
        await transaction.keep(changes, later(1))
    assert await send_all(outbox) == [GOODBYE, "Welcome"]
    person_now = await find(store, MEI)
    assert person_now
    assert person_now.id == "mei-again"


async def test_someone_come_and_gone_within_one_batch(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    changes = arrival(MEI, answer(SECRET))
    last = changes.kept[0].conversation
    changes.kept.append(turn(MEI, last, Erased(at=NOW)))
    changes.erased.append("mei")
    changes.outgoing.append(Outgoing(MEI.telegram_id, say(MEI, GOODBYE).message))
    await keep(store, changes)
    assert await find(store, MEI) is None
    assert await send_all(outbox) == ["Welcome", GOODBYE]
    assert SECRET.encode() not in await remains(database)
    assert str(MEI.telegram_id).encode() not in await remains(database)


async def test_others_keep_what_they_said(store: SqlStore, outbox: SqlOutbox, database: Database) -> None:
    await keep(store, arrival(LIN, answer("yes")))
    before = await find(store, LIN)
    await keep(store, erasure(await mei_talks(store)), later(1))
    assert await find(store, LIN) == before
    assert len(await events_of(store, "lin-1")) == 2
    assert "Welcome" in await send_all(outbox)
    assert len(await rows(database, "SELECT address FROM chats WHERE address IS NOT NULL")) == 1
