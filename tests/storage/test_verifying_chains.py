"""What `verify` finds in review cases and in the installation's chain, with a checkpoint kept elsewhere.

DOORSTEP_MANIPULATIONS=100000 pytest -s tests/storage/test_verifying_chains.py is a longer campaign.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance decides what is changed
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.bundle import Bundle
from bot.domain.case_actions import Claim, Note
from bot.service.review import act
from bot.storage.chain import CHAIN, HEAD, START, chained, link, written
from bot.storage.checkpoints import Witness
from bot.storage.database import Database
from bot.storage.restore import behind
from bot.storage.review_tables import case_events, cases, installation_events, staff
from bot.storage.store import SqlStore
from bot.storage.tables import installation
from bot.storage.verifying import Report, verify, verify_on
from tests.storage.caseload import bring, hire, open_office
from tests.storage.conftest import only_sqlite
from tests.storage.persona import MEI, arrival, crowd, keep, later

MANIPULATIONS = int(os.environ.get("DOORSTEP_MANIPULATIONS", "300"))
FILE = "checkpoints-here.jsonl"
SEED = b"s" * 32


@dataclass(slots=True)
class Office:
    """A store with cases, a checkpoint of it, and the rows of the cases as they once were."""

    store: SqlStore
    folder: Path
    early: Sequence[Any]

    async def found(self) -> list[tuple[str, int | None, str]]:
        report: Report = [report async for report in verify(self.store)][-1]
        return [(finding.conversation, finding.position, finding.what) for finding in report.findings]


@pytest.fixture
async def worked(store: SqlStore, bundle: Bundle, tmp_path: Path) -> Office:
    """Four people with a case each that somebody works on, and five colleagues."""
    office = await open_office(store, bundle)
    ids = await bring(store, bundle, crowd(4))
    (wang, *_) = await hire(office, 5)
    async with store.database.reading() as connection:
        early = (await connection.execute(select(cases).order_by(cases.c.id))).all()
    for number, name in enumerate(ids):
        await act(office, name, Claim(), wang.id, now=later(number + 1))
        await act(office, name, Note("called"), wang.id, now=later(number + 2))
    store.witness = Witness(tmp_path / "elsewhere", "here", SEED)
    await store.tidy(later(9))
    return Office(store, tmp_path / "elsewhere", early)


async def put_back(connection: AsyncConnection, row: Any) -> str:
    """Make a case what it was, with a row that somebody kept a copy of: all there fits."""
    late = case_events.c.case_id == row.id, case_events.c.position > row.revision
    await connection.execute(delete(case_events).where(*late))
    kept = {name: value for name, value in row._asdict().items() if name != "checkpointed"}
    await connection.execute(update(cases).where(cases.c.id == row.id).values(kept))
    return f"case {row.id}"


async def shorten(connection: AsyncConnection, length: int) -> None:
    """Cut the end of the installation's chain, and say that it was never longer."""
    here = installation_events.c.position
    await connection.execute(delete(installation_events).where(here > length))
    newest = select(installation_events.c.hash).where(here == length)
    head = (await connection.execute(newest)).scalar() or START
    held = update(installation).where(installation.c.name == HEAD)
    await connection.execute(held.values(value=written(length, bytes(head))))


async def test_a_checkpoint_lists_cases_and_the_installation_once(worked: Office) -> None:
    assert await worked.found() == []
    (line,) = (worked.folder / FILE).read_text().splitlines()
    assert [name for name, _, _ in json.loads(line)["chains"]] == [
        *(f"case case-p{n}" for n in range(4)),
        "installation",
    ]
    await worked.store.tidy(later(10))
    assert len((worked.folder / FILE).read_text().splitlines()) == 1, "nothing changed"
    await keep(worked.store, arrival(MEI))
    await worked.store.tidy(later(11))
    assert "chains" not in json.loads((worked.folder / FILE).read_text().splitlines()[-1])


async def test_a_case_put_back_as_it_was_is_named(worked: Office, database: Database) -> None:
    async with database.writing() as connection:
        await put_back(connection, worked.early[2])
    length = worked.early[2].revision
    assert await worked.found() == [("case case-p2", length + 1, f"events are missing that {FILE}:1 lists")]
    worked.store.witness = None
    assert await worked.found() == [], "without a checkpoint nobody can tell: this is why they are listed"


async def test_a_case_that_is_gone_is_named(worked: Office, database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(delete(case_events).where(case_events.c.case_id == "case-p1"))
        await connection.execute(delete(cases).where(cases.c.id == "case-p1"))
    assert await worked.found() == [("case case-p1", None, f"the case is gone, which {FILE}:1 lists")]


@pytest.mark.parametrize("left", [4, 0])
async def test_the_installations_chain_cut_short_is_named(
    worked: Office, database: Database, left: int
) -> None:
    async with database.writing() as connection:
        late = (await connection.execute(select(staff.c.id).order_by(staff.c.id))).scalars().all()[left:]
        await shorten(connection, left)
    shorter = (CHAIN, left + 1, "events are missing that the sealed head counts")
    gone = [(f"staff {name}", None, "somebody is on the register of whom no event tells") for name in late]
    listed = (CHAIN, left + 1, f"events are missing that {FILE}:1 lists")
    assert await worked.found() == [listed, shorter, *gone]
    worked.store.witness = None
    assert await worked.found() == [shorter, *gone]


async def test_what_is_missing_of_cases_counts_as_no_conversation(worked: Office, database: Database) -> None:
    """Where a backup is put back, it is conversations that are counted."""
    async with database.writing() as connection:
        await shorten(connection, 1)
    assert await behind(worked.store) == 0


async def test_a_file_of_an_earlier_program_is_read(worked: Office) -> None:
    """It lists conversations alone, and what was written since lists the rest."""
    path = worked.folder / "checkpoints-before.jsonl"
    before = Witness(worked.folder, "before", SEED)
    before._append(later(1), [["p0-1", 1, "00"], ["p1-1", 2, await _head(worked.store)]], [])
    assert "chains" not in path.read_text()
    assert await worked.found() == []


async def _head(store: SqlStore) -> str:
    assert store.witness
    async with store.database.reading() as connection:
        return (await store.witness.marks(connection))["p1-1"].head


@dataclass(slots=True)
class Intruder:
    """Writes to the database as its administrator can, and makes the hashes fit again."""

    connection: AsyncConnection
    chance: Random
    early: Sequence[Any]

    async def of_case(self) -> Any:
        return self.chance.choice((await self.connection.execute(select(case_events))).all())

    async def of_installation(self) -> Any:
        return self.chance.choice((await self.connection.execute(select(installation_events))).all())

    async def set_case(self, row: Any, **values: Any) -> str:
        at = case_events.c.case_id == row.case_id, case_events.c.position == row.position
        await self.connection.execute(update(case_events).where(*at).values(**values))
        return f"case {row.case_id}"

    async def set_installation(self, row: Any, **values: Any) -> str:
        here = update(installation_events).where(installation_events.c.position == row.position)
        await self.connection.execute(here.values(**values))
        return CHAIN

    async def relink_case(self, case: str, length: int | None = None) -> str:
        mine = select(case_events).where(case_events.c.case_id == case).order_by(case_events.c.position)
        head = START
        for row in (await self.connection.execute(mine)).all():
            head = link(head, case, row._asdict())
            await self.set_case(row, hash=head)
        values = {"head": head} if length is None else {"head": head, "revision": length}
        await self.connection.execute(update(cases).where(cases.c.id == case).values(values))
        return f"case {case}"

    async def relink_installation(self) -> str:
        every = select(installation_events).order_by(installation_events.c.position)
        head, length = START, 0
        for row in (await self.connection.execute(every)).all():
            head, length = link(head, CHAIN, row._asdict()), row.position
            await self.set_installation(row, hash=head)
        held = update(installation).where(installation.c.name == HEAD)
        await self.connection.execute(held.values(value=written(length, head)))
        return CHAIN


def changed(row: Any, chance: Random) -> dict[str, Any]:
    column = chance.choice(["body", "digest", "hash", "at", "actor", "id"])
    value = getattr(row, column)
    if column == "at":
        return {column: value + timedelta(seconds=chance.choice([-1, 1]))}
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return {column: value[:at] + bytes([value[at] ^ 1 << chance.randrange(8)]) + value[at + 1 :]}
    return {column: f"x{value}"}


async def edit_case(i: Intruder) -> str:
    row = await i.of_case()
    return await i.set_case(row, **changed(row, i.chance))


async def blame_in_case(i: Intruder) -> str:
    row = await i.of_case()
    await i.set_case(row, actor="somebody-else")
    return await i.relink_case(row.case_id)


async def remove_from_case(i: Intruder) -> str:
    row = await i.of_case()
    at = case_events.c.case_id == row.case_id, case_events.c.position == row.position
    await i.connection.execute(delete(case_events).where(*at))
    return f"case {row.case_id}"


async def cut_case(i: Intruder) -> str:
    row = await i.of_case()
    at = case_events.c.case_id == row.case_id, case_events.c.position >= row.position
    await i.connection.execute(delete(case_events).where(*at))
    return await i.relink_case(row.case_id, row.position - 1)


async def put_case_back(i: Intruder) -> str:
    return await put_back(i.connection, i.chance.choice(i.early))


async def lose_case(i: Intruder) -> str:
    row = await i.of_case()
    await i.connection.execute(delete(case_events).where(case_events.c.case_id == row.case_id))
    await i.connection.execute(delete(cases).where(cases.c.id == row.case_id))
    return f"case {row.case_id}"


async def edit_installation(i: Intruder) -> str:
    row = await i.of_installation()
    return await i.set_installation(row, **changed(row, i.chance))


async def blame_in_installation(i: Intruder) -> str:
    await i.set_installation(await i.of_installation(), actor="somebody-else")
    return await i.relink_installation()


async def remove_from_installation(i: Intruder) -> str:
    row = await i.of_installation()
    at = installation_events.c.position == row.position
    await i.connection.execute(delete(installation_events).where(at))
    return CHAIN


async def cut_installation(i: Intruder) -> str:
    await shorten(i.connection, (await i.of_installation()).position - 1)
    return CHAIN


async def forget_installation(i: Intruder) -> str:
    await i.connection.execute(delete(installation_events))
    await i.connection.execute(delete(installation).where(installation.c.name == HEAD))
    return CHAIN


async def add_to_installation(i: Intruder) -> str:
    newest = select(installation_events).order_by(installation_events.c.position.desc()).limit(1)
    last = (await i.connection.execute(newest)).one()
    more = {**last._asdict(), "position": last.position + 1, "id": f"y{last.id}"}
    chained(bytes(last.hash), CHAIN, more)
    await i.connection.execute(insert(installation_events).values(more))
    return await i.relink_installation()


Deed = Callable[[Intruder], Awaitable[str]]
DEEDS: tuple[Deed, ...] = (
    *(edit_case, blame_in_case, remove_from_case, cut_case, put_case_back, lose_case),
    *(edit_installation, blame_in_installation, remove_from_installation, cut_installation),
    *(forget_installation, add_to_installation),
)


@only_sqlite
async def test_every_manipulation_of_these_chains_is_found_and_named(
    worked: Office, database: Database
) -> None:
    chance = Random(20261122)
    missed: Counter[str] = Counter()
    assert worked.store.witness
    async with database.reading() as connection:
        marks = await worked.store.witness.marks(connection)
    for _ in range(MANIPULATIONS):
        deed = chance.choice(DEEDS)
        async with database.engine.connect() as connection:
            touched = await deed(Intruder(connection, chance, worked.early))
            *_, report = [report async for report in verify_on(connection, database.vault, marks)]
            await connection.rollback()
        missed[deed.__name__] += touched not in {finding.conversation for finding in report.findings}
    sys.stdout.write(f"{MANIPULATIONS} manipulations of chains, {sum(missed.values())} not found\n")
    assert not +missed
    assert await worked.found() == [], "the test left something"
