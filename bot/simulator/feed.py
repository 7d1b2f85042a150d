"""The stream of small notices that the chat page listens to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

Json = dict[str, Any]
_BACKLOG = 1_000


class Feed:
    """Every listener gets every notice; one that does not read loses the newest, never holds up the rest."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Json | None]] = set()

    def publish(self, notice: Json) -> None:
        for listener in self._listeners:
            with suppress(asyncio.QueueFull):
                listener.put_nowait(notice)

    def close(self) -> None:
        """Tell every listener that nothing follows."""
        for listener in self._listeners:
            while listener.full():
                listener.get_nowait()
            listener.put_nowait(None)

    @contextmanager
    def listen(self) -> Iterator["asyncio.Queue[Json | None]"]:
        """A queue of notices; `None` ends it."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue(_BACKLOG)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
