"""Rows that no trail tells of by themselves, changed by somebody without a key; and no checkpoint to help.

DOORSTEP_MANIPULATIONS=100000 pytest -s tests/storage/test_verifying_rows.py is a longer campaign.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random  # noqa: TID251 -- repeatable chance decides what is changed
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.bundle import Bundle
from bot.domain.case_actions import Claim, Note
from bot.domain.staff import OPERATOR, Role
from bot.service import register
from bot.service.ports import Person
from bot.service.review import Office, act
from bot.service.saved_views import save_view
from bot.storage.chain import CHAIN, HEAD, START, link, written
from bot.storage.codec import Whose, snapshot_of
from bot.storage.database import Database
from bot.storage.installation_head import SEALED, forget_head
from bot.storage.review_tables import case_events, cases, installation_events, saved_views, staff
from bot.storage.sealing import Unreadable
from bot.storage.store import SqlStore
from bot.storage.tables import chats, conversations, editions, installation, participants
from bot.storage.verifying import Finding, verify, verify_on
from tests.storage.caseload import bring, hire, open_office
from tests.storage.conftest import only_sqlite
from tests.storage.persona import crowd, find, later

MANIPULATIONS = int(os.environ.get("DOORSTEP_MANIPULATIONS", "300"))


@pytest.fixture
async def office(store: SqlStore, bundle: Bundle) -> Office:
    """Four people with a case each, five colleagues, of whom one left and one may do more than before."""
    office = await open_office(store, bundle)
    ids = await bring(store, bundle, crowd(4))
    wang, li, zhao, *_ = await hire(office, 5)
    for number, name in enumerate(ids):
        await act(office, name, Claim(), wang.id, now=later(number + 1))
        await act(office, name, Note("called"), wang.id, now=later(number + 2))
    for each in (wang, li, zhao):
        await save_view(office, each.id, f"view of {each.name}", {"tab": "mine"})
    await register.remove_staff(office, li.id, by=OPERATOR, now=later(7))
    roles = [Role.INVESTIGATOR]
    await register.change_staff(office, zhao.id, roles, sees_identity=True, by=OPERATOR, now=later(8))
    await store.tidy(later(9))
    return office


async def found(store: SqlStore) -> list[Finding]:
    *_, report = [report async for report in verify(store)]
    return report.findings


@pytest.mark.usefixtures("office")
async def test_what_was_written_verifies(store: SqlStore) -> None:
    assert await found(store) == []


@dataclass(slots=True)
class Intruder:
    """Writes to the database as its administrator can, and makes the hashes fit again."""

    connection: AsyncConnection
    chance: Random

    async def some(self, table: Table, number: int = 1) -> list[Any]:
        rows = (await self.connection.execute(select(table))).all()
        return self.chance.sample(list(rows), number)

    async def set(self, table: Table, row: Any, **values: Any) -> None:
        key, *_ = table.primary_key
        await self.connection.execute(update(table).where(key == row[0]).values(**values))


async def swap_chats(i: Intruder) -> str:
    """Have one's own Telegram account speak for somebody else."""
    mine, theirs = await i.some(participants, 2)
    (spare,) = (await i.connection.execute(insert(chats).values(**SPARE).returning(chats.c.id))).one()
    for row, chat in ((mine, spare), (theirs, mine.chat_id), (mine, theirs.chat_id)):
        await i.set(participants, row, chat_id=chat)
    return f"{theirs.id}-1"


SPARE = {"id": "spare", "private": True, "sequence": 0}


async def swap_accounts(i: Intruder) -> str:
    """Have one's own Telegram account find somebody else's chat."""
    mine, theirs = await i.some(chats, 2)
    for row, lookup in ((mine, None), (theirs, mine.lookup), (mine, theirs.lookup)):
        await i.set(chats, row, lookup=lookup)
    whose = select(participants.c.id).where(participants.c.chat_id == theirs.id)
    return f"participant {(await i.connection.execute(whose)).scalar_one()}"


async def recode(i: Intruder) -> str:
    (row,) = await i.some(participants)
    await i.set(participants, row, code="another1")
    return f"{row.id}-1"


async def move_a_talk(i: Intruder) -> str:
    """Let somebody's conversation be one's own."""
    mine, theirs = await i.some(participants, 2)
    talk = conversations.c.participant_id == theirs.id
    await i.connection.execute(update(conversations).where(talk).values(participant_id=mine.id))
    return f"{theirs.id}-1"


async def change_a_participant(i: Intruder) -> str:
    mine, other = await i.some(participants, 2)
    values: list[dict[str, Any]] = [{"current": f"{other.id}-1"}, {"erased_at": later(1)}]
    await i.set(participants, mine, **i.chance.choice(values))
    return f"participant {mine.id}"


async def change_a_case(i: Intruder) -> str:
    mine, other = await i.some(cases, 2)
    values: list[dict[str, Any]] = [
        {"code": other.code},
        {"source": "elsewhere"},
        {"due_at": None},
        {"due_at": mine.due_at + timedelta(days=30)},
        {"opened_at": mine.opened_at - timedelta(days=1)},
        {"changed_at": mine.changed_at - timedelta(days=1)},
        {"participant_id": other.participant_id},
    ]
    await i.set(cases, mine, **i.chance.choice(values))
    return f"case {mine.id}"


async def change_a_talk(i: Intruder) -> str:
    (row,) = await i.some(conversations)
    values = i.chance.choice([{"opened_at": later(9)}, {"finished_at": later(9)}])
    await i.set(conversations, row, **values)
    return str(row.id)


async def blame(i: Intruder) -> str:
    """Say that somebody else did something to a case, with every hash made to fit."""
    (row,) = await i.some(cases)
    mine = select(case_events).where(case_events.c.case_id == row.id).order_by(case_events.c.position)
    trail = [each._asdict() for each in (await i.connection.execute(mine)).all()]
    victim = i.chance.choice(trail)
    victim |= i.chance.choice([{"actor": "somebody"}, {"at": victim["at"] + timedelta(seconds=1)}])
    head = START
    for each in trail:
        head = each["hash"] = link(head, row.id, each)
        here = case_events.c.case_id == row.id, case_events.c.position == each["position"]
        await i.connection.execute(update(case_events).where(*here).values(each))
    await i.set(cases, row, head=head)
    return f"case {row.id}"


async def promote(i: Intruder) -> str:
    """Give somebody another's place, another Telegram account, or their own place of before."""
    mine, other = await i.some(staff, 2)
    values: list[dict[str, Any]] = [
        {"lookup": b"the hash of another account"},
        {"body": other.body},
    ]
    await i.set(staff, mine, **i.chance.choice(values))
    return f"staff {mine.id}"


async def hire_oneself(i: Intruder) -> str:
    (row,) = await i.some(staff)
    await i.connection.execute(insert(staff).values({**row._asdict(), "id": "mine", "lookup": None}))
    return "staff mine"


async def hand_over_views(i: Intruder) -> str:
    """Let one member have another's saved views."""
    mine, other = await i.some(saved_views, 2)
    await i.set(saved_views, mine, body=other.body)
    return f"staff {mine.staff_id}"


async def cut(i: Intruder) -> str:
    """Cut the end of the installation's chain, and say that it was never longer."""
    (row,) = await i.some(installation_events)
    await shorten(i.connection, row.position - 1)
    return CHAIN


async def cut_and_unseal(i: Intruder) -> str:
    await i.connection.execute(delete(installation).where(installation.c.name == SEALED))
    return await cut(i)


async def wipe(i: Intruder) -> str:
    await i.connection.execute(delete(installation_events))
    await i.connection.execute(delete(installation).where(installation.c.name.in_([HEAD, SEALED])))
    return CHAIN


async def reword(i: Intruder) -> str:
    (row,) = await i.some(editions)
    values = i.chance.choice([{"body": row.body + b" "}, {"body": b"{}"}])
    await i.set(editions, row, **values)
    return f"edition {row.content_hash}"


async def shorten(connection: AsyncConnection, length: int) -> None:
    here = installation_events.c.position
    await connection.execute(delete(installation_events).where(here > length))
    head = (await connection.execute(select(installation_events.c.hash).where(here == length))).scalar()
    held = update(installation).where(installation.c.name == HEAD)
    await connection.execute(held.values(value=written(length, bytes(head or START))))


Deed = Callable[[Intruder], Awaitable[str]]
DEEDS: tuple[Deed, ...] = (
    *(swap_chats, swap_accounts, recode, move_a_talk, change_a_participant, change_a_talk),
    *(change_a_case, blame, promote, hire_oneself, hand_over_views, cut, cut_and_unseal, wipe, reword),
)


@pytest.mark.usefixtures("office")
@only_sqlite
async def test_every_changed_row_is_found_and_named(store: SqlStore, database: Database) -> None:
    chance = Random(20261123)
    missed: Counter[str] = Counter()
    for _ in range(MANIPULATIONS):
        deed = chance.choice(DEEDS)
        async with database.engine.connect() as connection:
            touched = await deed(Intruder(connection, chance))
            *_, report = [report async for report in verify_on(connection, database.vault)]
            await connection.rollback()
        missed[deed.__name__] += touched not in {finding.conversation for finding in report.findings}
    sys.stdout.write(f"{MANIPULATIONS} changed rows, {sum(missed.values())} not found\n")
    assert not +missed
    assert await found(store) == [], "the test left something"


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("deed", DEEDS)
async def test_each_of_them_is_named(store: SqlStore, database: Database, deed: Deed) -> None:
    async with database.writing() as connection:
        touched = await deed(Intruder(connection, Random(1)))
    assert touched in {finding.conversation for finding in await found(store)}


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("deed", [swap_chats, swap_accounts, move_a_talk])
async def test_nobody_reads_for_another(store: SqlStore, database: Database, deed: Deed) -> None:
    """Whoever makes their own Telegram account stand for somebody else is not taken for them."""
    async with database.writing() as connection:
        await deed(Intruder(connection, Random(1)))
    opened: list[Person | None] = []
    for person in crowd(4):
        try:
            opened.append(await find(store, person))
        except Unreadable:
            opened.append(None)
    assert None in opened
    for person, someone in zip(crowd(4), opened, strict=True):
        talks = [talk.id for talk in someone.conversations] if someone else []
        assert someone is None or (someone.id == person.id and talks in ([], [f"{person.id}-1"]))


@pytest.mark.usefixtures("office")
async def test_a_state_of_an_earlier_program_opens(store: SqlStore, database: Database) -> None:
    async with database.writing() as connection:
        row = (await connection.execute(select(conversations).order_by(conversations.c.id))).first()
        assert row
        owner = select(participants).where(participants.c.id == row.participant_id)
        her = (await connection.execute(owner)).one()
        place = snapshot_of(row.id, row.revision, Whose(her.chat_id, her.code))
        (state,) = await database.vault.open([(place, row.snapshot)])
        sealer = await database.vault.sealer({her.id})
        before = sealer.seal(her.id, place._replace(row=f"{row.id}@{row.revision}", once=None), state)
        await Intruder(connection, Random(1)).set(conversations, row, snapshot=before)
    assert await found(store) == []


async def test_a_chain_that_was_cut_stays_found_however_it_goes_on(
    office: Office, store: SqlStore, database: Database
) -> None:
    async with database.writing() as connection:
        length = len((await connection.execute(select(installation_events))).all())
        await shorten(connection, length - 2)
    await hire_more(office, "New", 8)
    assert Finding(CHAIN, length, "events are missing that the sealed head counts") in await found(store)
    await hire_more(office, "Newer", 9)
    changed = Finding(CHAIN, length, "an event is not the one that was sealed as the newest")
    assert changed in await found(store)


async def hire_more(office: Office, name: str, account: int) -> None:
    await register.add_staff(
        office,
        name,
        [Role.AUDITOR],
        telegram_id=7_000_001_000 + account,
        sees_identity=False,
        by=OPERATOR,
        now=later(10),
    )


async def test_rights_of_before_put_back_in_their_own_place_are_found(
    office: Office, store: SqlStore, database: Database
) -> None:
    await hire_more(office, "New", 8)
    async with database.reading() as connection:
        before = (await connection.execute(select(staff).where(staff.c.added_at == later(10)))).one()
    roles = [Role.COORDINATOR]
    await register.change_staff(office, before.id, roles, sees_identity=True, by=OPERATOR, now=later(11))
    assert await found(store) == []
    async with database.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == before.id).values(body=before.body))
    changed = "what somebody may do is not what the events tell"
    assert await found(store) == [Finding(f"staff {before.id}", None, changed)]


async def test_a_plain_head_counts_only_where_none_was_ever_sealed(
    office: Office, store: SqlStore, database: Database
) -> None:
    """As an earlier program left it: it is sealed with the next event, and from then on it must be."""
    async with database.writing() as connection:
        await connection.execute(delete(installation).where(installation.c.name == SEALED))
    gone = [Finding(CHAIN, None, "the sealed head of the chain is gone")]
    assert await found(store) == gone
    await hire_more(office, "New", 8)
    await store.tidy(later(11))
    assert await found(store) == gone, "taking it away does not have it made anew"
    async with database.reading() as connection:
        await forget_head(connection, database.vault)
    assert await found(store) == []
    await hire_more(office, "Newer", 9)
    await store.tidy(later(12))
    async with database.writing() as connection:
        await connection.execute(delete(installation).where(installation.c.name == SEALED))
    assert await found(store) == gone
