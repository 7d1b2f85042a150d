"""How the bot presents itself, and what an operator reads when it cannot start."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot.botapi.line import open_line
from bot.botapi.profile import NotSignedIn, sign_in
from bot.content.bundle import Bundle
from bot.engine.commands import COMMANDS
from bot.simulator import Simulator
from bot.simulator.server import serve
from tests.botapi.running import TOKEN, Clock, Someone, running


async def test_menu_and_description_are_set_in_each_language(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        await bot.simulator.settle()
        shown = bot.simulator.bots[1000000001]
        menus = shown.commands_by_language()
        assert set(menus) == {"", "en", "zh"}
        assert menus[""] == menus["en"] != menus["zh"]
        for menu in menus.values():
            assert tuple(command["command"] for command in menu) == COMMANDS
            assert len({command["description"] for command in menu}) == len(COMMANDS)
        described = {language: shown.text("description", language) for language in ("", "en", "zh", "fr")}
        assert described[""] == described["en"] == described["fr"]
        assert "medical advice" in described["en"]
        assert "医疗建议" in described["zh"]


@pytest.mark.parametrize("method", ["setMyCommands", "setMyDescription", "setMyShortDescription"])
@pytest.mark.parametrize("kind", ["429", "500", "cut"])
async def test_a_menu_that_cannot_be_set_does_not_keep_the_bot_from_working(
    kind: str, method: str, tmp_path: Path, bundle: Bundle
) -> None:
    """Telegram limits these calls hard: a bot that restarts often meets a 429 here."""
    async with running(tmp_path, bundle) as bot:
        await bot.simulator.settle()
        await bot.stop()
        bot.simulator.fault(kind=kind, method=method, retry_after=3600)  # type: ignore[arg-type]
        await bot.start()
        await Someone(bot.simulator.person()).say("/start")


async def test_a_refused_token_is_said_plainly() -> None:
    simulator = Simulator(clock=Clock(), tokens=["1:" + "b" * 35])
    async with serve(simulator) as url:
        line = open_line(TOKEN, url)
        with pytest.raises(
            NotSignedIn, match=r"Telegram refused TELEGRAM_BOT_TOKEN\. Copy it again"
        ) as refused:
            await sign_in(line)
        await line.shutdown()
    assert TOKEN not in str(refused.value)


async def test_an_unreachable_address_is_said_plainly() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        line = open_line(TOKEN, address)
        with pytest.raises(NotSignedIn, match="could not be reached at TELEGRAM_API_URL"):
            await sign_in(line)
        await line.shutdown()


class _Page(BaseHTTPRequestHandler):
    """A web server that is no Telegram: what a mistyped address may lead to."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Welcome to our home page</html>")

    def log_message(self, *_: object) -> None: ...


@contextmanager
def home_page() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


async def test_an_address_that_is_no_telegram_is_said_plainly() -> None:
    with home_page() as address:
        line = open_line(TOKEN, address)
        with pytest.raises(NotSignedIn, match="TELEGRAM_API_URL"):
            await sign_in(line)
        await line.shutdown()


async def test_a_flood_limit_at_sign_in_is_said_plainly() -> None:
    simulator = Simulator(clock=Clock())
    async with serve(simulator) as url:
        line = open_line(TOKEN, url)
        simulator.authenticate(TOKEN)
        simulator.fault(kind="429", method="getMe", retry_after=7)
        with pytest.raises(NotSignedIn):
            await sign_in(line)
        await line.shutdown()


def test_the_line_does_not_show_its_token() -> None:
    line = open_line(TOKEN, "http://127.0.0.1:1")
    assert TOKEN.partition(":")[2] not in f"{line!r} {line}"
