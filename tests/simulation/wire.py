"""The way to Telegram and back inside one loop: it takes time, it can be given up, and it can be dead."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Protocol

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.simulator import Simulator
from bot.simulator.dispatch import Answer, Request, answer

_TIMEOUT = 10.0
Seconds = float | None


class Watch(Protocol):
    """Looks at every call when it reaches Telegram, and at what it was answered."""

    def asks(self, request: Request) -> None: ...

    def gets(self, request: Request, given: Answer, *, is_awaited: bool) -> None: ...


class Wire(BaseRequest):
    """Carries one worker's calls. Once `cut`, nothing that the worker still tries has any effect."""

    def __init__(self, simulator: Simulator, delay: Callable[[], float], watch: Watch) -> None:
        self._simulator = simulator
        self._delay = delay
        self._watch = watch
        self.is_cut = False
        self.given_up: set[asyncio.Task[Answer]] = set()

    @property
    def read_timeout(self) -> float:
        return _TIMEOUT

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds | object = BaseRequest.DEFAULT_NONE,
        write_timeout: Seconds | object = BaseRequest.DEFAULT_NONE,
        connect_timeout: Seconds | object = BaseRequest.DEFAULT_NONE,
        pool_timeout: Seconds | object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        del method, write_timeout, connect_timeout, pool_timeout  # one limit covers all
        token, _, name = url.rpartition("/bot")[2].partition("/")
        request = Request(token, name, request_data.json_parameters if request_data else {}, {})
        await self._travel()
        given = await self._ask(request, read_timeout if isinstance(read_timeout, int | float) else _TIMEOUT)
        await self._travel()
        if given.cut:
            raise NetworkError("cut")
        return given.status, json.dumps(given.body).encode()

    async def _travel(self) -> None:
        if self.is_cut:
            raise NetworkError("dead")
        await asyncio.sleep(self._delay())

    async def _ask(self, request: Request, limit: float) -> Answer:
        call = asyncio.ensure_future(self._at_telegram(request))
        try:
            async with asyncio.timeout(limit):
                return await asyncio.shield(call)
        except TimeoutError:
            self._give_up(request, call)
            raise TimedOut from None
        except asyncio.CancelledError:
            self._give_up(request, call)
            raise

    async def _at_telegram(self, request: Request) -> Answer:
        self._watch.asks(request)
        given = await answer(self._simulator, request)
        self._watch.gets(request, given, is_awaited=asyncio.current_task() not in self.given_up)
        return given

    def _give_up(self, request: Request, call: asyncio.Task[Answer]) -> None:
        """A poll ends with its connection; anything else that is on its way is done all the same."""
        if request.method == "getUpdates":
            call.cancel()
        else:
            self.given_up.add(call)
            call.add_done_callback(self.given_up.discard)
