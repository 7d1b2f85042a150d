"""The server itself: who says nothing, says half of it, or takes no answer, is not waited for for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.web.health import create_app
from bot.web.patience import Patience
from bot.web.serving import serving

SHORT = Patience(head=0.5, body=0.5, reading=0.5, most=500)
LONG_ENOUGH = 15
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _body(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _events(_request: Request) -> Response:
    async def lines() -> AsyncIterator[str]:
        for _ in range(6):
            yield "data: x\n\n"
            await asyncio.sleep(SHORT.body / 2)

    return StreamingResponse(lines(), media_type="text/event-stream")


async def _large(_request: Request) -> Response:
    return PlainTextResponse("x" * 20_000_000)


class Served:
    """A server, and callers who speak to it byte by byte."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self, said: bytes = b"") -> Opened:
        """Open a connection, and say something."""
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        self._writers.append(writer)
        writer.write(said)
        await writer.drain()
        return reader, writer

    def close(self) -> None:
        """Hang up everywhere."""
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def served(patience: Patience = SHORT) -> AsyncIterator[Served]:
    routes = [Route("/body", _body, methods=["POST"]), Route("/events", _events), Route("/large", _large)]
    async with serving(create_app(dict, console=routes), "127.0.0.1", 0, patience) as url:
        open_to = Served(url)
        yield open_to
        open_to.close()


async def over(reader: asyncio.StreamReader) -> bytes:
    """Return all that is said until the server hangs up."""
    said = b""
    try:
        async with asyncio.timeout(LONG_ENOUGH):
            while more := await reader.read(65536):
                said += more
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
        b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        GET + b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
    ],
    ids=["nothing", "half a head", "half a body", "half the pieces", "half a second request"],
)
async def test_a_hundred_who_do_not_finish_are_let_go(said: bytes) -> None:
    async with served() as server:
        held = [await server.open(said) for _ in range(100)]
        await asyncio.gather(*(over(reader) for reader, _ in held))


async def test_a_byte_now_and_then_gains_no_time() -> None:
    async with served() as server:
        reader, writer = await server.open(b"GET /healthz HTTP/1.1\r\nX: ")

        async def drip() -> None:
            while True:
                writer.write(b"x")
                await asyncio.sleep(SHORT.head / 10)

        dripping = asyncio.create_task(drip())
        await over(reader)
        dripping.cancel()


async def test_who_takes_no_answer_is_let_go_and_who_takes_it_slowly_gets_it() -> None:
    async with served() as server:
        holding, greedy = await server.open(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        greedy.transport.pause_reading()  # type: ignore[attr-defined]
        reader, _ = await server.open(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        taken = 0
        for _ in range(5):
            taken += len(await reader.readexactly(3_900_000))
            await asyncio.sleep(SHORT.reading / 2)
        taken += len(await over(reader))
        assert taken > 20_000_000
        greedy.transport.resume_reading()  # type: ignore[attr-defined]
        assert len(await over(holding)) < 20_000_000


async def test_events_may_come_for_longer_than_a_request() -> None:
    async with served() as server:
        reader, _ = await server.open(b"GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await over(reader)).count(b"data: x") == 6


async def test_where_too_many_hold_on_a_newcomer_is_still_served() -> None:
    async with served(Patience(most=20)) as server:
        held = [await server.open() for _ in range(60)]
        for _ in range(3):
            reader, _ = await server.open(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            assert b'{"status":"ok"}' in await over(reader)
        gone = [asyncio.create_task(over(reader)) for reader, _ in held]
        await asyncio.wait(gone, timeout=1)
        assert sum(each.done() for each in gone) >= 40
        for each in gone:
            each.cancel()


async def test_what_is_no_http_is_refused_with_the_headers_of_every_answer() -> None:
    async with served() as server:
        reader, _ = await server.open(b"GET / HTTP/1.1\r\nHost : x\r\n\r\n")
        said = await over(reader)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nserver:" not in said.lower()
    for name in (b"content-security-policy", b"cache-control", b"referrer-policy", b"x-content-type-options"):
        assert name in said.lower()


async def test_a_websocket_is_no_way_around() -> None:
    async with served() as server:
        said = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        key = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        reader, _ = await server.open(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + said + key)
        assert b"HTTP/1.1 200 " in await over(reader)
