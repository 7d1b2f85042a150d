"""One in ten is erased, and no run of their bytes is left in any file: DOORSTEP_ERASED=1000 for all of it.

Their keys and names are gone at once. Of ciphertexts that no key opens any more, SQLite leaves a few copies
in the slack of pages that it split when rows grew; its VACUUM takes them away.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from array import array
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic

from sqlalchemy import select

from bot.domain.events import Erased, QuestionPassedOn
from bot.service.ports import Changes, Person, Quarantined
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.tables import chats, conversations, events, outbox, participants, quarantine
from bot.storage.vault import data_keys
from bot.storage.verifying import verify
from tests.storage.conftest import only_sqlite
from tests.storage.persona import answer, crowd, keep, later, opened, say, send_all, turn

ERASED = int(os.environ.get("DOORSTEP_ERASED", "20"))
TIMES = 10
_HEADER = 24
"""Bytes of a sealed field that name its key: random, and still there as the name of an empty row."""
_RUN = 8


async def fill(store: SqlStore, people: Sequence[Person]) -> None:
    """Let each say something, get messages, and have an update set aside."""
    for start in range(0, len(people), 200):
        changes = Changes()
        for person in people[start : start + 200]:
            said = QuestionPassedOn(at=later(0), text=f"I cough blood, says {person.telegram_id}")
            changes.newcomers.append(person)
            changes.kept.append(opened(person, answer(), said))
            changes.outgoing += [say(person, f"Hello {person.telegram_id}, this is a long message")] * 2
            if len(changes.newcomers) % 50 == 0:
                body = f'{{"from": {{"id": {person.telegram_id}}}}}'
                changes.quarantined.append(Quarantined(f"7:{person.id}", "KeyError", body))
        await keep(store, changes)


async def names_of(database: Database, people: Sequence[Person]) -> list[bytes]:
    """Return what would name or open them: look-up values, addresses and wrapped keys."""
    names = [person.id for person in people]
    async with database.reading() as connection:
        at = select(participants.c.chat_id).where(participants.c.id.in_(names))
        rows = (await connection.execute(select(chats).where(chats.c.id.in_(at)))).all()
    async with database.vault._connections.reading() as connection:
        keys = await connection.execute(select(data_keys.c.wrapped).where(data_keys.c.name.in_(names)))
        wrapped = [bytes(value) for value in keys.scalars()]
    return [*wrapped, *(bytes(value) for row in rows for value in (row.lookup, row.address))]


async def theirs(database: Database, people: Sequence[Person]) -> list[bytes]:
    """Return every ciphertext of these people."""
    names = [person.id for person in people]
    found: list[bytes] = []
    async with database.reading() as connection:
        rows = (await connection.execute(select(participants).where(participants.c.id.in_(names)))).all()
        at = [row.chat_id for row in rows]
        talks = [f"{name}-1" for name in names]
        for column, where in (
            (events.c.body, events.c.conversation_id.in_(talks)),
            (conversations.c.snapshot, conversations.c.id.in_(talks)),
            (outbox.c.body, outbox.c.chat_id.in_(at)),
            (quarantine.c.body, quarantine.c.key.in_([f"7:{name}" for name in names])),
        ):
            values = (await connection.execute(select(column).where(where))).scalars()
            found += [bytes(value) for value in values]
    return found


def runs(values: Iterable[bytes]) -> set[int]:
    """Return each run of eight bytes in the random part of these values, as a number."""
    return {
        number
        for value in values
        for start in range(min(_HEADER, len(value) - 2 * _RUN), len(value) - _RUN + 1)
        for (number,) in [struct.unpack_from("<Q", value, start)]
    }


def traces(folder: Path, wanted: set[int]) -> int:
    """Return how many of these runs stand in any file.

    Every eighth place is looked at: of whatever is left of a value in one piece of fifteen bytes, one of its
    runs stands at such a place, wherever the piece begins.
    """
    found = 0
    for file in folder.iterdir():
        data = file.read_bytes()
        places = array("Q", data[: len(data) // _RUN * _RUN])
        found += sum(place in wanted for place in places)
    return found


def vacuum(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("VACUUM")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@only_sqlite
async def test_one_in_ten_is_erased_and_nothing_of_them_is_left(
    store: SqlStore, outbox: SqlOutbox, database: Database, tmp_path: Path
) -> None:
    people = crowd(ERASED * TIMES)
    await fill(store, people)
    await send_all(outbox)
    gone = people[::TIMES]
    captured: list[bytes] = []
    naming: list[bytes] = []
    for start in range(0, len(gone), 200):
        captured += await theirs(database, gone[start : start + 200])
        naming += await names_of(database, gone[start : start + 200])
    assert len(captured) >= 6 * len(gone)
    assert len(naming) == 3 * len(gone)
    wanted, names = runs(captured), runs(naming)
    for each, values in ((wanted, captured), (names, naming)):
        assert traces(tmp_path, each) > len(values), "what is searched for can be found"
    began = monotonic()
    for person in gone:
        async with store.transaction() as transaction:
            (known,) = (await transaction.people([person.telegram_id])).values()
            kept = [turn(known, talk, Erased(at=later(1))) for talk in known.conversations]
            goodbye = [say(person, "Your answers are gone.")]
            await transaction.keep(Changes(kept=kept, erased=[known.id], outgoing=goodbye), later(1))
    await send_all(outbox, 1)
    took = monotonic() - began
    assert traces(tmp_path, names) == 0
    slack = traces(tmp_path, wanted)
    vacuum(tmp_path / "doorstep.sqlite")
    assert traces(tmp_path, wanted) == 0
    report = [report async for report in verify(store)][-1]
    assert report.findings == []
    assert await database.vault.erased() == {person.id: later(1) for person in gone}
    told = f"{len(gone)} of {len(people)} erased in {took:.1f} s, {len(wanted)} runs, {slack} in slack"
    os.write(1, f"\n{told}\n".encode())
