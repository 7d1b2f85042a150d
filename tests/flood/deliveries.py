"""Updates on their way to the bot, as Telegram brings them: one at a time a chat, on so many connections."""

from __future__ import annotations

import asyncio
from array import array
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bot.botapi.webhook import SECRET_HEADER

_NOT_NOW = 2.0


@dataclass(slots=True)
class Update:
    """One update: due at a moment that was fixed before, so that waiting anywhere counts."""

    kind: str
    body: bytes
    due: float
    number: int
    then: Callable[[], None] | None = None
    """What its person does once it is taken."""


class Deliveries:
    """All that waits for the bot, and how long each kind took from its moment to the answer 200."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
        self._chats: dict[int, deque[Update]] = {}
        self._ready: asyncio.Queue[int] = asyncio.Queue()
        self._time = asyncio.get_running_loop().time
        self.took: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
        self.numbers = array("q")
        """Ids of the updates that were answered 200."""
        self.refused = 0

    def add(self, chat: int, update: Update) -> None:
        """Let Telegram have an update for the bot."""
        waiting = self._chats.get(chat)
        if waiting is None:
            self._chats[chat] = deque([update])
            self._ready.put_nowait(chat)
        else:
            waiting.append(update)

    def pending(self) -> int:
        """Return how many the bot has not taken."""
        return sum(map(len, self._chats.values()))

    @asynccontextmanager
    async def running(self, connections: int) -> AsyncIterator[None]:
        """Deliver until the block ends."""
        connector = aiohttp.TCPConnector(limit=connections)
        async with aiohttp.ClientSession(connector=connector) as session:
            tasks = [asyncio.create_task(self._connection(session)) for _ in range(connections)]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def finish(self, seconds: float) -> None:
        """Wait until the bot has taken everything; TimeoutError where it does not."""
        async with asyncio.timeout(seconds):
            while self._chats:  # noqa: ASYNC110 -- a test may look now and then
                await asyncio.sleep(0.01)

    async def _connection(self, session: aiohttp.ClientSession) -> None:
        while True:
            chat = await self._ready.get()
            update = self._chats[chat][0]
            if await self._taken(session, update.body):
                self.took[update.kind].append(self._time() - update.due)
                self.numbers.append(update.number)
                self._next(chat)
                if update.then:
                    update.then()
            else:
                self.refused += 1
                asyncio.get_running_loop().call_later(_NOT_NOW, self._ready.put_nowait, chat)

    async def _taken(self, session: aiohttp.ClientSession, body: bytes) -> bool:
        try:
            async with session.post(self._url, data=body, headers=self._headers) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def _next(self, chat: int) -> None:
        waiting = self._chats[chat]
        waiting.popleft()
        if waiting:
            self._ready.put_nowait(chat)
        else:
            del self._chats[chat]
