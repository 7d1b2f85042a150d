"""Somebody changes the stored words of an edition in the database: nobody is shown any of them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.content.bundle import Bundle
from bot.content.shelf import Shelf
from bot.domain.errors import EditionChanged
from bot.service.review import Office
from bot.service.review_reading import case_view
from bot.service.screening import set_aside_now
from bot.storage.tables import editions
from bot.storage.verifying import Finding, verify
from tests.editions import reworded
from tests.talk import STAFF, World, open_world

LINK = b"https://evil.example.org"


@pytest.fixture
async def world(tmp_path: Path, bundle: Bundle) -> AsyncIterator[World]:
    """Mei is in the middle, with the words of the first edition; newcomers get the second."""
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone("en")
        for words in ("/start", "yes", "yes", "yes", "yes"):
            await world.send(mei, words)
        wording = next(iter(bundle.words["en"].texts))
        await world.redeploy(reworded(bundle, {("en", wording): "other words"}))
        yield world


async def change(world: World, bundle: Bundle) -> None:
    """Put a link into the words of the first edition."""
    here = editions.c.content_hash == bundle.content_hash
    async with world.store.database.writing() as connection:
        body = bytes((await connection.execute(select(editions.c.body).where(here))).scalar_one())
        changed = body.replace(b"diabetes", LINK)
        assert changed != body
        await connection.execute(update(editions).where(here).values(body=changed))


async def put_back(world: World, bundle: Bundle) -> None:
    here = update(editions).where(editions.c.content_hash == bundle.content_hash)
    async with world.store.database.writing() as connection:
        await connection.execute(here.values(body=bundle.body))


async def test_nobody_is_shown_words_that_were_changed_and_nothing_is_lost(
    world: World, bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    await change(world, bundle)
    mei = world.phone()
    before = len(mei.messages)
    with caplog.at_level(logging.ERROR):
        await world.send(mei, "/mydata")
    assert len(mei.messages) == before + 1
    assert "something went wrong on our side" in mei.newest, "nobody is left without a word"
    assert "我们这边出了问题" in mei.newest
    assert [(each.reason) for each in await set_aside_now(world.desks)] == ["EditionChanged"]
    assert {record.__dict__["id"] for record in caplog.records} == {bundle.content_hash}


async def test_an_emergency_is_met_also_where_the_words_of_their_edition_were_changed(
    world: World, bundle: Bundle
) -> None:
    await change(world, bundle)
    mei, staff = world.phone(), world.phones[STAFF]
    await world.send(mei, "I can't breathe")
    assert -1 < mei.newest.find("call 120") < mei.newest.find("something went wrong")
    assert staff.newest.startswith("🔴 URGENT")
    assert "could not be handled" in staff.newest
    assert "breathe" not in staff.newest
    assert len(await set_aside_now(world.desks)) == 1


async def test_a_call_for_help_by_its_button_is_met_there_too(world: World, bundle: Bundle) -> None:
    mei = world.phone()
    await world.send(mei, "what does that mean")
    await world.redeploy(world.bundle)  # what is at hand is gone
    await change(world, bundle)
    await world.tap(mei, "This is an emergency")
    assert "call 120" in mei.newest


async def test_the_bot_goes_on_for_everybody_else(world: World, bundle: Bundle) -> None:
    await world.send(world.phone(), "/contact")
    await world.redeploy(world.bundle)  # what is at hand is gone
    await change(world, bundle)
    lin = world.phone("en", 8)
    await world.send(lin, "/start")
    assert lin.messages
    await world.wait(timedelta(days=40))
    assert "closed" in lin.newest.lower(), "what is due to others is done"


async def test_what_was_due_meanwhile_is_done_once_the_words_are_back(world: World, bundle: Bundle) -> None:
    await change(world, bundle)
    mei = world.phone()
    before = len(mei.messages)
    await world.wait(timedelta(days=40))
    await world.absence(timedelta(hours=1))
    assert len(mei.messages) == before
    await put_back(world, bundle)
    await world.wait(timedelta(hours=2))
    assert len(mei.messages) > before


async def test_no_page_shows_them(world: World, bundle: Bundle) -> None:
    await world.send(world.phone(), "/contact")
    (row,) = await world.cases()
    wang = await world.colleague()
    await change(world, bundle)
    await world.redeploy(world.bundle)  # what is at hand is gone
    with pytest.raises(EditionChanged, match=bundle.content_hash):
        await case_view(Office(world.desks, world.store), row.case, wang.id, now=world.now)


async def test_verify_names_the_edition(world: World, bundle: Bundle) -> None:
    await change(world, bundle)
    *_, report = [report async for report in verify(world.store)]
    name = f"edition {bundle.content_hash}"
    assert report.findings == [Finding(name, None, "its text is not the one that its hash stands for")]


def test_a_shelf_takes_no_other_words(bundle: Bundle) -> None:
    shelf = Shelf([])
    with pytest.raises(EditionChanged):
        shelf.remember(bundle.content_hash, bundle.body + b" ")
    assert shelf.known(bundle.content_hash) is None
    assert shelf.remember(bundle.content_hash, bundle.body).trial.content_hash == bundle.content_hash
