"""What a watcher of the machine learns, and a port that is taken."""

from __future__ import annotations

import socket

import aiohttp
import pytest

from bot.domain.errors import SettingsError
from bot.web.health import create_app
from bot.web.serving import serving


async def test_alive_is_not_the_same_as_ready() -> None:
    works = {"telegram": True, "store": False}
    async with serving(create_app(lambda: works), "127.0.0.1", 0) as url, aiohttp.ClientSession() as http:
        async with http.get(f"{url}/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ok"})
        async with http.get(f"{url}/readyz") as answer:
            assert (answer.status, await answer.json()) == (503, works)
        works["store"] = True
        async with http.get(f"{url}/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, works)
        async with http.get(f"{url}/nothing") as answer:
            assert answer.status == 404


async def test_a_taken_port_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"HTTP_PORT={port} .*\n?.*HTTP_PORT={port + 1}"):
            async with serving(create_app(dict), "127.0.0.1", port):
                pass
