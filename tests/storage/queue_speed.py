"""How long staff wait for the queue when there are many conversations.

python -m tests.storage.queue_speed --size 1000000 [--postgresql]: fills a fresh database, prints medians.
The database fills itself, with rows whose contents are empty; those that a page shows are then sealed as they
would be. What is measured is the use case as the console calls it, no key at hand; and `the page`: the queue
as HTML by the console itself, with session, counts and mark.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from httpx import ASGITransport, AsyncClient
from sqlalchemy import text, update

from bot.app import new_secret
from bot.content.console_words import read_console_words
from bot.domain.case_events import Reason, ReasonKind
from bot.domain.review import Case, Priority, State
from bot.running import checked
from bot.service.access import Access, invite_by_operator, redeem
from bot.service.review import Office
from bot.service.review_ports import Cursor, Filters
from bot.service.review_reading import PAGE, case_view, counts, queue, search
from bot.service.timetable import Timetable
from bot.storage.case_keeping import snapshot_at
from bot.storage.cases import _queue
from bot.storage.codec import CASES
from bot.storage.database import Database, open_database
from bot.storage.migrate import upgrade
from bot.storage.review_tables import cases
from bot.storage.store import SqlStore
from bot.web.console import console_refusals, console_routes
from bot.web.health import create_app
from bot.web.visit import Desk
from tests.conftest import LOCALES, shipped
from tests.storage.caseload import bring, hire, open_office
from tests.storage.conftest import numbered_ids
from tests.storage.persona import NOW, TRIAL, crowd
from tests.storage.server import running
from tests.web.office import ORIGIN

PEOPLE, STAFF, ROUNDS = 2_000, 20, 15
Asked = Mapping[str, tuple[Filters, Cursor | None]]

# Six of ten are done, two are nobody's, one is claimed, one waits; one of a thousand is of a rare kind.
CASE = """
INSERT INTO cases (id, conversation_id, participant_id, code, trial, source, state, priority, claimed_by,
                   revision, snapshot, head, opened_at, changed_at, due_by, snoozed_until)
SELECT {name}, {name}, 'p' || (i % {people}), 'c' || (i % {people}),
    CASE WHEN i % 997 = 6 THEN 'rare-trial' ELSE '{trial}' END,
    CASE WHEN i % 991 = 7 THEN 'flyer' ELSE 'web' END,
    CASE WHEN i % 10 < 6 THEN 'resolved' WHEN i % 10 < 8 THEN 'open' WHEN i % 10 = 8 THEN 'claimed'
         ELSE 'waiting' END,
    (i * 7919) % 4, CASE WHEN i % 10 >= 8 THEN {holder} END, 1, {empty}, {empty}, {opened}, {opened},
    CASE WHEN i % 7 = 0 THEN {far} ELSE {due} END,
    CASE WHEN i % 10 >= 6 AND i % 13 = 0 THEN {away} END
FROM {each}
"""
TALK = """
INSERT INTO conversations (id, participant_id, trial, content_hash, status, revision, snapshot, head,
                           checkpointed, contact_permission, opened_at, active_at)
SELECT {name}, 'p' || (i % {people}), '{trial}', '{content_hash}', 'completed', 1, {empty}, {empty}, 1, true,
    {opened}, {opened}
FROM {each}
"""


COUNTED = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n"


def asked(who: str) -> Asked:
    """Return what staff ask of the queue."""
    return {
        "first page": (Filters(), None),
        "deep page": (Filters(), Cursor(int(Priority.UNDETERMINED), NOW - timedelta(days=30), "")),
        "mine": (Filters(claimed_by=who), None),
        "nobody's": (Filters(unclaimed=True), None),
        "one trial": (Filters(trial=TRIAL), None),
        "a rare trial": (Filters(trial="rare-trial"), None),
        "one priority": (Filters(priority=Priority.INFO), None),
        "a rare source": (Filters(source="flyer"), None),
        "waiting only": (Filters(state=State.WAITING), None),
        "put away": (Filters(snoozed=True), None),
        "done": (Filters(resolved=True), None),
    }


def filling(database: Database, size: int, staff: list[str]) -> Iterator[str]:
    """Yield the statements by which the database fills itself."""
    moment = _in_sqlite if database.is_sqlite else _in_postgresql
    chosen = " ".join(f"WHEN {n} THEN '{name}'" for n, name in enumerate(staff))
    last = size - 1
    counted = COUNTED.format(last=last)
    values = {
        "name": "printf('x%07d', i)" if database.is_sqlite else "'x' || lpad(i::text, 7, '0')",
        "empty": "x''" if database.is_sqlite else "''::bytea",
        "each": f"({counted})" if database.is_sqlite else f"generate_series(0::bigint, {last}) AS n(i)",
        "holder": f"CASE (i / 10) % {len(staff)} {chosen} END",
        "opened": moment("-((i * 613) % 500000)"),
        "due": moment("2880 - (i * 613) % 500000"),
        "away": moment("(i % 500) * 60 + 1"),
        "far": moment("3660000000"),
        "people": PEOPLE,
        "trial": TRIAL,
        "content_hash": shipped().content_hash,
    }
    yield TALK.format(**values)
    yield CASE.format(**values)
    yield "ANALYZE"


def _in_sqlite(minutes: str) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{NOW:%Y-%m-%d %H:%M:%S}', ({minutes}) || ' minutes')"


def _in_postgresql(minutes: str) -> str:
    return f"(timestamptz '{NOW.isoformat()}' + ({minutes}) * interval '1 minute')"


async def fill(database: Database, size: int, staff: list[str]) -> None:
    """Put so many conversations in, each with a case, and seal those that will be shown."""
    for statement in filling(database, size, staff):
        async with database.writing() as connection:
            if not database.is_sqlite:
                await connection.execute(text("SET LOCAL statement_timeout = 0"))
            await connection.execute(text(statement))
    await database.scrub()
    sealer = await database.vault.sealer({f"p{n}" for n in range(PEOPLE)})
    async with database.writing() as connection:
        for wanted, after in asked(staff[0]).values():
            for row in (await connection.execute(_queue(wanted, after).limit(PAGE + 1))).all():
                where = snapshot_at(row.id, 1)
                sealed = sealer.seal(row.participant_id, where, CASES.write(_shown(row)))
                await connection.execute(update(cases).where(cases.c.id == row.id).values(snapshot=sealed))


def _shown(row: Any) -> Case:
    kinds = (ReasonKind.URGENT, ReasonKind.CONTACT, ReasonKind.UNDETERMINED, ReasonKind.REPEAT)
    return Case(
        row.id,
        trial=row.trial,
        state=State(row.state),
        reasons=(Reason(kinds[row.priority]),),
        claimed_by=row.claimed_by,
        snoozed_until=row.snoozed_until,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        revision=1,
    )


async def measure(url: str, size: int) -> None:
    """Fill a fresh database at that address, and print medians in milliseconds."""
    await upgrade(url)
    database = open_database(url, patient=True)
    store = SqlStore(database, numbered_ids())
    office = await open_office(store, shipped())
    shown = await bring(store, shipped(), crowd(PEOPLE))
    staff = [each.id for each in await hire(office, STAFF)]
    started = perf_counter()
    await fill(database, size, staff)
    sys.stdout.write(f"{size} cases on {url.split(':', 1)[0]}, filled in {perf_counter() - started:.0f} s\n")
    who = staff[0]
    for name, (wanted, after) in asked(who).items():
        await _tell(name, database, partial(queue, office, wanted, who, after=after, now=NOW))
    await _tell("counts", database, lambda: counts(office, who, now=NOW))
    await _tell("search", database, lambda: search(office, shown[5], who, now=NOW))
    await _tell("a case", database, lambda: case_view(office, shown[0], who, now=NOW))
    await _tell_page(store, office, who)
    await database.close()


async def _tell_page(store: SqlStore, office: Office, who: str) -> None:
    access = Access(store, new_secret)
    desk = Desk(
        *(office, access, read_console_words(LOCALES), lambda: NOW, new_secret, ORIGIN),
        check=lambda: checked(store, Timetable(office.desks.editions, NOW)),
        standings=dict,
    )
    app = create_app(dict, console=console_routes(desk), refusals=console_refusals(desk))
    async with AsyncClient(transport=ASGITransport(app=app), base_url=ORIGIN) as browser:
        token = await redeem(access, await invite_by_operator(access, who, now=NOW), now=NOW)
        browser.cookies.set("doorstep", token)
        found = await browser.get("/")
        assert found.text.count('<li class="case') == PAGE, "this is no queue"
        await _tell("the page", store.database, lambda: browser.get("/"))


async def _tell(name: str, database: Database, ask: Callable[[], Awaitable[object]]) -> None:
    taken = [await _timed(database, ask) for _ in range(ROUNDS)]
    sys.stdout.write(f"{name:>15}  median {median(taken):7.1f} ms  worst {max(taken):7.1f} ms\n")
    sys.stdout.flush()


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
    given = options.parse_args()
    if given.postgresql:
        with running() as server:
            server.run("CREATE DATABASE speed")
            asyncio.run(measure(server.url("speed"), given.size))
        return
    with tempfile.TemporaryDirectory(prefix="doorstep-queue-") as folder:
        asyncio.run(measure(f"sqlite:///{Path(folder) / 'speed.sqlite3'}", given.size))


if __name__ == "__main__":
    main()
