"""Telegram calls: updates that arrive within a few milliseconds are kept together and answered together."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 -- the header's name
_GATHER = 0.003
"""Seconds that the first update of a batch waits for company."""
_CROWD = 4
"""Updates in a batch that tell of many people at once…"""
_GATHER_MORE = 0.01
"""…so that the next waits this long: a transaction costs far more than one more update in it."""
_TOGETHER = 200
"""Updates kept in one transaction at most."""
_LARGEST = 1_000_000
"""Bytes of one update; Telegram's are far smaller."""
_RETRY_AFTER = "2"

Take = Callable[[Sequence[Any]], Awaitable[None]]
"""Keeps updates durably; raises where nothing was kept."""
_Waiting: TypeAlias = "tuple[Any, asyncio.Future[None]]"
"""An update, and what is told once it is kept or refused."""


class Gatherer:
    """Keeps single updates in batches: one transaction for all that are waiting."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._waiting: list[_Waiting] = []
        self._some = asyncio.Event()
        self._closed = False

    async def add(self, update: Any) -> None:  # noqa: ANN401 -- JSON from outside
        """Return when the update is durable; raises NotKept where it is not."""
        if self._closed:
            raise NotKept
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append((update, kept))
        self._some.set()
        await kept

    async def run(self) -> None:
        """Keep batches for ever."""
        batch: list[_Waiting] = []
        while True:
            await self._some.wait()
            await asyncio.sleep(_GATHER if len(batch) < _CROWD else _GATHER_MORE)
            batch, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
            if not self._waiting:
                self._some.clear()
            await self._keep(batch)

    def close(self) -> None:
        """Refuse what waits and what comes: nobody who called shall wait for ever, or hold up a stop."""
        self._closed = True
        _refuse(self._waiting)

    async def _keep(self, batch: list[_Waiting]) -> None:
        try:
            await self._take([update for update, _ in batch])
        except Exception as error:  # noqa: BLE001 -- nothing was kept: Telegram is told to call again
            log.warning("webhook: Telegram will call again", extra={"error": type(error).__name__})
            _refuse(batch)
        except asyncio.CancelledError:
            _refuse(batch)
            raise
        else:
            for _, kept in batch:
                if not kept.done():
                    kept.set_result(None)


def _refuse(batch: Iterable[_Waiting]) -> None:
    for _, kept in batch:
        if not kept.done():
            kept.set_exception(NotKept())


class NotKept(Exception):  # noqa: N818 -- says what happened
    """An update could not be made durable now."""


class Webhook:
    """The endpoint that Telegram calls. It answers 200 only after the update is durable.

    Junk is set aside and answered 200 too: a 500 would block the whole chat until it expires.
    """

    def __init__(self, gatherer: Gatherer, secret: str) -> None:
        self._gatherer = gatherer
        self._secret = secret.encode()

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        told = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(told, self._secret):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            await self._gatherer.add(_parsed(body))
        except NotKept:
            return Response(status_code=503, headers={"Retry-After": _RETRY_AFTER})
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """Return the body, or None where it is larger than any update."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return None
    return body


def _parsed(body: bytes) -> Any:  # noqa: ANN401 -- JSON from outside
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # no JSON, or lists within lists without end
        return body.decode("utf-8", "replace")
