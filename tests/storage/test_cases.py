"""Cases in the database: claimed once, found in order, chained, and emptied with their people.

DOORSTEP_RACES=10000 pytest -s tests/storage/test_cases.py -k race is the long form.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import count
from random import Random  # noqa: TID251 -- repeatable chance
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.content.bundle import Bundle
from bot.domain.case_actions import Answer, Claim, Decide, Note, Release, Snooze
from bot.domain.case_events import By, CaseClosed, Claimed, Decision, ReasonKind
from bot.domain.events import Erased
from bot.domain.review import Case, Priority, State
from bot.domain.staff import OPERATOR, SignedIn
from bot.engine.review import after
from bot.service.ports import Changes, Conflict, KeptCase
from bot.service.register import list_staff, record, recorded, remove_staff, staff_by_telegram
from bot.service.review import Office, act
from bot.service.review_ports import Cursor, Filters, NotAllowed
from bot.service.review_reading import counts, queue, search
from bot.service.review_views import QueueRow
from bot.storage.database import Database, open_database
from bot.storage.review_tables import case_events, cases, installation_events
from bot.storage.store import SqlStore
from bot.storage.verifying import Report, verify
from tests.storage.caseload import bring, case_of, hire, open_office
from tests.storage.conftest import numbered_ids
from tests.storage.persona import MEI, NOW, crowd, find, keep, later, turn

RACES = int(os.environ.get("DOORSTEP_RACES", "40"))
RIVALS = 4


@pytest.fixture
async def office(store: SqlStore, bundle: Bundle) -> Office:
    return await open_office(store, bundle)


async def checked(store: SqlStore) -> Report:
    return [report async for report in verify(store)][-1]


async def test_a_race_for_a_case_has_one_winner(
    office: Office, database: Database, url: str, bundle: Bundle
) -> None:
    store = SqlStore(database, numbered_ids())
    ids = await bring(store, bundle, crowd(RACES))
    rivals = await hire(office, RIVALS)
    # Half of them work on another machine, with connections of their own.
    far = open_database(url)
    numbers = count(1)
    offices = [office, Office(office.desks, SqlStore(far, lambda: f"far{next(numbers):05d}"))]
    won: dict[str, list[str]] = {}
    lost: list[str] = []

    async def tries(case_id: str, number: int) -> None:
        try:
            moved = await act(offices[number % 2], case_id, Claim(), rivals[number].id, now=later(1))
        except NotAllowed as refused:
            lost.append(refused.key)
        else:
            won.setdefault(case_id, []).append(moved.claimed_by or "")

    for case_id in ids:
        await asyncio.wait_for(asyncio.gather(*(tries(case_id, n) for n in range(RIVALS))), 60)
    await far.close()
    assert lost == ["review-taken"] * len(ids) * (RIVALS - 1)
    assert {case_id: len(winners) for case_id, winners in won.items()} == dict.fromkeys(ids, 1)
    async with database.reading() as connection:
        rows = (await connection.execute(select(cases.c.id, cases.c.claimed_by))).all()
        claims = select(case_events.c.case_id).where(case_events.c.actor.in_([each.id for each in rivals]))
        assert len((await connection.execute(claims)).all()) == len(ids)
    assert {row.id: [row.claimed_by] for row in rows} == won
    sys.stdout.write(f"{len(ids)} races of {RIVALS} on {database.engine.dialect.name}: one winner each\n")


async def test_two_turns_on_the_same_state_of_a_case_are_a_conflict(
    office: Office, store: SqlStore, bundle: Bundle
) -> None:
    (case_id,) = await bring(store, bundle, [MEI])
    async with store.transaction() as transaction:
        before = (await transaction.cases.hold([case_id]))[case_id]
    (wang,) = await hire(office, 1)
    await act(office, case_id, Note("called"), wang.id, now=later(1))
    with pytest.raises(Conflict):
        await keep(store, Changes(cases=[_claimed(before, wang.id)]), later(2))


def _claimed(case: Case, who: str) -> KeptCase:
    events = (Claimed(at=later(2), by=By(who)),)
    return KeptCase(after(case, events), events)


async def test_the_queue_comes_in_order_page_by_page_without_gaps(
    office: Office, store: SqlStore, bundle: Bundle
) -> None:
    people = crowd(23)
    kinds = [ReasonKind.UNDETERMINED, ReasonKind.CONTACT, ReasonKind.URGENT]
    rng = Random(1)
    await bring(store, bundle, people)
    async with store.transaction() as transaction:
        held = await transaction.cases.hold([f"case-{person.id}" for person in people])
    more = Changes()
    for case in held.values():
        kind = rng.choice(kinds)
        added = case_of(people[0], NOW, kind).events[1]
        more.cases.append(KeptCase(after(case, (added,)), (added,)))
    await keep(store, more)
    wang, li = await hire(office, 2)
    seen: list[tuple[int, object, str]] = []
    cursor: Cursor | None = None
    while True:
        page = await queue(office, Filters(), wang.id, after=cursor, now=NOW, limit=5)
        seen += [(int(row.priority), row.due_by, row.case) for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(seen)
    assert len(seen) == len(people)
    urgent = await queue(office, Filters(priority=Priority.URGENT), wang.id, now=NOW)
    first, *others = [row.case for row in urgent.rows]
    assert [first, *others] == [name for rank, _, name in seen if rank == 0]
    assert len(others) > 2
    await act(office, first, Claim(), wang.id, now=later(1))
    for case_id in others[1:]:
        await act(office, case_id, Claim(), li.id, now=later(1))
    now = await counts(office, wang.id, now=later(1))
    assert (now.urgent_mine, now.urgent_elsewhere) == (1, len(others) - 1), "one of them is nobody's"


async def test_what_is_put_away_done_or_taken_stands_where_it_belongs(
    office: Office, store: SqlStore, bundle: Bundle
) -> None:
    first, second, third, _ = await bring(store, bundle, crowd(4))
    wang, li = await hire(office, 2)
    await act(office, first, Snooze(later(600)), wang.id, now=later(1))
    await act(office, second, Claim(), li.id, now=later(1))
    await act(office, third, Decide(Decision.DUPLICATE), wang.id, now=later(1))

    async def shown(**wanted: Any) -> list[str]:
        page = await queue(office, Filters(**wanted), wang.id, now=later(2))
        return [row.case for row in page.rows]

    assert await shown(snoozed=True) == [first]
    assert await shown(resolved=True) == [third]
    assert await shown(claimed_by=li.id) == [second]
    assert len(await shown(unclaimed=True)) == 1
    assert len(await shown()) == 2
    assert await shown(trial="other") == []
    assert await shown(state=State.CLAIMED) == [second]
    now = await counts(office, li.id, now=later(60 * 49))
    assert (now.unclaimed, now.mine, now.overdue, now.snoozed) == (1, 1, 2, 1)
    (row,) = await queue_rows(office, store, second, wang.id)
    assert (row.claimed_name, row.case) == ("Colleague 1", second)


async def queue_rows(office: Office, store: SqlStore, case_id: str, who: str) -> list[QueueRow]:
    """Find a case by each name it goes by."""
    by_id = await search(office, case_id, who, now=NOW)
    async with store.looking() as reading:
        stored = await reading.cases.look(case_id)
    assert stored
    assert by_id == await search(office, f" {stored.code} ", who, now=NOW)
    assert by_id == await search(office, stored.case.conversation, who, now=NOW)
    return [*by_id]


async def test_an_erased_person_leaves_an_empty_case_and_the_chain_holds(
    office: Office, store: SqlStore, bundle: Bundle
) -> None:
    case_id, other = await bring(store, bundle, [MEI, *crowd(1)])
    wang, _ = await hire(office, 2)
    await act(office, case_id, Note("her sister called"), wang.id, now=later(1))
    await act(office, case_id, Answer(snippet="more_time"), wang.id, now=later(2))
    await act(office, case_id, Decide(Decision.OTHER, reason="moved away"), wang.id, now=later(3))
    mei = await find(store, MEI)
    assert mei
    gone = turn(MEI, mei.conversations[0], Erased(at=later(4)))
    await keep(store, Changes(kept=[gone], erased=["mei"]), later(4))
    async with store.looking() as reading:
        left = await reading.cases.look(case_id)
        history = await reading.cases.history(case_id)
        kept = await reading.cases.look(other)
    assert left
    assert (left.case.reasons, left.case.ruling, left.case.notes, left.case.state) == (
        (),
        None,
        0,
        State.RESOLVED,
    )
    assert [type(event) for event in history] == [CaseClosed]
    assert kept
    assert kept.case.reasons
    assert (await checked(store)).findings == []
    with pytest.raises(NotAllowed, match="review-erased"):
        await act(office, case_id, Note("x"), wang.id, now=later(5))


async def test_whoever_is_removed_may_do_nothing_and_holds_nothing(
    office: Office, store: SqlStore, bundle: Bundle
) -> None:
    case_id, free = await bring(store, bundle, crowd(2))
    wang, li = await hire(office, 2)
    await act(office, case_id, Claim(), wang.id, now=later(1))
    await remove_staff(office, wang.id, by=OPERATOR, now=later(2))
    for action in (Release(), Claim()):
        with pytest.raises(NotAllowed, match="review-not-allowed"):
            await act(office, free, action, wang.id, now=later(3))
    with pytest.raises(NotAllowed, match="review-not-allowed"):
        await queue(office, Filters(), wang.id, now=later(3))
    assert await staff_by_telegram(office, 7_000_000_000) is None
    assert (await act(office, case_id, Claim(), li.id, now=later(3))).claimed_by == li.id
    (again,) = await hire(office, 1)
    assert again.id != wang.id
    assert len(await list_staff(office)) == 3
    with pytest.raises(NotAllowed, match="review-telegram-taken"):
        await hire(office, 1)


async def test_only_the_operator_and_administrators_keep_the_register(office: Office) -> None:
    wang, _ = await hire(office, 2)
    with pytest.raises(NotAllowed, match="review-not-allowed"):
        await remove_staff(office, wang.id, by=wang.id, now=later(1))


async def test_the_installation_has_a_chain_that_verifies(office: Office, store: SqlStore) -> None:
    wang, li = await hire(office, 2)
    await asyncio.gather(
        *(
            record(office, SignedIn(at=later(n), by=who.id, how="link"))
            for n in range(10)
            for who in (wang, li)
        )
    )
    (newest, _), *_ = await recorded(office, limit=5)
    assert newest == 22
    assert [place for place, _ in await recorded(office, before=3)] == [2, 1]
    assert (await checked(store)).findings == []


TAMPERING = {
    "an event's time": update(case_events).where(case_events.c.position == 2).values(at=later(9)),
    "an event's author": update(case_events).where(case_events.c.position == 2).values(actor="li"),
    "an event emptied": update(case_events).where(case_events.c.position == 2).values(body=b""),
    "the last event": case_events.delete().where(case_events.c.position == 4),
    "a state": update(cases).values(state="resolved"),
    "a priority": update(cases).values(priority=3),
    "a claim given away": update(cases).values(claimed_by=None),
    "the last of the installation": installation_events.delete().where(installation_events.c.position == 2),
    "somebody else added": update(installation_events).values(actor="nobody"),
}


@pytest.mark.parametrize("name", TAMPERING)
async def test_changed_rows_are_found(office: Office, store: SqlStore, bundle: Bundle, name: str) -> None:
    (case_id,) = await bring(store, bundle, [MEI])
    wang, _ = await hire(office, 2)
    await act(office, case_id, Claim(), wang.id, now=later(1))
    assert (await checked(store)).findings == []
    async with store.database.writing() as connection:
        await connection.execute(TAMPERING[name])
    assert (await checked(store)).findings != []


async def test_what_staff_write_is_sealed(
    office: Office, store: SqlStore, database: Database, bundle: Bundle
) -> None:
    (case_id,) = await bring(store, bundle, [MEI])
    (wang,) = await hire(office, 1)
    await act(office, case_id, Note("ZEBRA"), wang.id, now=later(1))
    await act(office, case_id, Decide(Decision.OTHER, reason="ZEBRA"), wang.id, now=later(2))
    async with database.reading() as connection:
        for table in (cases, case_events, installation_events):
            for row in await connection.execute(select(table)):
                assert b"ZEBRA" not in repr(tuple(row)).encode()
        names = await connection.exec_driver_sql("SELECT * FROM staff")
        assert "Colleague" not in repr([tuple(row) for row in names])
