"""What a chain cannot show, a checkpoint kept elsewhere does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.service.ports import Changes, Person
from bot.storage import checkpoints
from bot.storage.checkpoints import Broken, Witness
from bot.storage.database import Database
from bot.storage.store import SqlStore
from bot.storage.tables import conversations, events, installation
from bot.storage.trail import START, link
from bot.storage.verifying import Report, verify
from tests.storage.persona import MEI, answer, arrival, crowd, find, keep, later, rows, turn

SEED = b"s" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere"


@pytest.fixture
def watched(store: SqlStore, folder: Path) -> SqlStore:
    store.witness = Witness(folder, "one.example/x", SEED)
    return store


async def found(store: SqlStore) -> list[tuple[str, int | None, str]]:
    report: Report = [report async for report in verify(store)][-1]
    return [(finding.conversation, finding.position, finding.what) for finding in report.findings]


async def says(store: SqlStore, person: Person, value: str, minute: int) -> None:
    known = await find(store, person)
    assert known
    said = turn(person, known.conversations[0], answer(value, at=later(minute)))
    await keep(store, Changes(kept=[said]), later(minute))


async def test_a_checkpoint_lists_what_changed_and_nothing_is_found(watched: SqlStore, folder: Path) -> None:
    for person in crowd(3):
        await keep(watched, arrival(person))
    await watched.tidy(later(1))
    await watched.tidy(later(2))
    await says(watched, crowd(3)[1], "yes", 3)
    await watched.tidy(later(3))
    lines = (folder / "checkpoints-one.example-x.jsonl").read_text().splitlines()
    assert len(lines) == 2, "where nothing changed, nothing is written"
    assert lines[1].count("p1-1") == 1
    assert "p0-1" not in lines[1]
    assert await found(watched) == []


async def test_a_conversation_that_is_gone_is_named(watched: SqlStore, database: Database) -> None:
    for person in crowd(3):
        await keep(watched, arrival(person, answer("yes")))
    await watched.tidy(later(1))
    async with database.writing() as connection:
        await connection.execute(delete(events).where(events.c.conversation_id == "p1-1"))
        await connection.execute(delete(conversations).where(conversations.c.id == "p1-1"))
    assert {(where, what) for where, _, what in await found(watched)} >= {
        ("p1-1", "the conversation is gone, which checkpoints-one.example-x.jsonl:1 lists")
    }
    assert {where for where, _, _ in await found(watched)} == {"p1-1", "participant p1"}


async def put_back(database: Database, talk: Any) -> None:
    """Make a conversation what it was earlier, with a row that somebody kept a copy of."""
    async with database.writing() as connection:
        late = events.c.conversation_id == talk.id, events.c.position > talk.revision
        await connection.execute(delete(events).where(*late))
        where = conversations.c.id == talk.id
        await connection.execute(update(conversations).where(where).values(talk._asdict()))


async def test_a_conversation_put_back_as_it_was_is_named(watched: SqlStore, database: Database) -> None:
    await keep(watched, arrival(MEI, answer("yes")))
    async with database.reading() as connection:
        earlier = (await connection.execute(select(conversations))).one()
    await says(watched, MEI, "no", 1)
    await put_back(database, earlier)
    assert await found(watched) == [], "without a checkpoint nobody can tell: this is why there are some"
    await says(watched, MEI, "no", 2)
    await watched.tidy(later(2))
    await put_back(database, earlier)
    assert await found(watched) == [
        ("mei-1", 3, "events are missing that checkpoints-one.example-x.jsonl:1 lists")
    ]
    await says(watched, MEI, "not_sure", 3)
    assert await found(watched) == [
        ("mei-1", 3, "an event is not the one that checkpoints-one.example-x.jsonl:1 lists")
    ]


async def rewrite(database: Database, talk: str, position: int, **values: Any) -> None:
    """Change what stands beside an event, and make each hash from there on fit again."""
    async with database.writing() as connection:
        here = events.c.conversation_id == talk
        await connection.execute(update(events).where(here, events.c.position == position).values(**values))
        head = START
        for row in (await connection.execute(select(events).where(here).order_by(events.c.position))).all():
            head = link(head, row._asdict())
            at = here, events.c.position == row.position
            await connection.execute(update(events).where(*at).values(hash=head))
        await connection.execute(update(conversations).where(conversations.c.id == talk).values(head=head))


async def test_an_early_event_rewritten_with_all_hashes_is_named(
    watched: SqlStore, database: Database
) -> None:
    """An event's id is not bound to what is sealed: only the chain's head, kept elsewhere, shows a change."""
    await keep(watched, arrival(MEI, answer("yes"), answer("no", "age")))
    await watched.tidy(later(1))
    assert await found(watched) == []
    await rewrite(database, "mei-1", 1, id="another")
    assert await found(watched) == [
        ("mei-1", 3, "an event is not the one that checkpoints-one.example-x.jsonl:1 lists")
    ]


async def test_a_file_that_was_changed_or_cut_is_refused(watched: SqlStore, folder: Path) -> None:
    for minute in range(3):
        await keep(watched, arrival(crowd(3)[minute]))
        await watched.tidy(later(minute))
    path = folder / "checkpoints-one.example-x.jsonl"
    held = path.read_bytes()
    lines = held.splitlines(keepends=True)
    tampered = [
        held.replace(b'"number":2', b'"number":4'),
        held.replace(b"p1-1", b"p9-1"),
        lines[0] + lines[2],
        lines[1] + lines[0] + lines[2],
        lines[0] + lines[1],
        b"",
    ]
    for content in tampered:
        path.write_bytes(content)
        with pytest.raises(Broken):
            await found(watched)
    path.write_bytes(held)
    assert await found(watched) == []
    watched.witness = Witness(folder, "one.example/x", b"x" * 32)
    with pytest.raises(Broken, match="SIGNING_KEY"):
        await found(watched)


async def test_a_file_that_the_database_forgot_is_read_all_the_same(
    watched: SqlStore, database: Database
) -> None:
    await keep(watched, arrival(MEI))
    await watched.tidy(later(1))
    async with database.writing() as connection:
        await connection.execute(delete(installation).where(installation.c.name.startswith("checkpoints")))
        await connection.execute(delete(events))
        await connection.execute(delete(conversations))
    assert {finding[0] for finding in await found(watched)} == {"mei-1", "participant mei"}


async def test_a_crash_between_the_file_and_the_commit_only_lists_it_twice(
    watched: SqlStore, database: Database, folder: Path
) -> None:
    await keep(watched, arrival(MEI))
    await watched.tidy(later(1))
    async with database.writing() as connection:
        await connection.execute(update(conversations).values(checkpointed=0))
    path = folder / "checkpoints-one.example-x.jsonl"
    with path.open("ab") as file:
        file.write(b'{"half a li')
    await watched.tidy(later(2))
    assert path.read_text().count("mei-1") == 2
    assert await found(watched) == []


async def test_several_machines_write_a_file_each(watched: SqlStore, folder: Path) -> None:
    await keep(watched, arrival(MEI))
    await watched.tidy(later(1))
    watched.witness = Witness(folder, "two", SEED)
    await says(watched, MEI, "yes", 2)
    await watched.tidy(later(2))
    assert sorted(path.name for path in folder.iterdir()) == [  # noqa: ASYNC240 -- nothing else waits
        "checkpoints-one.example-x.jsonl",
        "checkpoints-two.jsonl",
    ]
    assert await found(watched) == []
    assert (await rows(watched.database, "SELECT checkpointed, revision FROM conversations")) == [(2, 2)]


async def test_without_a_folder_nothing_is_written(store: SqlStore, folder: Path) -> None:
    await keep(store, arrival(MEI))
    await store.tidy(later(1))
    assert not folder.exists()  # noqa: ASYNC240 -- nothing else waits


async def test_a_long_file_is_added_to_without_being_read(
    watched: SqlStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It grows for years: only its last line is needed, also where that is longer than one look back."""
    for minute in range(6):
        await keep(watched, arrival(crowd(6)[minute]))
        await watched.tidy(later(minute))
    for block in (1, 7, 300):
        monkeypatch.setattr(checkpoints, "_BLOCK", block)
        await says(watched, crowd(6)[0], f"answer {block}", block)
        await watched.tidy(later(block))
    path = folder / "checkpoints-one.example-x.jsonl"
    assert len(path.read_bytes().splitlines()) == 9
    assert await found(watched) == []
    length = path.stat().st_size
    read: list[int] = []
    monkeypatch.setattr(checkpoints, "_BLOCK", 64)
    ends = checkpoints._line_ends

    def counted(file: Any, before: int) -> int:
        start = ends(file, before)
        read.append(before - start)
        return start

    monkeypatch.setattr(checkpoints, "_line_ends", counted)
    assert watched.witness
    assert watched.witness._last()[0] == 9
    assert sum(read) < length / 3
