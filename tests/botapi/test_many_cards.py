"""When very many cases change at once, the staff group gets no more than Telegram allows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.botapi.cards import MANY, Cards
from bot.botapi.pace import Limits, Pace
from bot.botapi.staff_group import StaffGroup
from bot.content.bundle import Bundle
from bot.content.console_words import read_staff_words
from bot.service.group_work import Group
from tests.conftest import LOCALES
from tests.talk import STAFF, World, open_world

PEOPLE = 200
ALLOWED = 20


@dataclass
class Clockwork:
    """Time that passes only while somebody waits for Telegram's limits."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)


@dataclass
class Telegram:
    """Stands for the line: takes every call and notes when."""

    seconds: Clockwork
    calls: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)

    def headed(self, html: str) -> str:
        return html

    def marked(self, words: str) -> str:
        return words

    async def call(self, method: str, data: dict[str, Any]) -> Any:
        self.calls.append((self.seconds.now, method, data))
        return {"message_id": len(self.calls), "is_forum": False}

    def counted(self) -> list[float]:
        """Return when something was sent or edited, in order."""
        return [at for at, method, _ in self.calls if method != "getChat"]


async def drawn(world: World, monkeypatch: pytest.MonkeyPatch) -> Telegram:
    """Draw all cards that are due, on a clock that the limits turn."""
    seconds = Clockwork()
    monkeypatch.setattr("bot.botapi.pace.asyncio.sleep", seconds.sleep)
    telegram = Telegram(seconds)
    began = world.now
    group = Group(
        world.office,
        world.store,
        read_staff_words(LOCALES),
        lambda: began + timedelta(seconds=seconds.now),
        "https://console.example.org",
    )
    pace = Pace(Limits(), seconds)
    line: Any = telegram  # all of a line that a group needs
    cards = Cards(group, StaffGroup(line, pace, STAFF))
    await cards.round()
    return telegram


async def ask(world: World, how_many: int) -> None:
    """Let so many people ask for a person at once."""
    for number in range(how_many):
        await world.send(world.phone("en", 1000 + number), "/contact")


async def test_no_minute_has_more_than_twenty_and_the_flood_is_told_in_one_line(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(tmp_path, bundle) as world:
        await ask(world, PEOPLE)
        telegram = await drawn(world, monkeypatch)
        left = telegram.counted()
        assert max(sum(at <= each < at + 60 for each in left) for at in left) <= ALLOWED
        posts = [data["text"] for _, method, data in telegram.calls if method == "sendMessage"]
        edits = {data["message_id"] for _, method, data in telegram.calls if method == "editMessageText"}
        digests = [text for text in posts if text.startswith("📋")]
        assert len(edits) == PEOPLE, "every case has its card in the end"
        assert len(posts) - len(digests) == PEOPLE
        assert posts[0] in digests, "the line comes first"
        assert len(digests) <= 1 + left[-1] / 600


async def test_a_few_cases_need_no_such_line(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(tmp_path, bundle) as world:
        await ask(world, MANY)
        telegram = await drawn(world, monkeypatch)
        assert not any("📋" in str(data) for _, _, data in telegram.calls)
        assert len(telegram.counted()) == 2 * MANY
