from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.conversation import Status
from bot.domain.errors import SettingsError
from bot.service.ports import Changes
from bot.storage.database import Database, open_database
from bot.storage.keyring import KeyRing
from bot.storage.reading import conversations
from bot.storage.rewrapping import rewrap
from bot.storage.sealing import Place
from bot.storage.store import SqlStore
from bot.storage.tables import participants
from bot.storage.vault import HOUSE, KeyGone, data_keys
from tests.storage.conftest import numbered_ids, only_sqlite
from tests.storage.persona import EDITION, LIN, MEI, NOW, answer, arrival, crowd, find, keep, later, rows

HERE = Place("t", "c", "1")
OLD, NEW = b"o" * 32, b"n" * 32


async def test_each_person_has_a_key_of_their_own(store: SqlStore, database: Database) -> None:
    await keep(store, arrival(MEI))
    await keep(store, arrival(LIN))
    async with database.vault._connections.reading() as connection:
        names = (await connection.execute(select(data_keys.c.name))).scalars().all()
    assert {HOUSE, "lookup", "mei", "lin"} == set(names)


async def test_a_key_is_made_once_by_however_many_workers(database: Database, url: str) -> None:
    others = [open_database(url) for _ in range(3)]
    sealers = await asyncio.gather(*(each.vault.sealer((), ["mei"]) for each in (database, *others)))
    sealed = [sealer.seal("mei", HERE, b"x") for sealer in sealers]
    for each in (database, *others):
        assert await each.vault.open([(HERE, one) for one in sealed]) == [b"x"] * 4
    for other in others:
        await other.close()


async def test_a_key_that_was_destroyed_is_not_made_again(database: Database) -> None:
    sealer = await database.vault.sealer((), ["mei"])
    sealed = sealer.seal("mei", HERE, b"x")
    await database.vault.destroy({"mei": NOW})
    with pytest.raises(KeyGone):
        await database.vault.open([(HERE, sealed)])
    with pytest.raises(KeyGone):
        await database.vault.sealer((), ["mei"])
    assert await database.vault.erased() == {"mei": NOW}


async def test_what_does_not_open_costs_nothing_else(database: Database) -> None:
    sealer = await database.vault.sealer((), ["mei", "lin"])
    mei, lin = (sealer.seal(name, HERE, name.encode()) for name in ("mei", "lin"))
    await database.vault.destroy({"mei": NOW})
    fields = [(HERE, mei), (HERE, lin), (HERE, lin[:-1]), (HERE, b"no seal")]
    assert await database.vault.try_open(fields) == [None, b"lin", None, None]


async def test_keys_are_changed_while_others_work(url: str) -> None:
    people = crowd(40)
    before, worker = open_database(url, KeyRing([OLD])), open_database(url, KeyRing([NEW, OLD]))
    store = SqlStore(before, numbered_ids())
    async with store.transaction() as transaction:
        await transaction.keep_edition(b"the words", EDITION, "NCT06203249", "1.0", NOW)
    for person in people:
        await keep(store, arrival(person, answer("yes")))
    await before.close()
    steps = [step async for step in rewrap(worker.vault)]
    assert steps[-1] == (42, 42)
    await worker.close()
    after = open_database(url, KeyRing([NEW]))
    kept = [row async for row in conversations(SqlStore(after, numbered_ids()), with_events=True)]
    assert len(kept) == 40
    assert all(row.conversation.answers == {"dm": "yes"} for row in kept)
    await after.close()


async def test_a_database_of_another_key_is_refused_with_the_remedy(url: str) -> None:
    first, second = open_database(url, KeyRing([OLD])), open_database(url, KeyRing([NEW]))
    await SqlStore(first, numbered_ids()).begin()
    with pytest.raises(SettingsError, match="ENCRYPTION_KEYS"):
        await SqlStore(second, numbered_ids()).begin()
    await first.close()
    await second.close()


@only_sqlite
async def test_a_database_without_its_keys_is_refused_with_the_remedy(store: SqlStore, url: str) -> None:
    await keep(store, arrival(MEI))
    await store.database.close()
    path = url.removeprefix("sqlite:///")
    for name in (f"{path}.keys", f"{path}.keys-wal", f"{path}.keys-shm"):
        Path(name).unlink(missing_ok=True)  # noqa: ASYNC240 -- nothing else waits
    alone = open_database(url)
    with pytest.raises(SettingsError, match=r"\.keys"):
        await SqlStore(alone, numbered_ids()).begin()
    await alone.close()


async def test_who_was_erased_stays_erased_when_an_older_copy_is_put_back(
    store: SqlStore, database: Database
) -> None:
    """The copy is from before the erasure: the person is in it, and their key is not in the key store."""
    await keep(store, arrival(MEI, answer("yes")))
    await keep(store, arrival(LIN))
    await database.vault.destroy({"mei": later(1)})
    again = SqlStore(database, numbered_ids())
    await again.begin()
    assert await find(again, MEI) is None
    assert await find(again, LIN)
    kept = {
        row.conversation.id: row.conversation.status async for row in conversations(again, with_events=True)
    }
    assert kept == {"mei-1": Status.ERASED, "lin-1": Status.IN_PROGRESS}


async def test_a_key_whose_destruction_was_interrupted_goes_with_the_next_round(
    store: SqlStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(_names: object) -> None:
        raise KeyGone("the process ended here")

    await keep(store, arrival(MEI))
    with monkeypatch.context() as ending:
        ending.setattr(database.vault, "destroy", cut)
        with pytest.raises(KeyGone):
            await keep(store, Changes(erased=["mei"]), later(1))
    assert await rows(database, "SELECT shredded_at FROM participants") == [(None,)]
    assert await store.shred() == 1
    assert await store.shred() == 0
    assert await database.vault.erased() == {"mei": later(1)}
    async with database.reading() as connection:
        assert (await connection.execute(select(participants.c.shredded_at))).scalar() == later(1)
