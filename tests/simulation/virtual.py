"""An event loop in which waiting takes no time: months pass in minutes, and each run repeats exactly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from selectors import SelectorKey, SelectSelector
from typing import Any, TypeVar

T = TypeVar("T")
_BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_RESOLUTION = 1e-6
"""Seconds: a float that counts months is not exact to the loop's own nanosecond."""


class Stuck(Exception):  # noqa: N818 -- says what happened
    """Everybody waits for something that will never come."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """When nobody can go on, the clock leaps to the next timer."""

    def __init__(self) -> None:
        self.passed = 0.0
        super().__init__(_Leaping(self._leap))
        self._clock_resolution = _RESOLUTION

    def time(self) -> float:
        """Return the virtual seconds since the beginning."""
        return self.passed

    def _leap(self, seconds: float) -> None:
        self.passed += seconds


class _Leaping(SelectSelector):
    """Watches nothing: in this world there are no sockets and no threads."""

    def __init__(self, leap: Callable[[float], None]) -> None:
        super().__init__()
        self._leap = leap

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if timeout is None:
            raise Stuck("nothing is ready and no timer is set")
        self._leap(max(timeout, 0.0))
        return []


class Clock:
    """The world's clock: it goes with the loop, and can be set forward over times when nothing happens."""

    def __init__(self) -> None:
        self._leapt = timedelta()

    def __call__(self) -> datetime:
        passed = timedelta(seconds=asyncio.get_running_loop().time())
        return _BEGAN + passed + self._leapt

    def leap(self, step: timedelta) -> None:
        """Go on at once to a later time."""
        self._leapt += step

    @property
    def covered(self) -> timedelta:
        """How much time has passed in the world."""
        return self() - _BEGAN


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run something in a virtual loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def seconds() -> float:
    """Return the seconds of the running loop; stands in for time.monotonic."""
    return asyncio.get_running_loop().time()
