"""Somebody who can write to the database, but has no key, changes it; `verify` says so and names the row.

DOORSTEP_MANIPULATIONS=100000 pytest -s tests/storage/test_verifying.py is a longer campaign.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random  # noqa: TID251 -- repeatable chance decides what is changed
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.consent import Consent
from bot.domain.events import ConsentAcknowledged, ContactAnswered, Erased
from bot.service.ports import Changes
from bot.storage.codec import Whose, read_conversation, snapshot_of, write_conversation
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.tables import conversations, events, outbox, participants
from bot.storage.trail import START, link
from bot.storage.verifying import Finding, Report, verify, verify_on
from tests.storage.conftest import only_sqlite
from tests.storage.persona import LIN, MEI, NOW, answer, arrival, crowd, find, keep, later, send_all, turn

MANIPULATIONS = int(os.environ.get("DOORSTEP_MANIPULATIONS", "300"))


async def last(reports: AsyncIterator[Report]) -> Report:
    return [report async for report in reports][-1]


@pytest.fixture
async def talked(store: SqlStore) -> SqlStore:
    """Five people in the middle, and one who was erased."""
    for person in crowd(5):
        agreed = ConsentAcknowledged(at=NOW, key="voluntary", language="en", digest="d")
        await keep(store, arrival(person, agreed, answer("yes"), answer("no", "age")))
        now = await find(store, person)
        assert now
        told = turn(
            person, now.conversations[0], ContactAnswered(at=later(2), permitted=True), told_at=later(1)
        )
        await keep(store, Changes(kept=[told]), later(2))
    await keep(store, arrival(MEI, answer("yes")))
    mei = await find(store, MEI)
    assert mei
    gone = turn(MEI, mei.conversations[0], Erased(at=later(3)))
    await keep(store, Changes(kept=[gone], erased=["mei"]), later(3))
    return store


async def test_what_was_written_verifies_also_after_an_erasure(talked: SqlStore) -> None:
    report = await last(verify(talked))
    assert report.findings == []
    assert (report.conversations, report.events) == (6, 5 * 5 + 3)


async def test_every_page_is_looked_at(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.verifying._PAGE", 2)
    for person in crowd(5):
        await keep(store, arrival(person))
    assert (await last(verify(store))).conversations == 5


async def test_somebody_erased_while_it_looks_is_no_finding(
    store: SqlStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It sees the state before the erasure, and the key is gone by the time it comes there."""
    monkeypatch.setattr("bot.storage.verifying._PAGE", 1)
    for person in crowd(3):
        await keep(store, arrival(person, answer("yes")))
    reports = verify(store)
    await anext(reports)
    await keep(store, Changes(erased=["p2"]), later(1))
    database.vault._at_hand.clear()
    assert (await last(reports)).findings == []
    await database.vault.destroy({"p1": later(2)})  # without an erasure: that does show
    database.vault._at_hand.clear()
    assert {finding.conversation for finding in (await last(verify(store))).findings} == {"p1-1"}


@dataclass(slots=True)
class Intruder:
    """Writes to the database as its administrator can."""

    connection: AsyncConnection
    chance: Random

    async def rows(self) -> list[Any]:
        every = await self.connection.execute(
            select(events).order_by(events.c.conversation_id, events.c.position)
        )
        return [row for row in every if row.body]

    async def one(self) -> Any:
        return self.chance.choice(await self.rows())

    async def set(self, row: Any, **values: Any) -> str:
        at = events.c.conversation_id == row.conversation_id, events.c.position == row.position
        await self.connection.execute(update(events).where(*at).values(**values))
        return str(row.conversation_id)

    async def relink(self, conversation: str) -> str:
        """Make the chain fit again, as anybody who read the source can."""
        query = select(events).where(events.c.conversation_id == conversation).order_by(events.c.position)
        head = START
        for row in (await self.connection.execute(query)).all():
            head = link(head, row._asdict())
            await self.set(row, hash=head)
        await self.talk(conversation, head=head)
        return conversation

    async def talk(self, conversation: str, **values: Any) -> str:
        await self.connection.execute(
            update(conversations).where(conversations.c.id == conversation).values(**values)
        )
        return conversation


def flipped(value: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(value))
    return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]


async def edit(i: Intruder) -> str:
    row = await i.one()
    column = i.chance.choice(["body", "digest", "hash", "at", "told_at", "actor", "id"])
    value = {
        "at": row.at + timedelta(seconds=i.chance.choice([-1, 1])),
        "told_at": NOW if row.told_at is None else None,
        "actor": "system" if row.actor == "participant" else "participant",
        "id": f"x{row.id}",
        **{name: flipped(getattr(row, name), i.chance) for name in ("body", "digest", "hash")},
    }[column]
    return await i.set(row, **{column: value})


async def edit_and_relink(i: Intruder) -> str:
    row = await i.one()
    body = flipped(row.body, i.chance)
    return await i.relink(await i.set(row, body=body, digest=hashlib.sha256(body).digest()))


async def retime_and_relink(i: Intruder) -> str:
    row = await i.one()
    return await i.relink(await i.set(row, at=row.at + timedelta(seconds=i.chance.choice([-1, 1]))))


async def reattribute_and_relink(i: Intruder) -> str:
    """Say that somebody else did it, or that Telegram named another time."""
    row = await i.one()
    other = "system" if row.actor == "participant" else "participant"
    told = (row.told_at or NOW) + timedelta(seconds=1)
    values: dict[str, Any] = i.chance.choice([{"actor": other}, {"told_at": told}])
    return await i.relink(await i.set(row, **values))


async def silence(i: Intruder) -> str:
    """Empty what was said, as if it had been forgotten."""
    return await i.set(await i.one(), body=b"")


async def silence_and_relink(i: Intruder) -> str:
    return await i.relink(await i.set(await i.one(), body=b"", digest=hashlib.sha256(b"").digest()))


async def remove(i: Intruder) -> str:
    row = await i.one()
    at = events.c.conversation_id == row.conversation_id, events.c.position == row.position
    await i.connection.execute(delete(events).where(*at))
    return str(row.conversation_id)


async def cut_the_tail(i: Intruder) -> str:
    """Remove the last events, and make everything else fit."""
    row = await i.one()
    at = events.c.conversation_id == row.conversation_id, events.c.position >= row.position
    await i.connection.execute(delete(events).where(*at))
    await i.talk(row.conversation_id, revision=row.position - 1)
    return await i.relink(row.conversation_id)


async def swap(i: Intruder) -> str:
    one, other = i.chance.sample(await i.rows(), 2)
    await i.set(one, body=other.body, digest=other.digest)
    await i.set(other, body=one.body, digest=one.digest)
    await i.relink(one.conversation_id)
    return await i.relink(other.conversation_id)


async def add(i: Intruder) -> str:
    row = await i.one()
    query = select(conversations).where(conversations.c.id == row.conversation_id)
    talk = (await i.connection.execute(query)).one()
    more = {**row._mapping, "position": talk.revision + 1, "id": f"y{row.id}"}
    await i.connection.execute(insert(events).values(more))
    await i.talk(talk.id, revision=talk.revision + 1)
    return await i.relink(talk.id)


async def change_the_row(i: Intruder) -> str:
    talk = i.chance.choice((await i.connection.execute(select(conversations))).all())
    owner = i.chance.choice((await i.connection.execute(select(participants.c.id))).scalars().all())
    values: list[dict[str, Any]] = [
        {"revision": talk.revision + 1},
        {"head": flipped(talk.head, i.chance)},
        {"snapshot": flipped(talk.snapshot, i.chance)},
        {"status": "completed"},
        {"trial": "NCT00000000"},
        {"contact_permission": not talk.contact_permission},
        {"previous": "other"},
        *([{"participant_id": owner}] if owner != talk.participant_id and talk.status != "erased" else []),
    ]
    return await i.talk(talk.id, **i.chance.choice(values))


Deed = Callable[[Intruder], Awaitable[str]]
DEEDS: tuple[Deed, ...] = (
    *(edit, edit_and_relink, retime_and_relink, reattribute_and_relink, silence, silence_and_relink, remove),
    *(cut_the_tail, swap, add, change_the_row),
)


@only_sqlite
async def test_every_manipulation_is_found_and_named(talked: SqlStore, database: Database) -> None:
    chance = Random(20261122)
    missed: Counter[str] = Counter()
    for _ in range(MANIPULATIONS):
        deed = chance.choice(DEEDS)
        async with database.engine.connect() as connection:
            touched = await deed(Intruder(connection, chance))
            findings = (await last(verify_on(connection, database.vault))).findings
            await connection.rollback()
        missed[deed.__name__] += touched not in {finding.conversation for finding in findings}
    sys.stdout.write(f"{MANIPULATIONS} manipulations, {sum(missed.values())} not found\n")
    assert not +missed
    assert (await last(verify(talked))).findings == [], "the test left something"


async def test_the_row_is_named(talked: SqlStore, database: Database) -> None:
    async with database.writing() as connection:
        where = events.c.conversation_id == "p2-1", events.c.position == 3
        await connection.execute(update(events).where(*where).values(actor="system"))
    assert (await last(verify(talked))).findings == [
        Finding("p2-1", 3, "an event, or the one before it, was changed"),
        Finding("p2-1", 3, "an event does not open with its key"),
    ]


async def test_an_event_that_was_removed_is_named_as_missing(talked: SqlStore, database: Database) -> None:
    async with database.writing() as connection:
        where = events.c.conversation_id == "p2-1", events.c.position == 2
        await connection.execute(delete(events).where(*where))
    assert (await last(verify(talked))).findings[0] == Finding("p2-1", 2, "an event is missing")


async def test_another_time_is_named_although_all_hashes_fit(talked: SqlStore, database: Database) -> None:
    async with database.writing() as connection:
        intruder = Intruder(connection, Random(1))
        row = next(row for row in await intruder.rows() if (row.conversation_id, row.position) == ("p2-1", 3))
        await intruder.relink(await intruder.set(row, at=later(9)))
    assert (await last(verify(talked))).findings == [Finding("p2-1", 3, "the time of an event was changed")]


@pytest.mark.parametrize("values", [{"actor": "system"}, {"told_at": later(9)}])
async def test_another_actor_is_named_although_all_hashes_fit(
    talked: SqlStore, database: Database, values: dict[str, Any]
) -> None:
    async with database.writing() as connection:
        intruder = Intruder(connection, Random(1))
        row = next(row for row in await intruder.rows() if (row.conversation_id, row.position) == ("p2-1", 3))
        await intruder.relink(await intruder.set(row, **values))
    assert (await last(verify(talked))).findings == [
        Finding("p2-1", 3, "an event does not open with its key")
    ]


async def test_a_message_that_was_tampered_with_is_not_sent_and_holds_nobody_up(
    store: SqlStore, database: Database
) -> None:
    await keep(store, arrival(LIN))
    await keep(store, arrival(MEI))
    async with database.writing() as connection:
        first, second = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
        await connection.execute(update(outbox).where(outbox.c.id == second.id).values(body=first.body))
    assert await send_all(SqlOutbox(database, "one")) == ["Welcome"]
    async with database.reading() as connection:
        failed = (await connection.execute(select(outbox.c.failure).order_by(outbox.c.id))).scalars().all()
    assert failed == [None, "unreadable"]


async def test_a_state_of_an_earlier_program_follows_from_its_events(talked: SqlStore) -> None:
    """Such a state does not hold what was agreed to; one that holds something else does not follow."""
    await _agreed(talked, {})
    assert (await last(verify(talked))).findings == []
    made_up = Consent("voluntary", "en", "another", "", at=NOW)
    name = await _agreed(talked, {"voluntary": made_up})
    (found,) = (await last(verify(talked))).findings
    assert (found.conversation, found.what) == (name, "the state does not follow from the events")


async def _agreed(store: SqlStore, agreed: dict[str, Consent]) -> str:
    """Write another state of one conversation, as only the program can, and return its code."""
    async with store.database.writing() as connection:
        living = select(conversations).where(conversations.c.status != "erased").order_by(conversations.c.id)
        row = (await connection.execute(living.limit(1))).one()
        owner = select(participants).where(participants.c.id == row.participant_id)
        her = (await connection.execute(owner)).one()
        place = snapshot_of(row.id, row.revision, Whose(her.chat_id, her.code))
        (body,) = await store.database.vault.open([(place, row.snapshot)])
        sealer = await store.database.vault.sealer({row.participant_id})
        state = write_conversation(replace(read_conversation(body), agreed=agreed))
        sealed = sealer.seal(row.participant_id, place, state)
        await connection.execute(
            update(conversations).where(conversations.c.id == row.id).values(snapshot=sealed)
        )
    return str(row.id)
