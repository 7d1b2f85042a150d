"""Pages that are open learn that something changed: one question to the store for all of them together.

What is sent is only a mark that differs from the one the page was made with; the page then loads itself anew,
through the same door as before. So nothing about anybody travels here, and a lost message costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256

from starlette.responses import Response, StreamingResponse

from bot.service import review_reading
from bot.service.ports import StoreUnavailable
from bot.service.review import Office
from bot.service.review_reading import Pulse

EVERY = 2.0
"""Seconds between two questions to the store."""
LASTS = 120.0
"""Seconds after which a browser must come in by the door again, so that nobody listens who left the team."""


def mark_of(pulse: Pulse, case: str | None) -> str:
    """Return what differs where the queue's first page, or a case, has changed."""
    seen = pulse.watched.get(case) if case else pulse.first
    return sha256(repr(seen).encode()).hexdigest()[:16]


@dataclass(eq=False, slots=True)
class _Follower:
    case: str | None
    mark: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, mark: str) -> None:
        if mark != self.mark:
            self.mark = mark
            self.changed.set()


class Live:
    """Asks the store while somebody follows, and tells each follower the mark of what they look at."""

    def __init__(self, every: float = EVERY, lasts: float = LASTS) -> None:
        self._every = every
        self._lasts = lasts
        self._followers: set[_Follower] = set()
        self._asking: asyncio.Task[None] | None = None
        self._over = asyncio.Event()

    async def mark(self, office: Office, case: str | None) -> str:
        """Return the mark of the queue, or of a case, as it is now."""
        return mark_of(await review_reading.pulse(office, {case} if case else set()), case)

    async def follow(self, office: Office, case: str | None) -> AsyncIterator[str]:
        """Yield the mark at once and after each change, for a while."""
        follower = _Follower(case)
        self._followers.add(follower)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(office))
        try:
            async with asyncio.timeout(self._lasts):
                while True:
                    await follower.changed.wait()
                    follower.changed.clear()
                    yield follower.mark
        except TimeoutError:
            return
        finally:
            self._followers.discard(follower)

    async def stop(self) -> None:
        """Ask the store no more, and wait for what is being asked: before the store is closed."""
        self._over.set()
        if self._asking:
            await asyncio.wait([self._asking])

    async def _ask(self, office: Office) -> None:
        while self._followers and not self._over.is_set():
            with suppress(StoreUnavailable):  # asked again in a moment; pages say so when they load
                await self._tell(office)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), self._every)

    async def _tell(self, office: Office) -> None:
        watched = {each.case for each in self._followers if each.case}
        pulse = await review_reading.pulse(office, watched)
        for each in tuple(self._followers):
            each.tell(mark_of(pulse, each.case))


def stream(marks: AsyncIterator[str]) -> Response:
    """Return marks as server-sent events."""

    async def lines() -> AsyncIterator[str]:
        yield "retry: 3000\n\n"
        async for mark in marks:
            yield f"data: {mark}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
