"""The bot is cancelled at random await points, hundreds of times, while people answer.

DOORSTEP_ROUNDS=2000 DOORSTEP_SEED=7 pytest -s tests/crash/test_cancel.py is a longer campaign.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random  # noqa: TID251 -- repeatable chance decides when the bot dies
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bot.simulator import Simulator
from bot.storage.migrate import prepare
from tests.crash.inside import cancelled_after, inside, wall_clock
from tests.crash.talker import CAST, Crowd, Talker, cast, check_kept, check_seen, kept

ROUNDS = int(os.environ.get("DOORSTEP_ROUNDS", "80"))
SEED = int(os.environ.get("DOORSTEP_SEED", "20261122"))
MOST_POINTS = 500


async def talked_calmly(folder: Path, size: int) -> list[Talker]:
    """Let the same people talk to a bot that nobody interrupts."""
    simulator = Simulator(clock=wall_clock)
    url = f"sqlite:///{folder / 'calm.sqlite3'}"
    await prepare(url)
    people = cast(simulator, size)
    async with inside(simulator, url) as worker:
        running = asyncio.create_task(worker.run())
        await asyncio.gather(*(talker.talk() for talker in people))
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return people


async def test_cancelled_at_any_await_the_bot_loses_and_doubles_no_answer(tmp_path: Path) -> None:
    calm = [talker.texts for talker in await talked_calmly(tmp_path, len(CAST))]
    chance = random.Random(SEED)
    database = tmp_path / "bot.sqlite3"
    url = f"sqlite:///{database}"
    await prepare(url)
    crowd = Crowd(Simulator(clock=wall_clock), at_once=3)
    gc.freeze()  # what the tests brought along need not be looked through at each round
    for _ in range(ROUNDS):
        crowd.fill()
        async with inside(crowd.simulator, url) as worker:
            await cancelled_after(worker, chance.randint(1, MOST_POINTS))
    async with inside(crowd.simulator, url) as worker:
        running = asyncio.create_task(worker.run())
        await crowd.finish()
        await crowd.simulator.settle()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    gc.unfreeze()
    await check_people(url, crowd.people, calm)
    check_sound(database)
    sys.stdout.write(f"{ROUNDS} cancellations, {told(crowd.people)}\n")


async def check_people(url: str, people: Sequence[Talker], calm: Sequence[Sequence[str]]) -> None:
    """Everybody has one conversation that holds what they said, and saw every message in order."""
    rows = await kept(url)
    assert sorted(rows) == sorted(talker.code for talker in people), "somebody has no or two conversations"
    for place, talker in enumerate(people):
        check_kept(rows[talker.code], talker)
        check_seen(talker, calm[place % len(calm)])


def told(people: Sequence[Talker]) -> str:
    """Say how much was said, and how many messages came twice."""
    doubled = sum(talker.doubled for talker in people if not talker.persona.careless)
    said = sum(len(talker.said) for talker in people)
    return f"{len(people)} people, {said} answers, {doubled} messages came twice"


def check_sound(database: Path) -> None:
    """Nothing waits, nothing was set aside, and SQLite finds its file in order."""
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        waiting = connection.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone()
        assert waiting == (0,)
        assert connection.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)
    connection.close()
