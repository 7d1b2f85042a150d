"""The flood in short: many at once, one who never stops, and what the others notice of it.

`python -m tests.flood` is the long one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bot.storage.turns import PER_CHAT
from tests.flood.flood import Outcome, Plan, flood
from tests.flood.people import FLOODER, NEWCOMER, TALKER, THE_FLOODER
from tests.flood.report import displaced, percentile, served, told
from tests.storage import server
from tests.storage.server import Server

LONG = Plan(people=1500, seconds=10, talkers=15, think=1, before=6, after=2)
SHORT = Plan(people=600, seconds=5, talkers=10, think=1, before=5, after=2)
_UNDER_WAY = 60
"""Messages that are claimed at once at thirty a second."""


TRIES = 3
"""Where others keep the machine busy everything is late; a bot that is slow is late each time."""


async def on_sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'bot.sqlite3'}"


async def test_a_flood_delays_nobody_and_loses_nothing(tmp_path: Path) -> None:
    await check(LONG, tmp_path, on_sqlite)


@pytest.fixture
def postgresql() -> Iterator[Server]:
    with server.running() as running:
        yield running


async def test_a_flood_on_postgresql(postgresql: Server, tmp_path: Path) -> None:
    async def emptied(folder: Path) -> str:
        await postgresql.execute(f'CREATE DATABASE "{folder.name}"')
        return postgresql.url(folder.name)

    await check(SHORT, tmp_path, emptied)


async def check(plan: Plan, folder: Path, database: Callable[[Path], Awaitable[str]]) -> None:
    """Flood an empty database, and once more where it was late: what is kept and in order has one try."""
    for left in reversed(range(TRIES)):
        home = folder / f"flood{left}"
        home.mkdir()
        seen = await flood(plan, home, await database(home))
        report = "\n".join(told(seen))
        assert seen.exit_code == 0, report
        check_kept(seen, report)
        check_size(seen, report)
        check_order(seen, report)
        if in_time(seen):
            return
    pytest.fail(f"late {TRIES} times: {report}")


def check_kept(seen: Outcome, report: str) -> None:
    """All that was answered 200 is there, once, with all that follows from it."""
    plan, books = seen.plan, seen.books
    assert seen.refused == 0, report
    assert sorted(seen.numbers) == list(books.numbers), report
    people = plan.people + plan.talkers + 1
    kept = ("chats", "participants", "conversations")
    assert {name: books.figures[name] for name in kept} == dict.fromkeys(kept, people), report
    wrong = ("quarantined", "failed", "held", "gaps", "revisions")
    assert {name: books.figures[name] for name in wrong} == dict.fromkeys(wrong, 0), report
    greeting = min(books.lengths)
    assert books.lengths[greeting] == plan.people, "not everybody is told the same"
    # A message that was under way when the bot was stopped is not known to have arrived.
    assert 0 <= len(seen.telegram.chats) - books.figures["sent"] <= _UNDER_WAY, report


def check_size(seen: Outcome, report: str) -> None:
    """The bot does not grow, and there was a flood."""
    assert max(seen.usage.memory) < 512, report
    assert seen.usage.grown() < 30, report
    assert len(seen.took[NEWCOMER]) == seen.plan.people
    assert len(seen.took[FLOODER]) > seen.plan.seconds, "that is no flood"


def in_time(seen: Outcome) -> bool:
    """Return whether hardly an update waited for a second, and who is in the middle is answered at once."""
    late = max(percentile(seen.took[kind], 0.99) for kind in (NEWCOMER, TALKER))
    # First come, first served, a next question would take eleven seconds.
    return late < 1 and percentile(seen.turns, 0.95) < 8


def check_order(seen: Outcome, report: str) -> None:
    """Newcomers are answered in their turn, and the flooder last."""
    newcomers = served(seen)
    assert newcomers, report
    assert displaced(newcomers) <= _UNDER_WAY, report
    assert seen.telegram.chats.count(THE_FLOODER) <= 2 * PER_CHAT, report
    assert seen.telegram.refused == 0, "faster than Telegram allows"
    assert seen.telegram.calls["answerCallbackQuery"] >= 0.9 * seen.taps > 0, report
