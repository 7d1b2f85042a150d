"""What need not arrive but makes a chat pleasant: the answered tap, the chosen button, the notice."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.botapi.pace import Limits, Pace
from bot.content.bundle import Bundle
from bot.simulator import Message
from tests.botapi.running import Running, Someone, running
from tests.botapi.test_cases import QUESTIONS, agree, due, label
from tests.botapi.test_intake import until


def asks(person: Someone, question: str) -> Message:
    return next(m for m in person.person.messages if m.from_bot and QUESTIONS[question]["text"] in m.text)


def notices(bot: Running) -> list[str | None]:
    """Return what was said on each tap, oldest first."""
    return [call.params.get("text") for call in bot.simulator.calls("answerCallbackQuery")]


async def test_a_tap_is_answered_and_only_the_chosen_button_stays(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        await mei.say("45")
        question = asks(mei, "willing")
        await mei.tap(label("willing", "not_sure"))
        await until(lambda: len(question.buttons) == 1, "the keyboard stayed")
        assert [b.text for row in question.buttons for b in row] == ["✓ " + label("willing", "not_sure")]
        await bot.simulator.settle()
        assert all(query.answered for query in bot.simulator.bots[1000000001].queries.values())
        assert set(notices(bot)) == {None}, "a tap that counted needs no words"


COURTESIES = ("editMessageReplyMarkup", "answerCallbackQuery")


async def test_where_there_is_no_room_messages_leave_and_courtesies_do_not(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        await bot.simulator.settle()
        marked, answered = (len(bot.simulator.calls(name)) for name in COURTESIES)
        assert marked
        bot.worker._courtesy._pace = Pace(Limits(per_second=0.001), lambda: 0.0)
        assert bot.worker._courtesy._pace.spare()
        await mei.say("45")
        await mei.tap(label("willing", "yes"))
        await bot.simulator.settle()
        assert due(mei) == "dm"
        assert len(bot.simulator.calls(COURTESIES[0])) == marked
        assert len(bot.simulator.calls(COURTESIES[1])) == answered + 1, (
            "a tap's answer costs messages no room"
        )


async def test_a_stale_tap_changes_nothing_and_says_so(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei", language_code="zh-hans"))
        await mei.say("/start")
        old = mei.newest()
        data = old.buttons[0][0].data or ""
        await mei.tap(old.buttons[0][0].text)
        await mei.after(lambda: mei.person.tap_data(old.message_id, data))
        await bot.simulator.settle()
        assert len(notices(bot)) == 2
        assert "没有作任何改动" in str(notices(bot)[-1])
        assert all(query.answered for query in bot.simulator.bots[1000000001].queries.values())


async def test_forged_data_is_answered_like_a_stale_tap(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        for data in ("", "dm:yes", "00000000.1.0", "x" * 64, "zzzzzzzz.zzzzzz.99"):
            await mei.after(lambda data=data: mei.person.tap_data(mei.newest().message_id, data))  # type: ignore[misc]
            assert due(mei) == "age"
        (row,) = await bot.export(mei)
        assert row["answers"] == {}


async def test_a_double_tap_counts_once_and_both_are_answered(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        await mei.say("45")
        mei.person.tap(label("willing", "yes"))
        mei.person.tap(label("willing", "yes"))
        await until(lambda: due(mei) == "dm", "no answer")
        await bot.simulator.settle()
        assert await bot.answers_recorded(mei, "willing") == 1
        assert all(query.answered for query in bot.simulator.bots[1000000001].queries.values())


async def test_courtesies_that_fail_cost_no_answer(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        for method in ("answerCallbackQuery", "editMessageReplyMarkup"):
            for kind in ("500", "429", "cut", "403"):
                bot.simulator.fault(kind=kind, method=method)
        await agree(mei)
        await mei.say("45")
        await mei.tap(label("willing", "yes"))
        assert due(mei) == "dm"
        await asyncio.sleep(0)
        assert await bot.answers_recorded(mei, "willing") == 1
