"""What was said goes when its time is over: never before, and at the first round after. Ten years of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance is what a simulation is about
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.content.shelf import Shelf
from bot.domain.conversation import Status
from bot.domain.keeping import RetentionEnded
from bot.service.screening import Desks, keep_offered
from bot.service.timers import run_due
from bot.service.timetable import Timetable
from bot.storage.sealing import key_of
from bot.storage.tables import chats, conversations, events, outbox, participants
from bot.storage.vault import HOUSE, data_keys
from bot.storage.verifying import verify
from tests.service.lives import PERIODS, Life, Talk, lives, rounds
from tests.service.periods import keeping
from tests.service.test_rights import begun, left
from tests.talk import Phone, World, open_world, plain

PEOPLE = int(os.environ.get("DOORSTEP_TEN_YEARS_PEOPLE", "14"))
YEARS = 10


def bundles() -> list[Any]:
    return [keeping(*days, trial=trial) for trial, days in PERIODS.items()]


async def offer(world: World) -> None:
    """Put all three trials on offer."""
    world.desks = Desks(world.store, Shelf(bundles()), world.desks.new_id, world.desks.staff_chat)
    await keep_offered(world.desks, now=world.now)


@dataclass
class Years:
    """The years passing, and what was compared."""

    world: World
    people: Sequence[Life]
    chance: Random
    compared: int = 0
    wrong: list[str] = field(default_factory=list)

    async def pass_by(self, until: datetime) -> None:
        todo = sorted(
            (at, n, trial, fate) for n, life in enumerate(self.people) for at, trial, fate in life.plan
        )
        world = self.world
        while world.now < until:
            # Mostly the timer comes soon; now and then the machine is off for weeks.
            step = self.chance.choices((0.05, 1, 4, 25), (2, 6, 6, 1))[0]
            upto = world.now + timedelta(days=step)
            while todo and todo[0][0] < upto:
                at, n, trial, fate = todo.pop(0)
                world.now = max(world.now, at)
                await self.people[n].live(world, trial, fate)
            world.now = max(world.now, upto)
            await self._round()

    async def _round(self) -> None:
        await rounds(self.world)
        fresh = [talk for life in self.people for talk in life.talks if talk.round(self.world.now)]
        async with self.world.store.database.reading() as connection:
            rows = {row.id: row for row in await connection.execute(select(conversations))}
            emptied = {
                row.conversation_id
                for row in await connection.execute(
                    text("SELECT DISTINCT conversation_id FROM events WHERE body = x''")
                )
            }
        for life in self.people:
            for talk in life.talks:
                self._compare(talk, rows[talk.code], emptied)
        for talk in fresh:
            await self._is_empty(talk.code)
        if fresh:
            await self._people_are_gone()

    def _compare(self, talk: Talk, row: Any, emptied: set[str]) -> None:
        self.compared += 1
        if talk.erased:
            right = row.status == Status.ERASED
        elif talk.gone:
            right = row.deidentified_at == talk.gone and talk.code in emptied
        else:
            right = row.deidentified_at is None and talk.code not in emptied
            right = right and row.status != Status.ERASED and key_of(row.snapshot) != HOUSE
        if not right:
            self.wrong.append(f"{self.world.now}: {talk} {row.status} {row.deidentified_at}")

    async def _is_empty(self, code: str) -> None:
        async with self.world.store.database.reading() as connection:
            said = (
                await connection.execute(select(events.c.body).where(events.c.conversation_id == code))
            ).scalars()
            queued = await connection.execute(select(outbox.c.id).where(outbox.c.conversation_id == code))
            row = (await connection.execute(select(conversations).where(conversations.c.id == code))).one()
        bodies = [body for body in said if body and key_of(body) != HOUSE]
        if bodies or queued.first() or key_of(row.snapshot) != HOUSE or row.contact_permission is not None:
            self.wrong.append(f"{self.world.now}: {code} is not empty")

    async def _people_are_gone(self) -> None:
        """Nobody is known of whom nothing is kept, and everybody else is."""
        known = sum(bool(life.kept) for life in self.people)
        database = self.world.store.database
        async with database.reading() as connection:
            living = (
                (await connection.execute(select(participants).where(participants.c.erased_at.is_(None))))
                .scalars()
                .all()
            )
            reachable = (
                await connection.execute(select(chats).where(chats.c.private, chats.c.lookup.is_not(None)))
            ).all()
            addressed = (
                await connection.execute(select(chats).where(chats.c.private, chats.c.address.is_not(None)))
            ).all()
        async with database.vault._connections.reading() as connection:
            keys = (await connection.execute(select(data_keys.c.name))).scalars().all()
        counted = (len(living), len(reachable), len(addressed), len(set(keys) - {HOUSE, "lookup"}))
        if counted != (known,) * 4:
            self.wrong.append(f"{self.world.now}: {known} people are kept, but found {counted}")


def timetable(world: World) -> Timetable:
    return Timetable(world.desks.editions, world.now)


@pytest.mark.parametrize("seed", [1, 2])
async def test_ten_years_nothing_late_and_nothing_early(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)
    async with open_world(tmp_path, bundles()[0]) as world:
        await offer(world)
        people = lives(world, PEOPLE, YEARS - 2, chance)
        years = Years(world, people, chance)
        await years.pass_by(world.now + timedelta(days=YEARS * 365))
        talks = [talk for life in people for talk in life.talks]
        gone = [talk for talk in talks if talk.gone]
        assert years.wrong == []
        assert len(gone) >= PEOPLE
        assert {talk.trial for talk in gone} == set(PERIODS)
        report = [report async for report in verify(world.store, timetable(world))][-1]
        assert report.findings == []


async def ended(world: World, phone: Phone) -> datetime:
    await begun(world, phone)
    for said in ("45", "/stop"):
        await world.send(phone, said)
    return world.now


async def test_it_goes_at_its_moment_and_not_a_second_before(tmp_path: Path) -> None:
    async with open_world(tmp_path, keeping(7, 7, 7, 7, 7, 7)) as world:
        mei = world.phone()
        over = await ended(world, mei) + timedelta(days=7)
        seen = len(mei.messages)
        world.now = over - timedelta(seconds=1)
        assert await run_due(world.desks, now=world.now) == 0
        assert (await world.exported())[0]["answers"] == {"age": 45}
        world.now = over
        assert await run_due(world.desks, now=world.now) == 1
        await world._drain()
        (row,) = await world.exported()
        assert (row["status"], row["outcome"], row["answers"]) == ("stopped", None, {})
        assert (row["criteria"], row["flags"], row["deidentified_at"]) == ({}, [], over.isoformat())
        assert await left(world) == []
        assert len(mei.messages) == seen, "who stopped is not written to"
        assert await run_due(world.desks, now=world.now + timedelta(days=999)) == 0


async def test_whoever_writes_afterwards_is_a_stranger(tmp_path: Path) -> None:
    async with open_world(tmp_path, keeping(7, 7, 7, 7, 7, 7)) as world:
        mei = world.phone()
        old = mei
        await ended(world, old)
        await world.wait(timedelta(days=8))
        await world.send(mei, "hello")
        rows = await world.exported()
        assert len({row["participant"] for row in rows}) == 2
        assert rows[1]["previous"] is None


async def test_what_was_not_decided_is_kept(tmp_path: Path) -> None:
    async with open_world(tmp_path, keeping(7, 7, 7, 7, None, 7)) as world:
        await ended(world, world.phone())
        await world.wait(timedelta(days=4000))
        assert (await world.exported())[0]["answers"] == {"age": 45}


async def test_the_trail_says_why_it_is_empty(tmp_path: Path) -> None:
    async with open_world(tmp_path, keeping(7, 7, 7, 7, 7, 7)) as world:
        await ended(world, world.phone())
        await world.wait(timedelta(days=8))
        (row,) = await world.exported()
        kept = await world.events(row["conversation"])
        assert [type(event).__name__ for event in kept] == ["ConsentAcknowledged"] * 3 + ["RetentionEnded"]
        assert kept[-1] == RetentionEnded(at=world.now, ended="stopped", days=7)
        async with world.store.database.reading() as connection:
            actor = select(events.c.actor).order_by(events.c.position.desc()).limit(1)
            assert (await connection.execute(actor)).scalar_one() == "system"
        assert [report async for report in verify(world.store, timetable(world))][-1].findings == []


async def test_one_who_wished_to_be_asked_again_is_told_and_kept_for_it(tmp_path: Path) -> None:
    async with open_world(tmp_path, keeping(30, 30, 30, 30, 30, 30)) as world:
        mei = world.phone()
        await begun(world, mei)
        for said in ("45", "Yes", "Yes", "Yes, positive", "Yes", "Yes", "No", "No"):
            await world.send(mei, said)
        while "Submit" not in mei.labels():
            await world.tap(mei, "No")
        await world.tap(mei, "Submit")
        await world.tap(mei, "Yes, contact me")
        assert "we keep your answers until 30 days after I wrote to you" in mei.newest
        await world.tap(mei, "Yes, ask me again")
        await world.wait(timedelta(days=61))
        # That the team is late, which was due long before, is said in the same round.
        assert any("asked again about this study" in plain(message) for message in mei.messages[-3:])
        await world.wait(timedelta(days=29))
        assert (await world.exported())[0]["answers"]
        await world.wait(timedelta(days=1, seconds=30))
        assert not (await world.exported())[0]["answers"]


async def test_one_that_ended_before_this_was_built_goes_too(tmp_path: Path) -> None:
    """The migration to 0003 lets the timer look at it, and that does nothing else."""
    async with open_world(tmp_path, keeping(7, 7, 7, 7, 7, 7)) as world:
        mei = world.phone()
        over = await ended(world, mei) + timedelta(days=7)
        seen = len(mei.messages)
        before_id = (await world.exported())[0]["conversation"]
        before = await world.events(before_id)
        async with world.store.database.writing() as connection:
            await connection.execute(text("UPDATE conversations SET due_at = finished_at"))
        await world.wait(timedelta(seconds=1))
        assert (len(mei.messages), await world.events(before_id)) == (seen, before)
        async with world.store.database.reading() as connection:
            assert (await connection.execute(select(conversations.c.due_at))).scalar_one() == over


async def test_an_earlier_round_goes_and_the_newer_one_stays(tmp_path: Path) -> None:
    async with open_world(tmp_path, keeping(7, 7, 7, 7, 7, 7)) as world:
        mei = world.phone()
        await ended(world, mei)
        await world.tap(mei, "Start a new round")
        for _ in range(4):
            await world.tap(mei, mei.labels()[0])
        await world.send(mei, "46")
        await world.wait(timedelta(days=8))
        first, second = await world.exported()
        assert (first["answers"], second["answers"]) == ({}, {"age": 46})
        assert len(await world.events(first["conversation"])) == 4
        messages = {row.conversation_id for row in await left(world)}
        assert messages == {second["conversation"]}
        assert [report async for report in verify(world.store, timetable(world))][-1].findings == []
        await world.send(mei, "yes")
        for said in ("/delete", "yes"):
            await world.send(mei, said)
        assert [row["status"] for row in await world.exported()] == ["erased", "erased"]
        assert [report async for report in verify(world.store, timetable(world))][-1].findings == []
