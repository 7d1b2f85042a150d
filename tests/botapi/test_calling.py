"""Behind a webhook too, what Telegram kept during an absence comes before anybody is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from telegram import WebhookInfo
from telegram.error import InvalidToken, NetworkError

from bot.botapi import calling
from bot.botapi.calling import CalledAt, Caller
from bot.botapi.line import Line
from bot.botapi.presence import Presence
from bot.botapi.profile import NotSignedIn

AT = CalledAt("https://bot.example.org/telegram", "secret")


class Told:
    """A line on which Telegram says how much is still to come."""

    def __init__(self, *pending: int | Exception) -> None:
        self._pending = list(pending)
        self.set = 0
        self.refuses: list[Exception] = []

    async def set_webhook(self, *_: object, **__: object) -> bool:
        if self.refuses:
            raise self.refuses.pop(0)
        self.set += 1
        return True

    async def get_webhook_info(self, *_: object, **__: object) -> WebhookInfo:
        told = self._pending.pop(0) if len(self._pending) > 1 else self._pending[0]
        if isinstance(told, Exception):
            raise told
        return WebhookInfo(AT.url, has_custom_certificate=False, pending_update_count=told)

    @property
    def looks_left(self) -> int:
        return len(self._pending)


class Noting(Presence):
    """A presence without a store."""

    def __init__(self) -> None:
        self._touch, self._caught_up = asyncio.Event(), asyncio.Event()
        self.notes = 0
        self.fails = 0

    async def _note(self) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError
        self.notes += 1


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "_TRY_AGAIN", 0.001)
    monkeypatch.setattr("bot.botapi.presence._PULSE", 0.001)


@asynccontextmanager
async def called(line: Told, presence: Noting) -> AsyncIterator[asyncio.Task[None]]:
    pulse = asyncio.create_task(presence.run())
    task = asyncio.create_task(Caller(cast("Line", line), AT, presence).run())
    try:
        yield task
    finally:
        for each in (task, pulse):
            each.cancel()
        await asyncio.gather(task, pulse, return_exceptions=True)


async def test_nobody_is_asked_while_something_is_still_to_come() -> None:
    line, presence = Told(3, 2, NetworkError("away"), 1, 0), Noting()
    async with called(line, presence) as task:
        while line.looks_left > 1:
            assert presence.notes == 0, "an absence would be seen, and people asked, before they are heard"
            assert not line.set or presence.there, "ready, or a proxy would keep the backlog away"
            await asyncio.sleep(0)
        await asyncio.wait_for(task, 5)
        assert presence.notes
        assert line.set == 1


async def test_a_flood_that_never_ends_does_not_keep_it_waiting_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "_LOOKS", 5)
    presence = Noting()
    async with called(Told(7), presence) as task:
        await asyncio.wait_for(task, 5)
        assert presence.notes


async def test_network_and_store_are_tried_again_and_a_refused_token_ends_it() -> None:
    line, presence = Told(0), Noting()
    line.refuses, presence.fails = [NetworkError("away"), NetworkError("away")], 2
    async with called(line, presence) as task:
        await asyncio.wait_for(task, 5)
        assert presence.there
        assert presence.notes
    line.refuses = [InvalidToken()]
    with pytest.raises(NotSignedIn):
        await Caller(cast("Line", line), AT, Noting()).run()
