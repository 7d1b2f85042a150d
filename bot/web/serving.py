"""An ASGI app served inside the running event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from bot.domain.errors import SettingsError


@asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int) -> AsyncIterator[str]:
    """Serve and yield the address; SettingsError where the port is taken."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise SettingsError(
            f"HTTP_PORT={port} on HTTP_HOST={host} cannot be used ({error.strerror}). "
            f"Set another one, for example:\n  HTTP_PORT={port + 1}"
        ) from None
    server = _Quiet(
        uvicorn.Config(app, log_config=None, lifespan="off", access_log=False, timeout_graceful_shutdown=2)
    )
    running = asyncio.create_task(server.serve([listener]))
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


class _Quiet(uvicorn.Server):
    """Leaves signals to the program it runs in."""

    def install_signal_handlers(self) -> None: ...

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)
