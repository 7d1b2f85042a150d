"""What costs much to find out, kept for a while: figures and log open every talk, a check every event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

_MOST = 20
"""Spans kept at once: one that somebody made up pushes out another, and no more."""
_A_MINUTE = timedelta(minutes=1)
Span = tuple[datetime, datetime]
T = TypeVar("T")


class Kept(Generic[T]):
    """What was found out last about spans of time, one span at a time."""

    def __init__(self, lasts: timedelta) -> None:
        self._lasts = lasts
        self._kept: dict[Span, tuple[datetime, T]] = {}
        self.one = asyncio.Lock()
        """Held while something is found out."""

    async def of(self, span: Span, find_out: Callable[[], Awaitable[T]], *, now: datetime) -> T:
        """Return what there is about a span, not older than it may be; one span is gone through at a time."""
        async with self.one:
            self._kept = {key: each for key, each in self._kept.items() if now - each[0] < self._lasts}
            if span not in self._kept:
                found = await find_out()
                self._kept = dict([*self._kept.items()][1 - _MOST :]) | {span: (now, found)}
            return self._kept[span][1]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look through the whole audit trail found."""

    conversations: int
    events: int
    findings: Sequence[tuple[str, int | None, str]]
    """Which chain, which position, and what is wrong there."""


class LastCheck:
    """The last look through the audit trail: whoever asks meanwhile, or soon after, gets what it found."""

    def __init__(self) -> None:
        self._last: tuple[datetime, Checked] | None = None
        self._one = asyncio.Lock()

    async def of(
        self, check: Callable[[], Awaitable[Checked]], clock: Callable[[], datetime]
    ) -> tuple[datetime, Checked]:
        """Return when the records were checked, at most a minute ago, and what was found."""
        async with self._one:
            if self._last is None or clock() - self._last[0] >= _A_MINUTE:
                found = await check()
                self._last = clock(), found
            return self._last
