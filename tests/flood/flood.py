"""A flood from its first newcomer to the last look into the database, against the bot as it is run."""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import dataclass
from pathlib import Path

from tests.crash.process import EVERYBODYS, started, stop
from tests.flood.books import Books, read_books
from tests.flood.deliveries import Deliveries
from tests.flood.machine import Usage, watched
from tests.flood.people import Crowd
from tests.flood.telegram import TOKEN, Telegram, serving
from tests.ports import free_port

SECRET = "a-secret-that-only-telegram-knows"
_START = 60.0
_LAST = 60.0
"""Seconds in which what waits at the end must be taken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a flood."""

    people: int
    seconds: float
    talkers: int = 100
    think: float = 10.0
    flooding: int = 1
    """Updates of the one who never stops that are under way at once: Telegram brings one at a time."""
    before: float = 5.0
    """Seconds of quiet in which those in the middle get that far."""
    after: float = 0.0
    """Seconds to watch the sending go on."""
    per_second: float = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen."""

    plan: Plan
    took: dict[str, array[float]]
    """Seconds from an update's moment to the answer 200, by kind."""
    turns: array[float]
    """Seconds from an answer in the middle to the next question."""
    taps: int
    numbers: array[int]
    refused: int
    usage: Usage
    telegram: Telegram
    began: float
    ended: float
    books: Books
    exit_code: int


async def flood(plan: Plan, folder: Path, database_url: str) -> Outcome:
    """Run the flood on an empty database."""
    telegram = Telegram(plan.per_second)
    settings = _settings(plan, database_url)
    async with serving(telegram) as url:
        async with started(folder, "run", folder / "log.txt", TELEGRAM_API_URL=url, **settings) as bot:
            hook = await asyncio.wait_for(telegram.webhook, _START)
            deliveries = Deliveries(hook.url, hook.secret)
            telegram.pending = deliveries.pending
            crowd = Crowd(deliveries)
            telegram.told = crowd.told
            async with watched(bot.pid) as usage, deliveries.running(hook.connections):
                began, ended = await _happen(plan, crowd, deliveries)
            exit_code = await stop(bot)
        books = await read_books(database_url)
    return Outcome(
        plan,
        dict(deliveries.took),
        crowd.turns,
        crowd.taps,
        deliveries.numbers,
        deliveries.refused,
        usage,
        telegram,
        began,
        ended,
        books,
        exit_code,
    )


async def _happen(plan: Plan, crowd: Crowd, deliveries: Deliveries) -> tuple[float, float]:
    crowd.think = min(plan.think, 1.0)
    crowd.start_talking(plan.talkers)
    await asyncio.sleep(plan.before)
    crowd.think = plan.think
    crowd.turns = array("d")  # from here on it counts
    crowd.flood(plan.flooding)
    began = await crowd.come(plan.people, plan.seconds)
    await _until(began + plan.seconds)
    crowd.floods = False
    ended = asyncio.get_running_loop().time()
    await asyncio.sleep(plan.after)
    crowd.leave()
    await deliveries.finish(_LAST)
    return began, ended


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))


def _settings(plan: Plan, database_url: str) -> dict[str, str]:
    port = free_port()
    return {
        "MODE": "pilot",  # so that no DEMO stands above what is compared
        "ENCRYPTION_KEYS": EVERYBODYS,
        "LOG_LEVEL": "WARNING",
        "HTTP_PORT": str(port),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "WEBHOOK_SECRET": SECRET,
        "SEND_PER_SECOND": str(plan.per_second),
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "DATABASE_URL": database_url,
    }
