"""What costs much to find out, kept for a while: figures open every conversation, a check every event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.service import review_reading
from bot.service.review import Office
from bot.service.review_views import Figures

_FOR = timedelta(minutes=5)
_MOST = 20
"""Spans kept at once: one that somebody made up pushes out another, and no more."""
_A_MINUTE = timedelta(minutes=1)
Span = tuple[datetime, datetime]


class Kept:
    """The figures that were counted last, by span of time."""

    def __init__(self) -> None:
        self._kept: dict[Span, tuple[datetime, Figures]] = {}
        self._one = asyncio.Lock()

    async def of(self, office: Office, who: str, span: Span, *, now: datetime) -> Figures:
        """Return the figures of a span, at most five minutes old; one span is counted at a time."""
        async with self._one:
            self._kept = {key: each for key, each in self._kept.items() if now - each[0] < _FOR}
            if span not in self._kept:
                counted = await review_reading.figures(office, who, since=span[0], until=span[1])
                self._kept = dict([*self._kept.items()][1 - _MOST :]) | {span: (now, counted)}
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
