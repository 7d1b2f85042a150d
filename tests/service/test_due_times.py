"""When something is due stands in a plain column: `verify` holds it against the sealed state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.content.bundle import Bundle
from bot.content.shelf import Shelf
from bot.service.timetable import Timetable
from bot.storage.tables import conversations, editions
from bot.storage.verifying import Finding, verify
from tests.editions import reworded
from tests.service.periods import keeping
from tests.talk import Phone, World, open_world

WHAT = "something is due at another time than its state says"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Mei is in the middle, Lin paused and wants reminders, Tao stopped: thirty days are to be kept."""
    async with open_world(tmp_path, keeping(30, 30, 30, 30, 30, 30)) as world:
        mei, lin, tao = (world.phone("en", number) for number in (7, 8, 9))
        for phone in (mei, lin, tao):
            for words in ("/start", "yes", "yes", "yes", "yes", "45"):
                await world.send(phone, words)
        for words in ("/pause", "yes"):
            await world.send(lin, words)
        await world.send(tao, "/stop")
        yield world


async def found(world: World) -> list[Finding]:
    """Return what `verify` finds, from the store alone."""
    return [report async for report in verify(world.store, Timetable(Shelf(()), world.now))][-1].findings


async def due(world: World, phone: Phone) -> tuple[str, datetime | None]:
    """Return somebody's conversation, and when something is due in it."""
    order = select(conversations.c.id, conversations.c.due_at).order_by(conversations.c.id)
    async with world.store.database.reading() as connection:
        rows = (await connection.execute(order)).all()
    talk, at = rows[phone.id - 7]
    return talk, at


async def set_due(world: World, talk: str, at: datetime | None) -> None:
    async with world.store.database.writing() as connection:
        row = update(conversations).where(conversations.c.id == talk)
        await connection.execute(row.values(due_at=at))


async def test_what_time_brings_about_by_itself_verifies(world: World) -> None:
    assert await found(world) == []
    for days in (2, 2, 26, 3):
        await world.wait(timedelta(days=days))
        assert await found(world) == []
    assert (await world.exported())[2]["deidentified_at"], "the time of one is over"


@pytest.mark.parametrize("person", [7, 8, 9], ids=["an end", "a reminder", "the end of keeping"])
@pytest.mark.parametrize("days", [-400, -1, 2, 4000, None])
async def test_a_time_that_was_moved_is_named(person: int, days: int | None, world: World) -> None:
    talk, at = await due(world, world.phone("en", person))
    assert at
    await set_due(world, talk, None if days is None else at + timedelta(days=days))
    assert await found(world) == [Finding(talk, None, WHAT)]
    await set_due(world, talk, at)
    assert await found(world) == []


async def test_where_nothing_is_due_nothing_can_be(world: World) -> None:
    await world.wait(timedelta(days=35))
    talk, at = await due(world, world.phone("en", 9))
    assert at is None
    await set_due(world, talk, world.now + timedelta(minutes=5))
    assert await found(world) == [Finding(talk, None, WHAT)]


async def test_what_waits_for_an_edition_to_be_put_back_is_no_finding_but_the_edition(world: World) -> None:
    pinned = world.bundle
    wording = next(iter(pinned.words["en"].texts))
    await world.redeploy(reworded(pinned, {("en", wording): "other words"}))
    await _store_body(world, pinned, pinned.body + b" ")
    await world.wait(timedelta(days=40))
    _, at = await due(world, world.phone())
    assert at == world.now + timedelta(hours=1), "looked at again in an hour"
    assert [finding.conversation for finding in await found(world)] == [f"edition {pinned.content_hash}"]
    await _store_body(world, pinned, pinned.body)
    assert await found(world) == []
    await world.wait(timedelta(hours=2))
    assert await found(world) == []
    assert (await world.exported())[0]["status"] == "incomplete"


async def _store_body(world: World, bundle: Bundle, body: bytes) -> None:
    kept = update(editions).where(editions.c.content_hash == bundle.content_hash)
    async with world.store.database.writing() as connection:
        await connection.execute(kept.values(body=body))


async def test_a_while_put_off_again_and_again_shows_once_it_is_longer_than_an_hour(world: World) -> None:
    talk, at = await due(world, world.phone())
    assert at
    world.now = at + timedelta(minutes=1)
    await set_due(world, talk, world.now + timedelta(minutes=59))
    assert await found(world) == [], "the timers themselves do so, where they have to wait"
    await set_due(world, talk, world.now + timedelta(minutes=61))
    assert await found(world) == [Finding(talk, None, WHAT)]
