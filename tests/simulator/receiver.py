"""A webhook for tests."""

from aiohttp import web

from .client import until


class Receiver:
    """A webhook that answers from a list, then with 200, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = []
        self.secrets: list[str | None] = []
        self.texts: list[str] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        update = await request.json()
        self.texts.append(update.get("message", update.get("callback_query", {})).get("text", "tap"))
        return self.answers.pop(0) if self.answers else web.Response()

    async def has(self, *texts: str) -> None:
        await until(lambda: self.texts == list(texts))
