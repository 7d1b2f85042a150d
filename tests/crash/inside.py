"""The bot and the simulator in one event loop without sockets, cancelled at a chosen await point."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import aiosqlite
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.app import new_id
from bot.botapi.line import Line
from bot.botapi.profile import sign_in
from bot.botapi.worker import Worker
from bot.content.shelf import Shelf
from bot.running import make_worker
from bot.settings import Settings
from bot.simulator import Simulator
from bot.simulator.dispatch import Request, answer
from bot.storage.database import open_database
from bot.storage.store import SqlStore
from tests.conftest import shipped

_WAY = 3
"""Await points before a call reaches Telegram: it can be cancelled there, before anything is confirmed."""
_LONGEST_ROUND = 0.25
_LONGEST_STOP = 10.0
INSIDE = Settings(_env_file=None, telegram_api_url="http://inside")
TOKEN = "1000000001:AAE-made-up-token-for-tests"


def wall_clock() -> datetime:
    """Return the time: people and bot live in real time here."""
    return datetime.now(UTC)  # noqa: TID251 -- see above


class Inside(BaseRequest):
    """Carries calls to a simulator in the same event loop."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    @property
    def read_timeout(self) -> float:
        return 10.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_limits: Any, **_more: Any
    ) -> tuple[int, bytes]:
        del method
        token, _, name = url.rpartition("/bot")[2].partition("/")
        values = request_data.json_parameters if request_data else {}
        for _ in range(_WAY):
            await asyncio.sleep(0)
        given = await answer(self._simulator, Request(token, name, values, {}))
        if given.cut:
            raise NetworkError("cut")
        return given.status, json.dumps(given.body).encode()


@asynccontextmanager
async def inside(simulator: Simulator, database_url: str) -> AsyncIterator[Worker]:
    """Give a worker that is not running yet."""
    opened: list[aiosqlite.Connection] = []
    database = open_database(database_url)
    line = Line(
        TOKEN,
        base_url="http://inside/bot",
        base_file_url="http://inside/file/bot",
        request=Inside(simulator),
        get_updates_request=Inside(simulator),
    )
    await sign_in(line)
    try:
        with patch.object(aiosqlite, "connect", _noted(aiosqlite.connect, opened)):
            store = SqlStore(database, new_id)
            yield make_worker(line, store, Shelf([shipped()]), INSIDE, wall_clock)
    finally:
        await line.shutdown()
        await database.close()
        for connection in opened:  # as the system does for a process that ends
            with suppress(ValueError):
                await connection.close()
        # A cancelled statement that lies in a cycle of frames keeps SQLite's lock beyond close().
        gc.collect()


def _noted(connect: Any, opened: list[aiosqlite.Connection]) -> Any:
    def note(*args: Any, **kwargs: Any) -> aiosqlite.Connection:
        connection: aiosqlite.Connection = connect(*args, **kwargs)
        opened.append(connection)
        return connection

    return note


@dataclass(slots=True)
class Steps:
    """Counts await points, and acts at the last one."""

    left: int
    at_the_end: Callable[[], object]

    def spend(self) -> None:
        """Count one."""
        self.left -= 1
        if self.left == 0:
            self.at_the_end()


_STEPS: ContextVar[Steps | None] = ContextVar("steps", default=None)


class _Counted(Coroutine[Any, Any, Any]):
    """A coroutine that counts each time it waits."""

    def __init__(self, inner: Coroutine[Any, Any, Any], steps: Steps) -> None:
        self._inner = inner
        self._steps = steps

    def send(self, value: Any) -> Any:
        waits_for = self._inner.send(value)
        self._steps.spend()
        return waits_for

    def throw(self, *error: Any) -> Any:
        waits_for = self._inner.throw(*error)
        self._steps.spend()
        return waits_for

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise NotImplementedError  # a task drives it by send and throw


def _task(loop: asyncio.AbstractEventLoop, coro: Any, **details: Any) -> asyncio.Task[Any]:
    steps = _STEPS.get()
    return asyncio.Task(coro if steps is None else _Counted(coro, steps), loop=loop, **details)


async def cancelled_after(worker: Worker, points: int) -> None:
    """Run a worker and cancel it at its n-th await point, in whichever of its tasks that lies.

    One that has nothing left to do is cancelled where it waits.
    """
    loop = asyncio.get_running_loop()
    loop.set_task_factory(_task)
    steps = Steps(points, lambda: None)
    before = _STEPS.set(steps)
    try:
        running = asyncio.create_task(worker.run())
    finally:
        _STEPS.reset(before)
    steps.at_the_end = lambda: loop.call_soon(running.cancel)
    idle = loop.call_later(_LONGEST_ROUND, running.cancel)
    _, going_on = await asyncio.wait({running}, timeout=_LONGEST_STOP)
    assert not going_on, "the bot was told to stop and did not"
    with suppress(asyncio.CancelledError):
        await running
    idle.cancel()
    loop.set_task_factory(None)
