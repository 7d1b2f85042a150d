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
from tests.crash.process import Warm, start, stop, warm
from tests.crash.talker import Talker, cast, check_kept, check_seen, kept
from tests.crash.test_cancel import check_sound, talked_calmly

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


async def kill_again_and_again(
    starter: Warm, simulator: Simulator, people: list[Talker], chance: random.Random
) -> list[asyncio.Task[None]]:
    """Start and kill the bot; people come one after another, so that each kill meets some of them."""
    talking: list[asyncio.Task[None]] = []
    for kill in range(1, KILLS):
        while len(talking) * KILLS <= kill * len(people) and len(talking) < len(people):
            talking.append(asyncio.create_task(people[len(talking)].talk()))
        bot = await starter.start()
        await reached(simulator, chance.randint(1, MOST_CALLS), seconds=3)
        await asyncio.sleep(chance.random() * 0.01)
        await starter.kill(bot)
    talking += [asyncio.create_task(talker.talk()) for talker in people[len(talking) :]]
    return talking


async def test_killed_while_people_answer_the_bot_loses_and_doubles_no_answer(tmp_path: Path) -> None:
    people_count = max(6, KILLS // 2)
    calm = await talked_calmly(tmp_path, min(people_count, 8))
    chance = random.Random(SEED)
    simulator = Simulator(clock=wall_clock)
    people = cast(simulator, people_count)
    # As over a network: time passes between a commit and its confirmation, and until a message is there.
    simulator.fault(kind="slow", method="getUpdates", times=10**9, seconds=0.015)
    simulator.fault(kind="slow", method="sendMessage", times=10**9, seconds=0.005)
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
            first = await start(tmp_path, "run", log, **settings)
            cold = await reached(simulator, 1, seconds=20)
            first.kill()
            await first.wait()
            talking = await kill_again_and_again(starter, simulator, people, chance)
        last = await start(tmp_path, "run", log, **settings)
        await asyncio.gather(*talking)
        await simulator.settle()
        assert await stop(last) == 0
    await check_everything(database, people, [talker.texts for talker in calm], simulator)
    check_log(log, people)
    doubled = sum(talker.doubled for talker in people if not talker.persona.careless)
    said = sum(len(talker.said) for talker in people)
    sys.stdout.write(
        f"{KILLS} kills, {len(people)} people, {said} answers, {doubled} messages came twice; "
        f"from nothing to the first call took {cold:.1f} s\n"
    )


async def check_everything(
    database: Path, people: list[Talker], calm: list[list[str]], simulator: Simulator
) -> None:
    rows = await kept(f"sqlite:///{database}")
    assert sorted(rows) == sorted(talker.code for talker in people), "somebody has no or two conversations"
    for place, talker in enumerate(people):
        check_kept(rows[talker.code], talker)
        check_seen(talker, calm[place % len(calm)])
    check_sound(database)
    assert simulator.bot.queue.expired == 0
    with sqlite3.connect(database) as connection:
        (taken,) = connection.execute("SELECT count(*) FROM updates").fetchone()
    connection.close()
    written = sum(not message.from_bot for talker in people for message in talker.person.messages)
    taps = sum(len(bot.queries) for bot in simulator.bots.values())
    assert taken == written + taps, "each update is claimed exactly once"


def check_log(log: Path, people: list[Talker]) -> None:
    """At the wordiest level, over all kills: no token, no name, no id, and nothing unexpected."""
    told = log.read_text("utf-8")
    assert "is running" in told
    for secret in (TOKEN, TOKEN.partition(":")[2], "Traceback"):
        assert secret not in told
    for talker in people:
        assert talker.persona.name not in told
        assert str(talker.person.id) not in told
