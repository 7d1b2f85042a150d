"""After an absence in which taps may be lost, people are asked again: once, and only those it concerns."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from bot.service import timers
from bot.service.timers import polled
from tests.botapi.running import Running, Someone, running
from tests.botapi.test_cases import NAVIGATION, QUESTIONS, agree, due, label
from tests.botapi.test_intake import until

SORRY = "I was away"


def sorry(person: Someone) -> int:
    return sum(SORRY in message.text for message in person.person.messages if message.from_bot)


async def away(bot: Running, seconds: float, *, meanwhile: list[Someone] | None = None) -> None:
    """Stop the bot, let time pass in both worlds, and start it again."""
    await bot.simulator.settle()
    await bot.stop()
    bot.clock.advance(timedelta(seconds=seconds))
    bot.simulator.advance(seconds)
    for someone in meanwhile or ():
        someone.person.send("45")
    await bot.start()
    await bot.simulator.settle(quiet=0.15)


async def test_people_are_asked_again_exactly_once(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei, lin, tao = (Someone(bot.simulator.person(first_name=n)) for n in ("Mei", "Lin", "Tao"))
        for someone in (mei, lin, tao):
            await agree(someone)
        await mei.say("45")
        await bot.stop()
        mei.person.tap(label("willing", "yes"))  # lost: Telegram keeps a tap for 150 s only
        await bot.start()
        await bot.simulator.settle()
        await away(bot, 600, meanwhile=[lin])
        assert due(lin) == "willing", "what was written meanwhile counts"
        assert sorry(lin) == 0, "who wrote meanwhile is not asked again"
        assert sorry(mei) == 1
        assert sorry(tao) == 1
        assert QUESTIONS["dm"]["text"] in mei.newest().text
        await bot.restart()
        await bot.simulator.settle(quiet=0.15)
        assert (sorry(mei), sorry(tao)) == (1, 1), "once"


async def test_the_backlog_is_handled_before_anybody_is_asked_again(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        others = [Someone(bot.simulator.person(first_name=f"Person {n}")) for n in range(12)]
        await asyncio.gather(*(agree(someone) for someone in (mei, *others)))
        await away(bot, 200, meanwhile=others)
        assert [sorry(someone) for someone in others] == [0] * 12
        assert sorry(mei) == 1
        calls = bot.simulator.calls("sendMessage")
        apology = next(n for n, call in enumerate(calls) if SORRY in str(call.params))
        after = [call.params["chat_id"] for call in calls[apology:]]
        assert after == [mei.person.id], "the apology comes last"


async def test_many_are_asked_again_some_at_a_time(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "_SLICE", 2)
    async with running(tmp_path, bundle) as bot:
        people = [Someone(bot.simulator.person(first_name=f"Person {n}")) for n in range(7)]
        await asyncio.gather(*(agree(someone) for someone in people))
        await away(bot, 200)
        await until(lambda: all(sorry(someone) for someone in people), "somebody was not asked")
        await bot.restart()
        await bot.simulator.settle(quiet=0.15)
        assert [sorry(someone) for someone in people] == [1] * 7


async def test_after_a_short_break_nobody_gets_a_message(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        seen = len(mei.person.messages)
        await away(bot, 60)
        assert len(mei.person.messages) == seen


async def test_who_was_silent_for_longer_than_a_day_or_has_finished_or_paused_is_not_asked(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        old, paused, stopped = (Someone(bot.simulator.person(first_name=n)) for n in ("Old", "Pau", "Sto"))
        await agree(old)
        bot.clock.advance(timedelta(days=1, minutes=1))
        await polled(bot.worker._desks, now=bot.clock())
        for someone in (paused, stopped):
            await agree(someone)
        paused.person.send("/pause")
        stopped.person.send("/stop")
        await bot.simulator.settle()
        began = sorry(old)
        await away(bot, 600)
        assert [sorry(someone) for someone in (old, paused, stopped)] == [began, 0, 0]


async def test_a_tap_lost_in_the_absence_can_be_made_again(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        await mei.say("45")
        await bot.simulator.settle()
        await bot.stop()
        mei.person.tap(label("willing", "yes"))
        bot.simulator.advance(600)
        bot.clock.advance(timedelta(seconds=600))
        await bot.start()
        await bot.simulator.settle(quiet=0.15)
        assert bot.simulator.bot.queue.expired == 1, "Telegram kept the tap: the test shows nothing"
        assert sorry(mei) == 1
        assert due(mei) == "willing"
        await mei.tap(label("willing", "yes"))
        assert due(mei) == "dm"
        assert NAVIGATION["person"] in {b.text for row in mei.newest().buttons for b in row}
