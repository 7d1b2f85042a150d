"""A bot's side of the simulator without HTTP, and a clock that tests set."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.simulator import Simulator
from bot.simulator.dispatch import Answer, Request, answer

TOKEN = "42:made-up-token-made-up-token-made-up"


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Api:
    """Calls methods in process; `ok` gives the result, `error` the refusal."""

    sim: Simulator
    token: str = TOKEN

    async def answer(self, method: str, **values: Any) -> Answer:
        return await answer(self.sim, Request(self.token, method, values, {}))

    async def ok(self, method: str, **values: Any) -> Any:
        given = await self.answer(method, **values)
        assert given.body["ok"], given.body
        return given.body["result"]

    async def error(self, method: str, **values: Any) -> tuple[int, str]:
        given = await self.answer(method, **values)
        assert not given.body["ok"], given.body
        assert given.status == given.body["error_code"]
        return given.status, given.body["description"]

    async def updates(self, **values: Any) -> list[dict[str, Any]]:
        updates: list[dict[str, Any]] = await self.ok("getUpdates", **values)
        return updates


def keyboard(*labels: str) -> dict[str, Any]:
    """An inline keyboard of one row whose data are the labels in lower case."""
    return {"inline_keyboard": [[{"text": label, "callback_data": label.lower()} for label in labels]]}


async def a_moment() -> None:
    """Let the simulator take in what it was answered: nothing that it shows tells when it has."""
    await asyncio.sleep(0.2)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; three seconds are more than enough."""
    for _ in range(1_500):
        if holds():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("it did not come to hold")
