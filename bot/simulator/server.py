"""The simulator over HTTP: the ASGI app, and a server inside the running event loop that ends quickly."""

import asyncio
import socket
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.simulator.bot_api import CUT, bot_routes
from bot.simulator.local_only import LocalOnly
from bot.simulator.person_api import person_routes
from bot.simulator.world import Simulator

STATIC = Path(__file__).parent / "static"
_TICKS_A_DAY = 864_000
_TICK_SECONDS = 0.1
_LOOK_EVERY = 0.002
_LOOKS = 500


def create_app(world: Simulator, *, allowed_hosts: Collection[str] = ()) -> Starlette:
    """The Bot API, the person's side and the chat page as one ASGI app."""
    routes: list[BaseRoute] = [
        *bot_routes(world),
        *person_routes(world),
        Route("/healthz", _healthy),
        Route("/", _page),
    ]
    if STATIC.is_dir():
        routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    return Starlette(routes=routes, middleware=[Middleware(LocalOnly, hosts=allowed_hosts)])


async def _healthy(_http: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _page(_http: Request) -> Response:
    page = STATIC / "index.html"
    if page.is_file():
        return FileResponse(page, headers={"Cache-Control": "no-cache"})
    return PlainTextResponse("The simulator is running; it has no chat page here.\n")


@asynccontextmanager
async def serve(
    world: Simulator, *, host: str = "127.0.0.1", port: int = 0, allowed_hosts: Collection[str] = ()
) -> AsyncIterator[str]:
    """Serve inside the running loop and yield the base URL; polls and streams end with the block."""
    listener = _listen(host, port)
    app = create_app(world, allowed_hosts=[host, *allowed_hosts])
    server = _Server(world, _config(app))
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    started = asyncio.ensure_future(server.ready.wait())
    await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
    try:
        name = f"[{host}]" if ":" in host else host
        yield f"http://{name}:{listener.getsockname()[1]}"
    finally:
        started.cancel()
        server.stop()
        await running
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    """Bound before the server starts, so that a taken port is the caller's plain OSError.

    The protocol is named since asyncio sets TCP_NODELAY only then; without it each answer takes 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
    )


class _Server(uvicorn.Server):
    """Leaves signals to the program around it, and ends the world before it waits for connections."""

    def __init__(self, world: Simulator, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._world = world
        self.ready = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        """As uvicorn's own, but awake as soon as it shall stop."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks = (ticks + 1) % _TICKS_A_DAY
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK_SECONDS)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Instead of uvicorn's own, which always sleeps for a tenth of a second: too long for tests."""
        del sockets  # `serve` opened them and closes them
        self._world.close()
        await asyncio.gather(*self._world.background.values(), return_exceptions=True)
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._let_requests_end()
        for server in self.servers:
            await server.wait_closed()

    async def _let_requests_end(self) -> None:
        """What has not ended in a second, such as half a request, is broken off."""
        for _ in range(_LOOKS):
            if not self.server_state.connections and not self.server_state.tasks:
                return
            await asyncio.sleep(_LOOK_EVERY)
        for task in self.server_state.tasks:
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()


class _Protocol(H11Protocol):
    """Offers each request a way to break its connection, for faults."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on as they are
        super().__init__(*args, **kwargs)
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - the ASGI types are loose
            scope[CUT] = self.transport.abort
            await inner(scope, receive, send)

        self.app = app
