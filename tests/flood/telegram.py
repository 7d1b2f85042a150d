"""As little of Telegram as a flood needs: constant work a call, its limits, and who was told when."""

from __future__ import annotations

import asyncio
import json
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from aiohttp import web

from bot.botapi.pace import Bucket

BOT = {"id": 1000000001, "is_bot": True, "first_name": "Flood", "username": "flood_bot"}
TOKEN = "1000000001:AAE-made-up-token-for-tests"

Told = Callable[[int, dict[str, Any]], None]
"""Hears of each message that somebody gets."""


class Webhook(NamedTuple):
    """How a bot wants to be called."""

    url: str
    secret: str
    connections: int


class Telegram:
    """What the bot calls. `per_second` messages are taken; what is more is refused with 429."""

    def __init__(self, per_second: float) -> None:
        self.told: Told = lambda _chat, _message: None
        loop = asyncio.get_running_loop()
        self._time = loop.time
        # Twice as much for a second: what left evenly may come in a heap where the machine was busy.
        self._room = Bucket(per_second, per_second * 2, loop.time())
        self.calls: Counter[str] = Counter()
        self.refused = 0
        self.chats = array("q")
        """Who got a message, one after another…"""
        self.times = array("d")
        """…and when."""
        self.webhook: asyncio.Future[Webhook] = loop.create_future()
        """How the bot wants to be called."""
        self.pending: Callable[[], int] = lambda: 0

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        body = await request.read()
        if method == "sendMessage":
            return self._send(body)
        if method == "setWebhook" and not self.webhook.done():
            said = parse_qs(body.decode())
            connections = int(said.get("max_connections", ["40"])[0])
            self.webhook.set_result(Webhook(said["url"][0], said["secret_token"][0], connections))
        if method == "getMe":
            return _ok(BOT)
        if method == "getWebhookInfo":
            known = {"url": "", "has_custom_certificate": False, "pending_update_count": self.pending()}
            return _ok(known)
        return _ok(result=True)

    def _send(self, body: bytes) -> web.Response:
        now = self._time()
        if not self._room.try_take(now):
            self.refused += 1
            return _refusal(1)
        said = parse_qs(body.decode())
        chat = int(said["chat_id"][0])
        self.chats.append(chat)
        self.times.append(now)
        number = len(self.chats)
        keyboard = json.loads(said["reply_markup"][0]) if "reply_markup" in said else {}
        self.told(chat, {"message_id": number, "keyboard": keyboard.get("inline_keyboard", [])})
        return _ok({"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}})


def _ok(result: Any) -> web.Response:
    return web.Response(text=json.dumps({"ok": True, "result": result}), content_type="application/json")


def _refusal(seconds: int) -> web.Response:
    body = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    return web.Response(status=429, text=json.dumps(body), content_type="application/json")


@asynccontextmanager
async def serving(telegram: Telegram) -> AsyncIterator[str]:
    """Serve it and yield its address."""
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
