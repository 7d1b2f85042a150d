"""Who somebody is: seen by those who may, and by nobody else; gone when it is taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.content.bundle import Bundle
from bot.domain.events import IdentityShared, IdentityWithdrawn
from bot.domain.staff import IdentityViewed
from bot.service.figures import screening_log
from bot.service.register import recorded
from bot.service.review_ports import NotAllowed
from bot.service.review_reading import case_view
from bot.service.review_views import CaseView, Identity
from bot.service.sending import Queued
from bot.storage.reading import conversations
from bot.storage.tables import events
from bot.storage.verifying import verify
from tests.editions import with_policies
from tests.talk import Phone, World, open_world

NUMBER, NAME = "+8613800138000", "Canary-Meiling"
ASKED = ("phone", "name")


@pytest.fixture
def asking(bundle: Bundle) -> Bundle:
    return with_policies(bundle, ASKED)


async def agree(world: World, phone: Phone) -> None:
    """Go through the screening and say yes to contact."""
    await world.send(phone, "/start")
    await world.tap(phone, "Start")
    for _ in range(3):
        await world.tap(phone, phone.labels()[0])
    for said in ("45", "Yes", "Yes", "Not sure", "No", "Yes", "No", "No", "No"):
        if "Submit" in phone.labels():
            break
        await world.send(phone, said)
    await world.tap(phone, "Submit")
    await world.tap(phone, "Yes, contact me")


async def share(world: World, phone: Phone) -> None:
    await agree(world, phone)
    await world.share(phone)
    await world.send(phone, NAME)
    await world.tap(phone, "Yes, keep it")


async def view(world: World, name: str, *, with_identity: bool = False) -> CaseView:
    (row,) = await world.cases()
    who = await world.colleague(name, sees_identity=name == "Wang")
    return await case_view(world.office, row.case, who.id, now=world.now, with_identity=with_identity)


async def findings(world: World) -> list[str]:
    report = [report async for report in verify(world.store)][-1]
    return [finding.what for finding in report.findings]


async def test_only_who_sees_identities_sees_it_and_each_look_is_an_event(
    tmp_path: Path, asking: Bundle
) -> None:
    async with open_world(tmp_path, asking) as world:
        await world.colleague("Wang", sees_identity=True)
        mei = world.phone()
        await share(world, mei)
        await world.send(mei, "/mydata")
        for name in ("Wang", "Lin"):
            page = await view(world, name)
            assert page.shares_identity
            assert page.identity is None
            assert NAME not in repr(page), "nor in what they were shown"
            assert NUMBER not in repr(page)
        with pytest.raises(NotAllowed, match="review-no-identity"):
            await view(world, "Lin", with_identity=True)
        shown = await view(world, "Wang", with_identity=True)
        assert shown.identity == Identity(NAME, NUMBER, None)
        looks = [event for _, event in await recorded(world.office) if isinstance(event, IdentityViewed)]
        assert [look.case for look in looks] == [shown.case.id]
        lines = " ".join(message.html for message in world.staff.messages)
        assert NAME not in lines
        assert NUMBER not in lines
        exported = json.dumps(await world.exported(with_answers=True))
        assert NAME not in exported
        assert NUMBER not in exported
        wang = await world.colleague("Wang")
        log = [repr(row) async for row in screening_log(world.office, wang.id)]
        assert not any(NAME in row or NUMBER in row for row in log)


async def test_who_has_left_nothing_has_no_box_to_open(tmp_path: Path, asking: Bundle) -> None:
    async with open_world(tmp_path, asking) as world:
        await world.colleague("Wang", sees_identity=True)
        mei = world.phone()
        await agree(world, mei)
        await world.send(mei, "No, thank you")
        await world.tap(mei, "No, thank you")
        assert not (await view(world, "Wang")).shares_identity


async def bodies(world: World) -> str:
    """Return all that can still be read of what happened, and of how it stands."""
    rows = [row async for row in conversations(world.store, with_events=True)]
    return "\n".join(repr((row.events, row.conversation)) for row in rows)


async def test_what_is_taken_back_is_gone_and_the_trail_still_holds(tmp_path: Path, asking: Bundle) -> None:
    async with open_world(tmp_path, asking) as world:
        mei = world.phone()
        await share(world, mei)
        assert NUMBER in await bodies(world)
        await world.send(mei, "what i agreed to")
        await world.tap(mei, "Remove: Your phone number")
        left = await bodies(world)
        assert NUMBER not in left
        assert NAME in left, "each is kept alone"
        assert await findings(world) == []
        await world.send(mei, "/stop")
        assert NAME not in await bodies(world)
        assert await findings(world) == []


async def test_no_more_may_be_missing_than_was_taken_back(tmp_path: Path, asking: Bundle) -> None:
    async with open_world(tmp_path, asking) as world:
        mei = world.phone()
        await share(world, mei)
        await world.send(mei, "what i agreed to")
        await world.tap(mei, "Remove: Your phone number")
        async with world.store.database.writing() as connection:
            here = events.c.position == 7
            await connection.execute(update(events).where(here).values(body=b""))
        assert await findings(world) == ["what an event says is gone, and nothing says why"]


async def test_nothing_that_shows_it_is_kept_once_it_was_sent(tmp_path: Path, asking: Bundle) -> None:
    async with open_world(tmp_path, asking) as world:
        mei = world.phone()
        await share(world, mei)
        await world.send(mei, "/mydata")
        assert any(NAME in message.html for message in mei.messages)
        async with world.store.transaction() as transaction:
            person = (await transaction.people([mei.id]))[mei.id]
            record = await transaction.record_of(person.id)
        assert not any(NAME in written.html or NUMBER in written.html for written in record.messages)


async def test_a_file_with_everything_tells_it_to_its_person(tmp_path: Path, asking: Bundle) -> None:
    async with open_world(tmp_path, asking) as world:
        mei = world.phone()
        await share(world, mei)
        await world.send(mei, "/mydata")
        await world.tap(mei, "Send it as a file")
        (document,) = [message.document for message in mei.messages if message.document]
        (talk,) = json.loads(document.text)["Your talks"]
        assert (talk["Your phone number"], talk["Your name"]) == (NUMBER, NAME)
        assert NAME in json.dumps(talk["Everything that is noted, in order"])


async def test_it_goes_in_every_round_of_the_trial(tmp_path: Path, asking: Bundle) -> None:
    async with open_world(tmp_path, asking) as world:
        mei = world.phone()
        await share(world, mei)
        await world.tap(mei, "Start a new round")
        await world.tap(mei, "Start")
        await world.send(mei, "/mydata")
        assert any(NUMBER in message.html for message in mei.messages[-4:]), "of the round before"
        await world.send(mei, "/stop")
        assert NUMBER not in await bodies(world)
        assert NAME not in await bodies(world)
        history = [row.events async for row in conversations(world.store, with_events=True)]
        assert sum(isinstance(event, IdentityWithdrawn) for row in history for event in row) == 2
        assert not any(isinstance(event, IdentityShared) for row in history for event in row)


async def test_the_team_hears_of_a_night_without_a_sound_but_for_what_is_urgent(
    tmp_path: Path, bundle: Bundle
) -> None:
    night = with_policies(bundle, quiet=("17:00", "08:00", "Asia/Shanghai"))
    async with open_world(tmp_path, night) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await world.send(mei, "/contact")
        await world.send(mei, "I cannot breathe")
        sounds = [message.silent for message in world.staff.messages]
        assert sounds == [True, False]


async def test_by_day_it_is_heard(tmp_path: Path, bundle: Bundle) -> None:
    day = with_policies(bundle, quiet=("19:00", "08:00", "Asia/Shanghai"))
    async with open_world(tmp_path, day) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await world.send(mei, "/contact")
        assert [message.silent for message in world.staff.messages] == [False]


async def test_a_name_that_still_waits_to_be_sent_is_not_in_the_transcript(
    tmp_path: Path, asking: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(tmp_path, asking) as world:
        mei = world.phone()
        await agree(world, mei)
        await world.share(mei)

        async def nothing_leaves() -> list[Queued]:
            return []

        monkeypatch.setattr(world, "sent", nothing_leaves)
        await world.send(mei, NAME)
        page = await view(world, "Lin")
        assert page.transcript
        assert NAME not in repr(page)
