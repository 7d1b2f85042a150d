"""`python -m bot run` is killed with SIGKILL while people answer, and started again on the same database.

DOORSTEP_KILLS=500 DOORSTEP_SEED=7 pytest -s tests/crash/test_kill.py is a longer campaign. The first and the
last process are started as an operator does; those between are forked from one that has done the imports.
"""

from __future__ import annotations

import asyncio
import os
import random  # noqa: TID251 -- repeatable chance decides when the bot dies
import sqlite3
import sys
import time
from pathlib import Path

from bot.simulator import Simulator
from bot.simulator.server import serve
from tests.crash.inside import TOKEN, wall_clock
from tests.crash.process import Warm, started, stop, warm
from tests.crash.talker import CAST, Crowd, Talker
from tests.crash.test_cancel import check_people, check_sound, talked_calmly, told

KILLS = int(os.environ.get("DOORSTEP_KILLS", "10"))
SEED = int(os.environ.get("DOORSTEP_SEED", "20261122"))
MOST_CALLS = 60
"""Calls to Telegram that a process lives for, at most."""


async def reached(simulator: Simulator, calls: int, seconds: float) -> float:
    """Wait until the bot has made so many more calls, or that long; return how long."""
    began = time.monotonic()
    target = len(simulator.journal.calls) + calls
    while len(simulator.journal.calls) < target and time.monotonic() - began < seconds:  # noqa: ASYNC110 -- calls set no event
        await asyncio.sleep(0.001)
    return time.monotonic() - began


async def kill_again_and_again(starter: Warm, crowd: Crowd, chance: random.Random) -> None:
    """Start and kill the bot while the same number of people always talks."""
    for _ in range(1, KILLS):
        crowd.fill()
        bot = await starter.start()
        await reached(crowd.simulator, chance.randint(1, MOST_CALLS), seconds=3)
        await asyncio.sleep(chance.random() * 0.01)
        await starter.kill(bot)


async def test_killed_while_people_answer_the_bot_loses_and_doubles_no_answer(tmp_path: Path) -> None:
    calm = [talker.texts for talker in await talked_calmly(tmp_path, len(CAST))]
    chance = random.Random(SEED)
    simulator = Simulator(clock=wall_clock)
    # As over a network: time passes between a commit and its confirmation, and until a message is there.
    simulator.fault(kind="slow", method="getUpdates", times=10**9, seconds=0.015)
    simulator.fault(kind="slow", method="sendMessage", times=10**9, seconds=0.005)
    crowd = Crowd(simulator)
    database, log = tmp_path / "bot.sqlite3", tmp_path / "log.txt"
    async with serve(simulator) as url:
        settings = {
            "MODE": "demo",
            "HTTP_PORT": "0",
            "LOG_LEVEL": "DEBUG",
            "TELEGRAM_API_URL": url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "DATABASE_URL": f"sqlite:///{database}",
        }
        async with warm(tmp_path, log, **settings) as starter:
            async with started(tmp_path, "run", log, **settings):
                cold = await reached(simulator, 1, seconds=20)
            await kill_again_and_again(starter, crowd, chance)
        async with started(tmp_path, "run", log, **settings) as last:
            await crowd.finish()
            await simulator.settle()
            assert await stop(last) == 0
    await check_people(f"sqlite:///{database}", crowd.people, calm)
    check_sound(database)
    check_claimed(database, simulator)
    check_log(log, crowd.people)
    sys.stdout.write(
        f"{KILLS} kills, {told(crowd.people)}; from nothing to the first call took {cold:.1f} s\n"
    )


def check_claimed(database: Path, simulator: Simulator) -> None:
    """Each update that Telegram had is in the database, once."""
    assert simulator.bot.queue.expired == 0
    with sqlite3.connect(database) as connection:
        (taken,) = connection.execute("SELECT count(*) FROM updates").fetchone()
    connection.close()
    people = simulator.people.values()
    written = sum(not message.from_bot for person in people for message in person.messages)
    assert taken == written + sum(len(bot.queries) for bot in simulator.bots.values())


def check_log(log: Path, people: list[Talker]) -> None:
    """At the wordiest level, over all kills: no token, no name, no id, and nothing unexpected."""
    written = log.read_text("utf-8")
    assert "is running" in written
    for secret in (TOKEN, TOKEN.partition(":")[2], "Traceback"):
        assert secret not in written
    for talker in people:
        assert talker.persona.name not in written
        assert str(talker.person.id) not in written
