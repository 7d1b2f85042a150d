"""A demo says DEMO with every message; a pilot and production never do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from unittest.mock import patch

from bot import practice
from bot.app import demo_mark
from bot.botapi.line import open_line
from bot.botapi.profile import sign_in
from bot.content.shelf import Shelf
from bot.settings import Mode, Settings
from bot.simulator import Simulator
from bot.simulator.server import serve
from tests.botapi.running import TOKEN
from tests.conftest import shipped

MARK = "DEMO · 演示"
_PATIENCE = 120.0


def test_the_mark_is_in_every_language() -> None:
    assert demo_mark(Shelf([shipped()])) == MARK


async def test_a_line_marks_all_that_is_said_on_it_or_nothing() -> None:
    simulator = Simulator(clock=lambda: datetime(2026, 3, 2, tzinfo=UTC))
    person = simulator.person()
    person.send("/start")
    async with serve(simulator, port=0) as url:
        for number, mark in enumerate((MARK, "")):
            line = open_line(TOKEN, url, mark)
            await sign_in(line)
            await line.send_html(person.id, "<b>Hello</b> &amp; welcome", [])
            said = [message.text for message in person.messages if message.from_bot]
            assert said[number] == (f"{MARK}\nHello & welcome" if mark else "Hello & welcome")
            assert line.marked("words") == (f"{MARK} · words" if mark else "words")
            await line.shutdown()


async def test_the_demo_marks_each_message_the_staff_lines_and_its_description() -> None:
    simulators: list[Simulator] = []

    def made(clock: Callable[[], datetime]) -> Simulator:
        simulators.append(Simulator(clock=clock))
        return simulators[0]

    with patch.object(practice, "Simulator", made):
        running = asyncio.create_task(
            practice.demo(Settings(_env_file=None, http_port=0, mode=Mode.PRODUCTION), lambda _: None)
        )
        async with asyncio.timeout(_PATIENCE):
            while len(said := _said(simulators)) < 20 or not _staff(simulators):
                await asyncio.sleep(0.2)
                assert not running.done(), running.exception()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    assert [text for text in said if not text.startswith(f"{MARK}\n")] == []


def _said(simulators: list[Simulator]) -> list[str]:
    chats = simulators[0].chats.values() if simulators else ()
    return [
        message.text or ""
        for chat in chats
        for message in chat.messages.values()
        if message.from_bot and not message.is_service
    ]


def _staff(simulators: list[Simulator]) -> bool:
    chats = simulators[0].chats.values()
    return any(message.from_bot for chat in chats if chat.id < 0 for message in chat.messages.values())
