"""Where cards stand, and which are due, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.content.bundle import Bundle
from bot.domain.case_actions import Claim, Decide, Note
from bot.domain.case_events import PARTICIPANT, Decision, Reason, ReasonAdded, ReasonKind
from bot.engine.review import after
from bot.service.card_ports import Placed
from bot.service.ports import Changes, KeptCase
from bot.service.review import Office, act
from bot.service.review_ports import NotAllowed
from bot.storage.store import SqlStore
from tests.storage.caseload import bring, hire, open_office
from tests.storage.persona import NOW, crowd, later

GROUP, OTHER = -1001, -1002


@pytest.fixture
async def office(store: SqlStore, bundle: Bundle) -> Office:
    return await open_office(store, bundle)


async def due(store: SqlStore, group: int = GROUP, limit: int = 50, minutes: int = 0) -> list[str]:
    async with store.looking() as looking:
        return await looking.cards.due(group, NOW + timedelta(minutes=minutes), limit)


async def draw(store: SqlStore, case: str, revision: int, placed: Placed | None = None) -> None:
    async with store.transaction() as transaction:
        if placed:
            await transaction.cards.put(GROUP, placed)
        await transaction.cards.showed(case, revision)


async def test_a_card_is_due_until_it_shows_its_case_as_it_is(
    office: Office, store: SqlStore, bundle: Bundle
) -> None:
    ids = await bring(store, bundle, crowd(3))
    (wang,) = await hire(office, 1)
    assert sorted(await due(store)) == sorted(ids)
    assert len(await due(store, limit=2)) == 2
    async with store.looking() as looking:
        stored = await looking.cases.look(ids[0])
    assert stored is not None
    await draw(store, ids[0], stored.case.revision, Placed(ids[0], message=77))
    assert ids[0] not in await due(store)
    moved = await act(office, ids[0], Note("called"), wang.id, now=later(1))
    assert ids[0] in await due(store)
    await draw(store, ids[0], moved.revision - 1)
    assert ids[0] in await due(store), "drawn as it was a moment ago, it is due still"


@pytest.mark.usefixtures("office")
async def test_the_most_pressing_card_comes_first(store: SqlStore, bundle: Bundle) -> None:
    calm, pressing = await bring(store, bundle, crowd(2))
    assert await due(store) == [calm, pressing]
    async with store.transaction() as transaction:
        case = (await transaction.cases.hold([pressing]))[pressing]
        events = (ReasonAdded(at=later(1), by=PARTICIPANT, reason=Reason(ReasonKind.URGENT)),)
        await transaction.keep(Changes(cases=[KeptCase(after(case, events), events)]), later(1))
    assert await due(store) == [pressing, calm]


@pytest.mark.usefixtures("office")
async def test_a_card_is_found_by_its_message_and_by_its_topic_in_its_group_alone(
    store: SqlStore, bundle: Bundle
) -> None:
    (case,) = await bring(store, bundle, crowd(1))
    placed = Placed(case, topic=5, message=77, redraw_at=NOW)
    await draw(store, case, 99, placed)
    async with store.looking() as looking:
        cards = looking.cards
        assert await cards.of(GROUP, case) == placed
        assert await cards.of(OTHER, case) is None
        assert await cards.case_at(GROUP, 77, None) == (case, True)
        assert await cards.case_at(GROUP, 78, 5) == (case, False)
        assert await cards.case_at(GROUP, None, 77) is None
        assert await cards.case_at(OTHER, 77, 5) is None
    assert await due(store) == [case], "time alone changes what it shows"
    await draw(store, case, 99, replace(placed, redraw_at=NOW + timedelta(minutes=9)))
    assert await due(store) == []
    assert await due(store, minutes=9) == [case]


async def test_open_cases_move_to_another_group_and_what_is_done_needs_no_card(
    store: SqlStore, office: Office, bundle: Bundle
) -> None:
    ids = await bring(store, bundle, crowd(3))
    (wang,) = await hire(office, 1)
    for case in ids[:2]:
        await draw(store, case, 99, Placed(case, message=1))
    for case in ids[1:]:
        await act(office, case, Decide(Decision.WITHDREW), wang.id, now=later(1))
    await draw(store, ids[1], 99)
    async with store.transaction() as transaction:
        await transaction.cards.skip_done()
        await transaction.cards.take_over(GROUP)
    assert await due(store) == []
    async with store.transaction() as transaction:
        await transaction.cards.take_over(OTHER)
    assert await due(store, OTHER) == [ids[0]]


async def test_an_action_counts_once_by_its_key_and_only_on_what_was_seen(
    store: SqlStore, office: Office, bundle: Bundle
) -> None:
    (case,) = await bring(store, bundle, crowd(1))
    (wang,) = await hire(office, 1)
    noted = await act(office, case, Note("called"), wang.id, now=later(1), key="1:1")
    with pytest.raises(NotAllowed, match="review-stale"):
        await act(office, case, Note("called"), wang.id, now=later(2), key="1:1")
    with pytest.raises(NotAllowed, match="review-stale"):
        await act(office, case, Claim(), wang.id, now=later(2), seen=noted.revision - 1)
    claimed = await act(office, case, Claim(), wang.id, now=later(3), seen=noted.revision)
    assert (claimed.notes, claimed.claimed_by) == (1, wang.id)
