"""An ASGI app served inside the running event loop, to callers who may be slow, or hold on."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from bot.domain.errors import SettingsError
from bot.web.patience import PATIENCE, Patience, patient


@asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int, patience: Patience = PATIENCE) -> AsyncIterator[str]:
    """Serve and yield the address; SettingsError where the port is taken."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise SettingsError(
            f"HTTP_PORT={port} on HTTP_HOST={host} cannot be used ({error.strerror}). "
            f"Set another one, for example:\n  HTTP_PORT={port + 1}"
        ) from None
    server = _Quiet(_config(app, patience))
    running = asyncio.create_task(server.serve([listener]))
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


def _config(app: ASGIApp, patience: Patience) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=patient(patience),
        ws="none",  # a connection of that kind would know no limits
        log_config=None,
        lifespan="off",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


class _Quiet(uvicorn.Server):
    """Leaves signals to the program it runs in."""

    def install_signal_handlers(self) -> None: ...

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)
