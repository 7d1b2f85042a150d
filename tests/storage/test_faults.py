"""Each call of a batch fails in turn: nothing is kept, it is said so, and the next try succeeds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.service.ports import Changes, Quarantined, StoreUnavailable
from bot.service.sending import Postponed, Queued, Sent, Settled
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.tables import metadata
from tests.storage.conftest import only_postgresql, only_sqlite
from tests.storage.persona import (
    LEASE,
    LIN,
    MEI,
    NOW,
    answer,
    arrival,
    crowd,
    keep,
    later,
    opened,
    say,
    take,
    turn,
)
from tests.storage.test_outbox import GROUP

Strike = Callable[[Engine, Any], None]
"""What goes wrong, given the engine and the driver's cursor."""
PEOPLE = crowd(3)
LONG = "word " * 2000


def disk_error(engine: Engine, _cursor: Any) -> None:
    raise _driver(engine).OperationalError("disk I/O error")


def _driver(engine: Engine) -> Any:
    return engine.dialect.loaded_dbapi


def full(_engine: Engine, cursor: Any) -> None:
    """Leave not one page more than there are."""
    cursor.execute("PRAGMA page_count")
    (pages,) = cursor.fetchone()
    cursor.execute(f"PRAGMA max_page_count = {pages}")


def read_only(_engine: Engine, cursor: Any) -> None:
    cursor.execute("PRAGMA query_only = ON")


def read_only_server(_engine: Engine, cursor: Any) -> None:
    cursor.execute("SET TRANSACTION READ ONLY")


def cut(_engine: Engine, cursor: Any) -> None:
    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def out_of_time(_engine: Engine, cursor: Any) -> None:
    cursor.execute("SET LOCAL statement_timeout = 1")
    cursor.execute("SELECT pg_sleep(1)")


class Fault:
    """Something that goes wrong before one of the statements, or before the commit."""

    def __init__(self, at: int, strike: Strike) -> None:
        self.at = at
        self.strike = strike
        self.seen = 0

    def pass_on(self, engine: Engine, cursor: Any) -> None:
        self.seen += 1
        if self.seen == self.at:
            self.strike(engine, cursor)


@contextmanager
def going_wrong(database: Database, fault: Fault) -> Iterator[None]:
    engine = database.engine.sync_engine

    def execute(cursor: Any, *_more: object) -> None:
        fault.pass_on(engine, cursor)

    commit = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        cursor = connection.cursor()
        fault.pass_on(engine, cursor)
        cursor.close()
        commit(connection)

    hooks = "do_execute", "do_executemany", "do_execute_no_params"
    for hook in hooks:
        event.listen(engine, hook, execute)
    vars(engine.dialect)["do_commit"] = do_commit
    try:
        yield
    finally:
        del vars(engine.dialect)["do_commit"]
        for hook in hooks:
            event.remove(engine, hook, execute)


async def everything(database: Database) -> dict[str, list[Any]]:
    async with database.reading() as connection:
        tables = [(await connection.execute(table.select())).all() for table in metadata.sorted_tables]
    return {
        table.name: sorted(map(repr, rows))
        for table, rows in zip(metadata.sorted_tables, tables, strict=True)
    }


@dataclass(frozen=True)
class Scene:
    """Where the deeds are done: some people are known, and one message is being sent."""

    store: SqlStore
    outbox: SqlOutbox
    claimed: list[Queued]


async def a_batch(scene: Scene) -> None:
    """Do all that one transaction can: strangers, answers, an erasure, a message to staff, a quarantine."""
    async with scene.store.transaction() as transaction:
        assert await transaction.claim(["7:1", "7:2"], NOW) == {"7:1", "7:2"}
        ids = [person.telegram_id for person in (*PEOPLE, LIN)]
        known = await transaction.people(ids)
        assert known.keys() == {person.telegram_id for person in PEOPLE}
        changes = arrival(LIN, answer(LONG))
        first, second, third = (known[person.telegram_id] for person in PEOPLE)
        changes.kept += [turn(person, person.conversations[0], answer(LONG)) for person in (first, second)]
        changes.erased.append(third.id)
        changes.outgoing += [say(person, LONG) for person in (first, second, third, GROUP)]
        changes.current[first.id] = first.conversations[0].id
        changes.quarantined.append(Quarantined("7:2", "KeyError", LONG))
        await transaction.keep(changes, later(1))
        await transaction.note_poll(later(1))


async def a_timer(scene: Scene) -> None:
    async with scene.store.transaction() as transaction:
        (person,) = await transaction.due(later(9), 5)
        kept = turn(person, person.conversations[0], answer(LONG), arrived=False)
        await transaction.keep(Changes(kept=[kept], outgoing=[say(person, LONG)]), later(9))


async def take_up(scene: Scene) -> None:
    async with scene.store.transaction() as transaction:
        assert len(await transaction.quarantine.listed()) == 1
        await transaction.quarantine.taken_up("7:0")
        assert await transaction.claim(["7:0"], NOW) == {"7:0"}


async def an_exchange(scene: Scene) -> None:
    """Send one message, let the next wait, and go on with the other chats."""
    (queued,) = scene.claimed
    settled: list[Settled] = [Sent(queued.id), Postponed(queued.chat_row, later(1))]
    rest = await scene.outbox.exchange(settled, [queued.chat_row], NOW, lease=LEASE, limit=9)
    assert len(rest) == len(PEOPLE)


Deed = Callable[[Scene], Awaitable[None]]
DEEDS: list[Deed] = [a_batch, a_timer, take_up, an_exchange]


@pytest.fixture
async def scene(store: SqlStore, outbox: SqlOutbox) -> Scene:
    kept = [opened(person, answer()) for person in PEOPLE]
    kept[0] = replace(kept[0], due_at=later(5))
    changes = Changes(PEOPLE, kept, outgoing=[say(person, "Welcome") for person in (*PEOPLE, MEI)])
    changes.quarantined.append(Quarantined("7:0", "KeyError", "{}"))
    await keep(store, changes)
    return Scene(store, outbox, await take(outbox, limit=1))


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("strike", [disk_error, read_only])
@only_sqlite
async def test_nothing_of_what_failed_is_kept(scene: Scene, deed: Deed, strike: Strike) -> None:
    assert await fail_everywhere(scene, deed, strike) > 3


@pytest.mark.parametrize("deed", [a_batch, a_timer])
@only_sqlite
async def test_a_full_disk_keeps_nothing_by_halves(scene: Scene, deed: Deed) -> None:
    assert await fail_everywhere(scene, deed, full) > 3


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("strike", [disk_error, cut])
@only_postgresql
async def test_nothing_of_what_failed_is_kept_by_a_server(scene: Scene, deed: Deed, strike: Strike) -> None:
    assert await fail_everywhere(scene, deed, strike) > 3


@pytest.mark.parametrize("strike", [read_only_server, out_of_time])
@only_postgresql
async def test_what_a_server_refuses_is_refused_as_a_whole(scene: Scene, strike: Strike) -> None:
    assert await fail_everywhere(scene, a_batch, strike) > 3


async def fail_everywhere(scene: Scene, deed: Deed, strike: Strike) -> int:
    """Let the deed fail at each of its calls in turn, until it gets through; return how often it failed."""
    database = scene.store.database
    before = await everything(database)
    for failed in count():
        try:
            with going_wrong(database, Fault(failed + 1, strike)):
                await deed(scene)
        except StoreUnavailable:
            # What went wrong was a setting of the connection: the next one is sound.
            await database.engine.dispose()
        else:
            return failed
        assert await everything(database) == before, f"call {failed + 1} left something"
    raise AssertionError


@contextmanager
def losing_answers(database: Database) -> Iterator[None]:
    """Let commits succeed without anybody learning of it."""
    dialect = database.engine.sync_engine.dialect
    commit = dialect.do_commit

    def do_commit(connection: Any) -> None:
        commit(connection)
        disk_error(database.engine.sync_engine, None)

    vars(dialect)["do_commit"] = do_commit
    try:
        yield
    finally:
        del vars(dialect)["do_commit"]


async def test_chats_claimed_in_an_answer_that_got_lost_are_claimed_again(scene: Scene) -> None:
    with losing_answers(scene.store.database), pytest.raises(StoreUnavailable):
        await an_exchange(scene)
    await an_exchange(scene)


async def test_what_was_kept_although_its_answer_got_lost_is_not_done_again(scene: Scene) -> None:
    with losing_answers(scene.store.database), pytest.raises(StoreUnavailable):
        await a_batch(scene)
    async with scene.store.transaction() as transaction:
        assert await transaction.claim(["7:1", "7:2"], NOW) == frozenset()


@pytest.mark.parametrize("step", [2, 10, 18, 34, 66])
async def test_a_batch_given_up_halfway_is_whole_or_absent(scene: Scene, step: int) -> None:
    before = await everything(scene.store.database)
    await give_up(a_batch(scene), step)
    if await everything(scene.store.database) == before:
        await a_batch(scene)
    async with scene.store.transaction() as transaction:
        assert await transaction.claim(["7:1", "7:2"], NOW) == frozenset()
        assert LIN.telegram_id in await transaction.people([LIN.telegram_id])


async def give_up(batch: Coroutine[Any, Any, None], after: int) -> None:
    task = asyncio.create_task(batch)
    for _ in range(after):
        await asyncio.sleep(0.0002)
    task.cancel()
    await asyncio.wait([task])


async def test_batches_given_up_hold_up_nobody(scene: Scene) -> None:
    async def answer_all() -> None:
        async with scene.store.transaction() as transaction:
            known = await transaction.people([person.telegram_id for person in PEOPLE])
            kept = [turn(person, person.conversations[0], answer()) for person in known.values()]
            await transaction.keep(Changes(kept=kept, outgoing=[say(GROUP, "?")]), NOW)

    for after in range(40):
        await give_up(answer_all(), after % 20)
        # Well within the time for which SQLite waits for a lock that nobody gives back.
        await asyncio.wait_for(answer_all(), 4)
    assert scene.store.database.engine.pool.status().endswith("Checked out connections: 0")
