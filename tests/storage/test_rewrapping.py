"""Keys are changed while others work: killed in the middle it goes on, and none stays under the old one.

DOORSTEP_KEYS=100000 pytest -s tests/storage/test_rewrapping.py is a longer form; see `python -m tests.size`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from itertools import count
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import event as happening
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.domain.errors import SettingsError
from bot.storage import rewrapping
from bot.storage.database import Database, open_database
from bot.storage.keyring import KeyRing
from bot.storage.rewrapping import rewrap
from bot.storage.sealing import Place
from bot.storage.store import SqlStore
from bot.storage.vault import WRAPPED_BY, Vault, data_keys
from tests.storage.persona import EDITION, NOW, answer, arrival, crowd, find, keep

KEYS = int(os.environ.get("DOORSTEP_KEYS", "2000"))
OLD, NEW = b"o" * 32, b"n" * 32
HERE = Place("t", "c", "1")


def opened(url: str, *keys: bytes) -> Database:
    return open_database(url, KeyRing(keys))


async def left_under(vault: Vault, key: bytes) -> int:
    query = select(func.count()).select_from(data_keys).where(WRAPPED_BY.in_([KeyRing([key]).present]))
    async with vault.reading() as connection:
        return int((await connection.execute(query)).scalar_one())


async def many_keys(url: str, number: int = KEYS) -> None:
    database = opened(url, OLD)
    names = [f"p{n:06}" for n in range(number)]
    for start in range(0, number, 1000):
        await database.vault.sealer((), names[start : start + 1000])
    await database.close()


async def change(vault: Vault) -> tuple[int, int]:
    return [step async for step in rewrap(vault)][-1]


async def test_none_is_left_and_everything_opens(url: str) -> None:
    await many_keys(url)
    first = opened(url, OLD)
    sealer = await first.vault.sealer(["p000001"])
    sealed = sealer.seal("p000001", HERE, b"x")
    await first.close()
    both = opened(url, NEW, OLD)
    began = monotonic()
    assert await change(both.vault) == (KEYS + 1, KEYS + 1)
    sys.stdout.write(f"{KEYS} keys changed in {monotonic() - began:.1f} s\n")
    assert await change(both.vault) == (0, 0), "a second time there is nothing to do"
    await both.close()
    after = opened(url, NEW)
    assert await after.vault.open([(HERE, sealed)]) == [b"x"]
    await after.close()


async def test_keys_made_meanwhile_by_whoever_was_not_started_anew_are_changed_too(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their names come before the ones that are done: going through once would leave them behind."""
    monkeypatch.setattr(rewrapping, "_SLICE", 100)
    await many_keys(url, 1000)
    late, both = opened(url, OLD), opened(url, NEW, OLD)
    names = iter(f"a{n:06}" for n in range(5))
    async for _ in rewrap(both.vault):
        if name := next(names, None):
            await late.vault._make({name})
    assert next(names, None) is None, "they were not made while it went on"
    assert await left_under(both.vault, OLD) == 0
    assert await left_under(both.vault, NEW) == 1006
    await late.close()
    await both.close()


async def test_people_come_and_answer_while_keys_are_changed(url: str) -> None:
    database = opened(url, OLD)
    async with SqlStore(database, _ids(0)).transaction() as transaction:
        await transaction.keep_edition(b"the words", EDITION, "NCT06203249", "1.0", NOW)
    await database.close()
    await many_keys(url)
    both, worker = opened(url, NEW, OLD), opened(url, NEW, OLD)
    store = SqlStore(worker, _ids(50_000_000))
    people, done, over = iter(crowd(100_000)), [], asyncio.Event()

    async def talk() -> None:
        while not over.is_set():
            person = next(people)
            await keep(store, arrival(person, answer("yes")))
            done.append(person)

    talking = asyncio.create_task(talk())
    async for _ in rewrap(both.vault):
        await asyncio.sleep(0)
    over.set()
    await talking
    assert done, "nobody came meanwhile"
    assert await left_under(both.vault, OLD) == 0
    for database in (both, worker):
        await database.close()
    after = SqlStore(opened(url, NEW), _ids(60_000_000))
    for person in done:
        known = await find(after, person)
        assert known
        assert known.conversations[0].answers == {"dm": "yes"}
    await after.database.close()


def _ids(first: int) -> Any:
    numbers = count(first)
    return lambda: str(next(numbers))


@pytest.mark.parametrize("kill_at", [3, 8])
def test_killed_in_the_middle_it_goes_on_from_there(url: str, kill_at: int) -> None:
    asyncio.run(many_keys(url))
    child = os.fork()
    if not child:
        try:
            _change_and_die(url, kill_at)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    asyncio.run(_goes_on(url))


def _change_and_die(url: str, kill_at: int) -> None:
    updates = count(1)

    def seen(*about: Any) -> None:
        if about[2].startswith("UPDATE") and next(updates) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    happening.listen(Engine, "after_cursor_execute", seen)
    rewrapping._SLICE = 100
    asyncio.run(change(opened(url, NEW, OLD).vault))


async def _goes_on(url: str) -> None:
    both = opened(url, NEW, OLD)
    await both.vault.check()
    left = await left_under(both.vault, OLD)
    assert 0 < left < KEYS, "it was not killed in the middle"
    assert await change(both.vault) == (left, left)
    assert await left_under(both.vault, OLD) == 0
    await both.close()


async def test_taking_the_old_key_away_too_early_is_refused_at_the_start(url: str) -> None:
    """Not when somebody writes whose key it is, perhaps months later."""
    await many_keys(url, 3)
    both = opened(url, NEW, OLD)
    await both.vault.secret("lookup")
    await both.close()
    early = opened(url, NEW)
    with pytest.raises(SettingsError, match="new-key,old-key"):
        await SqlStore(early, _ids(0)).begin()
    await early.close()
