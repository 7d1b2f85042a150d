"""A backup taken while people write is the state at one moment, and comes back as that and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import func, insert, select

from bot.domain.errors import DoorstepError, SettingsError
from bot.domain.events import Erased
from bot.service.ports import Changes
from bot.storage import archive
from bot.storage.archive import Writer, pages, reading
from bot.storage.backup import Taken, backup, last_backup, tables_there
from bot.storage.checkpoints import Witness
from bot.storage.database import Database, open_database
from bot.storage.keyring import KeyRing
from bot.storage.manifest import Kind, Unusable
from bot.storage.outbox import SqlOutbox
from bot.storage.restore import Restored, begin_anew, behind, restore
from bot.storage.store import SqlStore
from bot.storage.tables import installation, outbox
from bot.storage.verifying import verify
from tests.botapi.team import until
from tests.storage.bytes import everywhere, found, unpacked
from tests.storage.conftest import only_sqlite
from tests.storage.persona import (
    LIN,
    MEI,
    NOW,
    answer,
    arrival,
    crowd,
    find,
    keep,
    later,
    rows,
    send_all,
    turn,
)
from tests.storage.server import Server
from tests.storage.test_erasure import SECRET, erasure, hers, mei_talks

SEED = b"s" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def keys_folder(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "keys"


@pytest.fixture(params=["to sqlite", "to postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty place of either kind."""
    if request.param == "to sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite3'}"
        return
    server: Server = request.getfixturevalue("server")
    server.run("CREATE DATABASE restored")
    yield server.url("restored")
    server.run("DROP DATABASE restored WITH (FORCE)")


@pytest.fixture
async def opened() -> AsyncIterator[Callable[..., SqlStore]]:
    """Open stores, and close them in the end."""
    async with AsyncExitStack() as stack:

        def open_(url: str, *keys: bytes) -> SqlStore:
            database = open_database(url, KeyRing(keys)) if keys else open_database(url)
            stack.push_async_callback(database.close)
            numbers = count(50_000_000)  # others than those that are in the backup
            return SqlStore(database, lambda: str(next(numbers)))

        yield open_


@pytest.fixture
def elsewhere(target: str, opened: Callable[..., SqlStore]) -> SqlStore:
    return opened(target)


async def state(database: Database) -> dict[str, list[bytes]]:
    """Return every row of every table, written alike on both databases."""
    async with database.reading() as connection:
        return {
            table.name: sorted(
                [archive._line(row) async for page in pages(connection, table) for row in page]
            )
            for table in await tables_there(connection)
        }


async def put_back(
    store: SqlStore, taken: Path, *keys: Path, replace: bool = False, seed: bytes | None = None
) -> Restored:
    with reading(taken, Kind.DATABASE, seed) as copy:
        async with AsyncExitStack() as stack:
            copies = [stack.enter_context(reading(path, Kind.KEYS, seed)) for path in keys]
            return await restore(store, copy, copies, replace=replace)


async def findings(store: SqlStore) -> list[Any]:
    return [report async for report in verify(store)][-1].findings


@asynccontextmanager
async def others_writing(store: SqlStore) -> AsyncIterator[list[int]]:
    """Let newcomers come and answer the whole time."""
    done: list[int] = []
    over = asyncio.Event()

    async def write() -> None:
        for number, person in enumerate(crowd(100_000)):
            if over.is_set():
                return
            await keep(store, arrival(person, answer(f"answer {number}")), later(number % 60))
            known = await find(store, person)
            assert known
            said = turn(person, known.conversations[0], answer("no", "age"))
            await keep(store, Changes(kept=[said]), later(number % 60))
            done.append(number)

    writing = asyncio.create_task(write())
    try:
        yield done
    finally:
        over.set()
        await writing


async def test_a_backup_is_the_state_at_one_moment_while_others_write(
    store: SqlStore, elsewhere: SqlStore, folder: Path, keys_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two tables somebody new comes and answers: it would show as rows that belong to nobody."""
    for person in crowd(20):
        await keep(store, arrival(person, answer("yes"), answer("no", "age")))
    monkeypatch.setattr(archive, "_PAGE", 7)
    add, late = Writer.add, iter(crowd(60)[20:])

    async def add_and_let_write(writer: Writer, connection: Any, table: Any) -> Any:
        part = await add(writer, connection, table)
        await keep(store, arrival(next(late), answer("yes")))
        return part

    await store.database.vault.house()
    known = await state(store.database)
    monkeypatch.setattr(Writer, "add", add_and_let_write)
    taken = await backup(store, folder, keys_folder, NOW, None)
    assert len((await state(store.database))["participants"]) > 25, "nobody wrote meanwhile: nothing is shown"
    await put_back(elsewhere, taken.database, taken.keys)
    assert await state(elsewhere.database) == known
    assert await findings(elsewhere) == []


async def test_a_backup_under_load_restores_and_verifies(
    store: SqlStore, elsewhere: SqlStore, folder: Path
) -> None:
    async with others_writing(store) as done:
        await until(lambda: len(done) > 15, "nobody writes")
        taken = await backup(store, folder, folder, NOW, SEED)
        before = len(done)
        await until(lambda: len(done) > before + 3, "it held everybody up for good")
    restored = await put_back(elsewhere, taken.database, taken.keys, seed=SEED)
    assert restored.rows == taken.manifest.rows
    assert await findings(elsewhere) == []
    person = await find(elsewhere, crowd(1)[0])
    assert person
    assert person.conversations[0].answers == {"dm": "answer 0", "age": "no"}
    await keep(elsewhere, arrival(MEI, answer("yes")))  # and life goes on, with numbers nobody has yet
    assert "Welcome" in await send_all(SqlOutbox(elsewhere.database, "one"))


async def test_numbers_given_before_are_not_given_again(
    store: SqlStore, elsewhere: SqlStore, folder: Path
) -> None:
    for person in crowd(5):
        await keep(store, arrival(person))
    taken = await backup(store, folder, folder, NOW, None)
    await put_back(elsewhere, taken.database, taken.keys)
    async with elsewhere.database.reading() as connection:
        highest = (await connection.execute(select(func.max(outbox.c.id)))).scalar_one()
    await keep(elsewhere, arrival(MEI))
    assert await rows(elsewhere.database, "SELECT max(id) FROM outbox") == [(highest + 1,)]


async def test_who_was_erased_since_does_not_come_back(
    store: SqlStore, outbox: SqlOutbox, elsewhere: SqlStore, folder: Path, keys_folder: Path
) -> None:
    person = await mei_talks(store)
    captured = await hers(store.database)
    canaries: list[str | bytes] = [*captured, SECRET, str(MEI.telegram_id)]
    await keep(store, arrival(LIN, answer("yes")))
    first = await backup(store, folder, keys_folder, NOW, None)
    assert found(captured, unpacked(first.database) + unpacked(first.keys)) == captured, "the search is blind"
    await keep(store, erasure(person), later(1))
    await send_all(outbox)
    second = await backup(store, folder / "later", keys_folder, later(2), None)
    assert second.replaced == (first.keys,)
    assert found(canaries, await everywhere(store.database, folder / "later", keys_folder)) == []
    restored = await put_back(elsewhere, first.database, second.keys)
    assert restored.erased_again == 1
    await send_all(SqlOutbox(elsewhere.database, "one"))
    again = await backup(elsewhere, folder / "again", folder / "again", later(3), None)
    assert found(canaries, await everywhere(elsewhere.database, folder / "again")) == []
    assert again.manifest.rows > 0
    assert await find(elsewhere, MEI) is None
    assert await find(elsewhere, LIN)
    assert await findings(elsewhere) == []


async def test_an_old_copy_of_the_keys_brings_nobody_back(
    store: SqlStore, folder: Path, keys_folder: Path
) -> None:
    """Where the key store is still there, its list of erasures and the copy's are put together."""
    person = await mei_talks(store)
    await keep(store, arrival(LIN, answer("yes")))
    old = await backup(store, folder, keys_folder, NOW, None)
    await keep(store, erasure(person), later(1))
    restored = await put_back(store, old.database, old.keys, replace=True)
    assert restored.erased_again == 1
    assert await find(store, MEI) is None
    assert await store.database.vault.erased() == {"mei": later(1)}
    assert "mei" not in await store.database.vault.names()
    assert await findings(store) == []


async def test_lists_of_erasures_of_several_copies_are_put_together(
    store: SqlStore, elsewhere: SqlStore, folder: Path, tmp_path: Path
) -> None:
    for person in (MEI, LIN):
        await keep(store, arrival(person, answer("yes")))
    first = await backup(store, folder, tmp_path / "one", NOW, None)
    await keep(store, Changes(erased=["mei"]), later(1))
    second = await backup(store, folder, tmp_path / "two", later(2), None)
    restored = await put_back(elsewhere, first.database, second.keys, first.keys)
    assert restored.erased_again == 1
    assert await find(elsewhere, MEI) is None
    assert await find(elsewhere, LIN)


async def test_a_backup_holds_nothing_that_can_be_read(
    store: SqlStore, folder: Path, keys_folder: Path
) -> None:
    await mei_talks(store)
    await backup(store, folder, keys_folder, NOW, None)
    held = await everywhere(store.database, folder, keys_folder)
    assert found([SECRET, str(MEI.telegram_id), "cough"], held) == []


async def test_a_plain_column_is_found_by_the_search(
    store: SqlStore, database: Database, folder: Path
) -> None:
    """The search itself: what somebody added as plain text shows, in the database and in its backup."""
    async with database.writing() as connection:
        await connection.execute(insert(installation).values(name="note", value=SECRET.encode()))
    await backup(store, folder, folder, NOW, None)
    assert found([SECRET], await everywhere(database)) == [SECRET]
    assert found([SECRET], b"".join(unpacked(path) for path in folder.iterdir())) == [SECRET]  # noqa: ASYNC240 -- nothing else waits


async def test_when_the_last_one_was_made_is_known(store: SqlStore, folder: Path) -> None:
    assert await last_backup(store) is None
    for at in (NOW, later(5)):
        await backup(store, folder, folder, at, None)
        assert await last_backup(store) == at


async def test_what_a_killed_backup_left_goes_with_the_next(store: SqlStore, folder: Path) -> None:
    await backup(store, folder, folder, NOW, None)
    (folder / "doorstep-20200101T000000Z.keys.zip.partial").write_bytes(b"half")
    await backup(store, folder, folder, NOW, None)
    assert sorted(path.name for path in folder.iterdir()) == [  # noqa: ASYNC240 -- nothing else waits
        "doorstep-20261122T090000Z.database.zip",
        "doorstep-20261122T090000Z.keys.zip",
    ]


async def test_every_column_can_be_kept(database: Database) -> None:
    """A new kind of column must be taught to archive.py first."""
    async with database.reading() as connection:
        tables = await tables_there(connection)
    kinds = {column.type.python_type for table in tables for column in table.columns}
    assert kinds <= {str, int, bool, bytes, datetime, float}


# What is refused, in a sentence


@pytest.fixture
async def taken(store: SqlStore, folder: Path) -> Taken:
    await keep(store, arrival(MEI, answer("yes")))
    return await backup(store, folder, folder, NOW, SEED)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None], name: str = "changed.zip") -> Path:
    """Return a copy of a backup file in which something was changed."""
    with ZipFile(path) as archive_:
        members = {member: archive_.read(member) for member in archive_.namelist()}
    change(members)
    with ZipFile(path.with_name(name), "w") as archive_:
        for member, body in members.items():
            archive_.writestr(member, body)
    return path.with_name(name)


def manifest_with(**values: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        whole = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps(
            {**whole, "manifest": {**whole["manifest"], **values}}
            | {key: value for key, value in values.items() if key == "format"}
        ).encode()

    return change


@only_sqlite
async def test_a_file_that_was_cut_is_refused(taken: Taken, elsewhere: SqlStore) -> None:
    whole = taken.database.read_bytes()
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        cut = taken.database.with_name("cut.zip")
        cut.write_bytes(whole[:length])
        with pytest.raises(Unusable, match=r"cut\.zip is not whole"):
            await put_back(elsewhere, cut, taken.keys)


@only_sqlite
async def test_a_byte_changed_anywhere_is_refused(taken: Taken, elsewhere: SqlStore) -> None:
    def edit(members: dict[str, bytes]) -> None:
        members["events.jsonl"] = members["events.jsonl"].replace(b"participant", b"particiqant", 1)

    with pytest.raises(Unusable, match="not whole"):
        await put_back(elsewhere, rewritten(taken.database, edit), taken.keys)


@only_sqlite
@pytest.mark.parametrize(
    ("values", "said"),
    [({"format": 2}, "newer Doorstep"), ({"schema": "9999"}, "newer Doorstep")],
    ids=["format", "schema"],
)
async def test_one_of_a_newer_version_is_refused(
    values: dict[str, Any], said: str, taken: Taken, elsewhere: SqlStore
) -> None:
    with pytest.raises(Unusable, match=said):
        await put_back(elsewhere, rewritten(taken.database, manifest_with(**values)), taken.keys)


@only_sqlite
async def test_a_signature_is_asked_for_where_there_is_a_key(taken: Taken, elsewhere: SqlStore) -> None:
    changed = rewritten(taken.database, manifest_with(at="2020-01-01T00:00:00+00:00"))
    with pytest.raises(Unusable, match="SIGNING_KEY"):
        await put_back(elsewhere, changed, taken.keys, seed=SEED)
    with pytest.raises(Unusable, match="SIGNING_KEY"):
        await put_back(elsewhere, taken.database, taken.keys, seed=b"x" * 32)
    await put_back(elsewhere, taken.database, taken.keys, seed=SEED)


@only_sqlite
async def test_the_two_files_are_not_mistaken_for_each_other(taken: Taken, elsewhere: SqlStore) -> None:
    with pytest.raises(Unusable, match="the other file"):
        await put_back(elsewhere, taken.keys, taken.database)
    with pytest.raises(Unusable, match="There is no backup file"):
        await put_back(elsewhere, taken.keys.with_name("nowhere.zip"))


@only_sqlite
async def test_without_the_keys_it_says_which_are_missing(taken: Taken, elsewhere: SqlStore) -> None:
    with pytest.raises(Unusable, match="--keys"):
        await put_back(elsewhere, taken.database)


@only_sqlite
async def test_keys_older_than_the_database_are_refused(
    store: SqlStore, taken: Taken, elsewhere: SqlStore, tmp_path: Path
) -> None:
    await keep(store, arrival(LIN))
    newer = await backup(store, tmp_path / "newer", tmp_path / "newer", later(1), None)
    with pytest.raises(Unusable, match=r"1 people .* older"):
        await put_back(elsewhere, newer.database, taken.keys)


async def test_another_installation_s_keys_are_refused(
    taken: Taken, opened: Callable[..., SqlStore], target: str, tmp_path: Path
) -> None:
    other = opened(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    await put_back(other, taken.database, taken.keys)
    stranger = opened(target)
    await stranger.database.vault.sealer((), ["somebody"])
    with pytest.raises(Unusable, match="another installation"):
        await put_back(stranger, taken.database, taken.keys)
    assert "somebody" in await stranger.database.vault.names()


async def test_a_place_where_the_bot_only_began_takes_the_backup(
    taken: Taken, opened: Callable[..., SqlStore], target: str
) -> None:
    """Somebody starts the bot on the new machine first: what that made gives way."""
    fresh = opened(target)
    async with fresh.database.writing() as connection:
        from bot.storage.migrate import bring_to  # noqa: PLC0415 -- here alone

        await connection.run_sync(bring_to, "head")
    await fresh.begin()
    again = opened(target)
    await put_back(again, taken.database, taken.keys)
    assert await find(again, MEI)


@only_sqlite
async def test_keys_that_do_not_open_are_refused_before_anything(
    taken: Taken, opened: Callable[..., SqlStore], target: str
) -> None:
    store = opened(target, b"w" * 32)
    with pytest.raises(SettingsError):
        await put_back(store, taken.database, taken.keys)
    async with store.database.reading() as connection:
        assert await tables_there(connection) == []


async def test_people_who_are_there_are_not_overwritten_unless_told(store: SqlStore, taken: Taken) -> None:
    await keep(store, arrival(LIN))
    before = await state(store.database)
    with pytest.raises(Unusable, match=r"has people in it \(2\).*--replace"):
        await put_back(store, taken.database, taken.keys)
    assert await state(store.database) == before
    await put_back(store, taken.database, replace=True)
    assert await find(store, LIN) is None
    assert await find(store, MEI)


async def test_a_restore_that_fails_leaves_what_was_there(store: SqlStore, taken: Taken) -> None:
    await keep(store, arrival(LIN))
    before = await state(store.database)
    changed = rewritten(taken.database, manifest_with(heads="0" * 64))
    with pytest.raises(Unusable, match="audit trail"):
        await put_back(store, changed, taken.keys, replace=True)
    assert await state(store.database) == before


async def test_a_foreign_database_is_refused(taken: Taken, elsewhere: SqlStore) -> None:
    async with elsewhere.database.writing() as connection:
        await connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(Unusable, match="not Doorstep's"):
        await put_back(elsewhere, taken.database, taken.keys, replace=True)


async def test_checkpoints_begin_anew_after_a_restore(store: SqlStore, folder: Path, tmp_path: Path) -> None:
    store.witness = Witness(tmp_path / "witness", "one", SEED)
    for each in crowd(3):
        await keep(store, arrival(each, answer("yes")))
    await store.tidy(later(1))
    taken = await backup(store, folder, folder, later(2), None)
    person = await find(store, crowd(1)[0])
    assert person
    await keep(store, Changes(kept=[turn(person, person.conversations[0], answer("no", "age"))]), later(3))
    await keep(store, arrival(MEI))
    await store.tidy(later(3))
    restored = await put_back(store, taken.database, replace=True)
    assert len(await findings(store)) == 3, (
        "one was shortened, one is gone, and that a backup was made: without a word that is tampering"
    )
    assert await behind(store) == 2
    await begin_anew(store, later(4), restored.at)
    assert await findings(store) == []
    assert await behind(store) == 0
    await keep(store, Changes(kept=[turn(person, person.conversations[0], Erased(at=later(5)))]), later(5))
    await store.tidy(later(5))
    assert await findings(store) == []


def test_no_refusal_is_a_traceback() -> None:
    assert issubclass(Unusable, DoorstepError)
