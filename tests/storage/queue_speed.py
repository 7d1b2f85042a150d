"""How long staff wait for the queue when there are many conversations.

python -m tests.storage.queue_speed --size 1000000 [--postgresql]: fills a fresh database, prints medians.
Half a second of filling for each thousand; what is measured is the use case as the console calls it, with the
keys of the people shown read and unwrapped each time.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import insert, text

from bot.domain.case_events import Reason, ReasonKind
from bot.domain.review import Case, Priority, State
from bot.service.register import list_staff
from bot.service.review import Office
from bot.service.review_ports import Cursor, Filters
from bot.service.review_reading import case_view, counts, queue, search
from bot.storage.case_keeping import row_of
from bot.storage.chain import START
from bot.storage.database import Database, open_database
from bot.storage.migrate import upgrade
from bot.storage.review_tables import cases
from bot.storage.store import SqlStore
from bot.storage.tables import conversations
from bot.storage.vault import Sealer
from tests.conftest import shipped
from tests.storage.caseload import bring, hire, open_office
from tests.storage.conftest import numbered_ids
from tests.storage.persona import NOW, TRIAL, crowd
from tests.storage.server import running

PEOPLE = 2_000
CHUNK = 5_000
ROUNDS = 15
KINDS = (ReasonKind.URGENT, *[ReasonKind.CONTACT] * 6, *[ReasonKind.UNDETERMINED] * 8, ReasonKind.REPEAT)
STATES = (*[State.RESOLVED] * 6, *[State.OPEN] * 2, State.CLAIMED, State.WAITING)


def chosen(number: int, chance: Random, staff: list[str]) -> Case:
    """Return one of many cases, as they may stand after a year."""
    state = chance.choice(STATES)
    opened = NOW - timedelta(minutes=chance.randrange(500_000))
    held = chance.choice(staff) if state in {State.CLAIMED, State.WAITING} else None
    waits = state is not State.RESOLVED
    away = waits and chance.random() < 0.1
    return Case(
        f"{number:08d}",
        conversation=f"{number:08d}",
        participant=f"p{number % PEOPLE}",
        trial=TRIAL if chance.random() < 0.999 else "rare-trial",
        source="flyer" if chance.random() < 0.001 else "web",
        state=state,
        reasons=(Reason(chance.choice(KINDS)),),
        claimed_by=held,
        due_by=opened + timedelta(hours=48) if waits and chance.random() < 0.8 else None,
        snoozed_until=NOW + timedelta(hours=chance.randrange(500)) if away else None,
        opened_at=opened,
        changed_at=opened,
        revision=1,
    )


async def fill(store: SqlStore, size: int, staff: list[str]) -> None:
    """Put so many conversations in, each with a case."""
    chance = Random(20261122)
    sealer = await store.database.vault.sealer({f"p{n}" for n in range(PEOPLE)})
    for start in range(0, size, CHUNK):
        some = [chosen(n, chance, staff) for n in range(start, min(start + CHUNK, size))]
        async with store.database.writing() as connection:
            await connection.execute(insert(conversations), [_talk(case) for case in some])
            await connection.execute(insert(cases), [_row(case, sealer) for case in some])
    async with store.database.writing() as connection:
        await connection.execute(text("ANALYZE"))


def _talk(case: Case) -> dict[str, Any]:
    return {
        "id": case.conversation,
        "participant_id": case.participant,
        "trial": case.trial,
        "content_hash": shipped().content_hash,
        "status": "completed",
        "revision": 1,
        "snapshot": b"",
        "head": START,
        "checkpointed": 1,
        "contact_permission": True,
        "opened_at": case.opened_at,
        "active_at": case.opened_at,
    }


def _row(case: Case, sealer: Sealer) -> dict[str, Any]:
    return {
        **row_of(case, START, sealer, case.participant),
        "conversation_id": case.conversation,
        "participant_id": case.participant,
        "code": f"c{case.participant}",
        "trial": case.trial,
        "opened_at": case.opened_at,
    }


def questions(office: Office, who: str) -> Iterator[tuple[str, Callable[[], Awaitable[object]]]]:
    """Yield what staff ask of the queue."""
    deep = Cursor(int(Priority.UNDETERMINED), NOW - timedelta(days=30), "")
    for name, wanted, after in (
        ("first page", Filters(), None),
        ("deep page", Filters(), deep),
        ("mine", Filters(claimed_by=who), None),
        ("nobody's", Filters(unclaimed=True), None),
        ("one trial", Filters(trial=TRIAL), None),
        ("a rare trial", Filters(trial="rare-trial"), None),
        ("one priority", Filters(priority=Priority.INFO), None),
        ("a rare source", Filters(source="flyer"), None),
        ("waiting only", Filters(state=State.WAITING), None),
        ("put away", Filters(snoozed=True), None),
        ("done", Filters(resolved=True), None),
    ):
        yield name, lambda w=wanted, a=after: queue(office, w, who, after=a, now=NOW)  # type: ignore[misc]
    yield "counts", lambda: counts(office, who, now=NOW)
    yield "search", lambda: search(office, "00000123", who, now=NOW)
    yield "a case", lambda: case_view(office, "case-p0", who, now=NOW)


async def measure(url: str, size: int) -> None:
    """Fill a fresh database at that address, and print medians in milliseconds."""
    await upgrade(url)
    database: Database = open_database(url)
    store = SqlStore(database, numbered_ids())
    office = await open_office(store, shipped())
    await bring(store, shipped(), crowd(PEOPLE))
    staff = [each.id for each in await hire(office, 20)]
    assert len(await list_staff(office)) == 20
    started = perf_counter()
    await fill(store, size, staff)
    sys.stdout.write(f"{size} cases on {url.split(':', 1)[0]}, filled in {perf_counter() - started:.0f} s\n")
    for name, ask in questions(office, staff[0]):
        taken = [await _timed(database, ask) for _ in range(ROUNDS)]
        sys.stdout.write(f"{name:>15}  median {median(taken):7.1f} ms  worst {max(taken):7.1f} ms\n")
    await database.close()


async def _timed(database: Database, ask: Callable[[], Awaitable[object]]) -> float:
    database.vault._at_hand.clear()  # no key at hand, as after a start
    started = perf_counter()
    await ask()
    return (perf_counter() - started) * 1_000


def main() -> None:
    """Read the options and measure."""
    options = argparse.ArgumentParser()
    options.add_argument("--size", type=int, default=20_000)
    options.add_argument("--postgresql", action="store_true")
    chosen_options = options.parse_args()
    if chosen_options.postgresql:
        with running() as server:
            server.run("CREATE DATABASE speed")
            asyncio.run(measure(server.url("speed"), chosen_options.size))
        return
    with tempfile.TemporaryDirectory(prefix="doorstep-queue-") as folder:
        asyncio.run(measure(f"sqlite:///{Path(folder) / 'speed.sqlite3'}", chosen_options.size))


if __name__ == "__main__":
    main()
