"""Waking what waits: long polls, deliveries, event streams."""

import asyncio
from contextlib import suppress


class Signal:
    """Wakes every waiter each time the world changes."""

    def __init__(self) -> None:
        # Not a set: they wake in the order in which they came, so that a run repeats exactly.
        self._waiters: dict[asyncio.Future[None], None] = {}

    def fire(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Return at the next change, or after so many seconds."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[waiter] = None
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, seconds)):
                    await waiter
        finally:
            del self._waiters[waiter]
