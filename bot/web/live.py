"""Pages that are open learn that something changed: one question to the store for all of them together.

What is sent is only a mark that differs from the one the page was made with; the page then loads itself anew,
through the same door as before. So nothing about anybody travels here, and a lost message costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.service import review_reading
from bot.service.ports import StoreUnavailable
from bot.service.review import Office
from bot.service.review_reading import Pulse

EVERY = 2.0
"""Seconds between two questions to the store."""
LASTS = 120.0
"""Seconds after which a browser must come in by the door again, so that nobody listens who left the team."""
MOST_EACH = 20
"""Pages that one session may have open and renewing themselves; more are plain pages."""
MOST = 200
"""Pages of everybody together: each holds a connection."""
OVER = "data: over\n\n"
"""What a page is told whose session is over: it fetches itself, and is sent to sign in."""

Still = Callable[[], Awaitable[bool]]


def mark_of(pulse: Pulse, case: str | None) -> str:
    """Return what differs where the queue's first page, or a case or its talk, has changed."""
    seen = pulse.watched.get(case) if case else pulse.first
    return sha256(repr(seen).encode()).hexdigest()[:16]


@dataclass(eq=False, slots=True)
class Follower:
    """One open page that follows the queue, or a case."""

    case: str | None
    session: str
    still: Still
    """Tells whether the session is still good for anything."""
    mark: str
    """Of what the page shows; empty where it did not say."""
    over: bool = False
    held: bool = False
    """Whether it was not told of a change yet, as more was to come."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, mark: str, *, more: bool) -> None:
        """Let the page know the mark of what it shows, if that is another one; a round later if more comes.

        What a participant does is kept with the bot's answer on its way, and a moment later that has arrived:
        the page would renew itself for both.
        """
        changed = mark != self.mark
        self.held = changed and more and not self.held
        if changed and not self.held:
            self.mark = mark
            self.changed.set()

    def end(self) -> None:
        """Let the page follow no longer."""
        self.over = True
        self.changed.set()


class Live:
    """Asks the store while somebody follows, and tells each follower the mark of what they look at."""

    def __init__(self, every: float = EVERY, lasts: float = LASTS) -> None:
        self._every = every
        self._lasts = lasts
        self._followers: set[Follower] = set()
        self._asking: asyncio.Task[None] | None = None
        self._over = asyncio.Event()

    async def mark(self, office: Office, case: str | None) -> str:
        """Return the mark of the queue, or of a case, as it is now."""
        return mark_of(await review_reading.pulse(office, {case} if case else set()), case)

    def join(
        self, office: Office, case: str | None, session: str, still: Still, mark: str = ""
    ) -> Follower | None:
        """Return a new follower, who must leave; None where this session, or all, follow enough already."""
        of_theirs = sum(each.session == session for each in self._followers)
        if of_theirs >= MOST_EACH or len(self._followers) >= MOST:
            return None
        follower = Follower(case, session, still, mark)
        self._followers.add(follower)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(office))
        return follower

    def leave(self, follower: Follower) -> None:
        """Tell a follower nothing any more."""
        self._followers.discard(follower)

    async def follow(self, follower: Follower) -> AsyncIterator[str]:
        """Yield each mark that differs from the one before, for a while and while the session lasts."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._lasts
        while not follower.over:
            try:
                await asyncio.wait_for(follower.changed.wait(), until - loop.time())
            except TimeoutError:
                return
            follower.changed.clear()
            if not follower.over:
                yield follower.mark

    async def stop(self) -> None:
        """Ask the store no more, and wait for what is being asked: before the store is closed."""
        self._over.set()
        if self._asking:
            await asyncio.wait([self._asking])

    async def _ask(self, office: Office) -> None:
        while self._followers and not self._over.is_set():
            with suppress(StoreUnavailable):  # asked again in a moment; pages say so when they load
                await self._part()
                await self._tell(office)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), self._every)

    async def _tell(self, office: Office) -> None:
        watched = {each.case for each in self._followers if each.case}
        pulse = await review_reading.pulse(office, watched)
        for each in tuple(self._followers):
            seen = pulse.watched.get(each.case or "")
            each.tell(mark_of(pulse, each.case), more=seen is not None and seen.waits)

    async def _part(self) -> None:
        """End what is followed in sessions that are over."""
        for session, still in {each.session: each.still for each in self._followers}.items():
            if not await still():
                for each in self._followers:
                    if each.session == session:
                        each.end()


class Stream(StreamingResponse):
    """Marks as server-sent events; however it ends, its follower has left."""

    def __init__(self, live: Live, follower: Follower) -> None:
        headers = {"X-Accel-Buffering": "no"}
        super().__init__(_lines(live, follower), media_type="text/event-stream", headers=headers)
        self._leave = partial(live.leave, follower)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the follower, the browser or the time is over."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


async def _lines(live: Live, follower: Follower) -> AsyncIterator[str]:
    yield "retry: 3000\n\n"
    async for mark in live.follow(follower):
        yield f"data: {mark}\n\n"
    if follower.over:
        yield OVER
