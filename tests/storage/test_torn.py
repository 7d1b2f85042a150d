"""Power fails: SQLite's log is cut at any byte, or ends in garbage, and the database opens again."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from random import Random  # noqa: TID251 -- seeded

import pytest
from sqlalchemy import event

from bot.service.ports import Person
from bot.storage.database import open_database
from bot.storage.store import SqlStore
from tests.storage.conftest import numbered_ids
from tests.storage.persona import EDITION, NOW, answer, arrival

CUTS = int(os.environ.get("DOORSTEP_TORN_LOGS", "50"))
"""Logs cut in one run; more is better, and takes longer."""

# One row of each for every batch that was kept; two events.
KEPT = {
    "updates": "SELECT key FROM updates",
    "participants": "SELECT id FROM participants",
    "conversations": "SELECT participant_id FROM conversations",
    "events": "SELECT conversation_id FROM events WHERE position = 2",
    "outbox": "SELECT participants.id FROM participants JOIN outbox USING (chat_id)",
}


@pytest.fixture
async def snapshots(sqlite_url: str, tmp_path: Path) -> list[tuple[Path, int]]:
    """Copies of a database while it is written to, each with how many batches were committed by then."""
    database = open_database(sqlite_url)
    # The log holds all that was written since the start: none of it is in the database file yet.
    event.listen(database.engine.sync_engine, "connect", _never_check_point)
    store = SqlStore(database, numbered_ids())
    async with store.transaction() as transaction:
        await transaction.keep_edition(b"the words", EDITION, "NCT06203249", "1.0", NOW)
    copies = []
    for number in range(40):
        await one_batch(store, number)
        if number % 8 == 7:
            # In a thread, while the next batch is being written.
            copying = asyncio.create_task(asyncio.to_thread(copy, tmp_path, tmp_path / f"copy{number}"))
            await one_batch(store, 100 + number)
            copies.append((await copying, number + 1))
    await database.close()
    return copies


def _never_check_point(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA wal_autocheckpoint=0")
    cursor.close()


async def one_batch(store: SqlStore, number: int) -> None:
    person = Person(f"p{number}", 6_000_000_000 + number, current=f"p{number}-1")
    async with store.transaction() as transaction:
        await transaction.claim([person.id], NOW)
        await transaction.keep(arrival(person, answer("word " * 300)), NOW)


def copy(folder: Path, into: Path) -> Path:
    into.mkdir()
    for name in ("doorstep.sqlite", "doorstep.sqlite-wal"):
        shutil.copy(folder / name, into)
    return into / "doorstep.sqlite"


def tear(database: Path, chance: Random, into: Path) -> int:
    """Copy a database with its log cut at some byte, half the time with garbage after it; return the byte."""
    log = Path(f"{database}-wal").read_bytes()
    cut = chance.randrange(len(log) + 1)
    garbage = chance.randbytes(chance.randrange(5000)) if chance.random() < 0.5 else b""
    shutil.copy(database, into)
    Path(f"{into}-wal").write_bytes(log[:cut] + garbage)
    return cut


def kept_in(database: Path) -> set[str]:
    """Return the batches that are there, each of them whole."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = {name: connection.execute(query).fetchall() for name, query in KEPT.items()}
    found = {name: {key.removesuffix("-1") for (key,) in keys} for name, keys in rows.items()}
    assert all(keys == found["updates"] for keys in found.values()), "a batch was kept by halves"
    return found["updates"]


def test_every_batch_is_whole_or_absent_after_power_failed(
    snapshots: list[tuple[Path, int]], tmp_path: Path
) -> None:
    chance = Random(20261122)
    sizes = []
    for number in range(CUTS):
        database, _ = snapshots[number % len(snapshots)]
        torn = tmp_path / f"torn{number}.sqlite"
        cut = tear(database, chance, torn)
        sizes.append((cut, len(kept_in(torn))))
        for file in tmp_path.glob(f"{torn.name}*"):
            file.unlink()
    by_cut = [kept for _, kept in sorted(sizes)]
    assert by_cut == sorted(by_cut), "a longer log holds less"
    assert by_cut[-1] > 10
    sys.stdout.write(f"{CUTS} logs torn, none with a batch kept by halves\n")


def test_all_that_was_committed_is_in_a_whole_log(snapshots: list[tuple[Path, int]]) -> None:
    for database, committed in snapshots:
        assert {f"p{number}" for number in range(committed)} <= kept_in(database)
