"""Figures kept for a few minutes: counting them opens every conversation of the span."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.service import review_reading
from bot.service.review import Office
from bot.service.review_views import Figures

_FOR = timedelta(minutes=5)
Span = tuple[datetime, datetime]


class Kept:
    """The figures that were counted last, by span of time."""

    def __init__(self) -> None:
        self._kept: dict[Span, tuple[datetime, Figures]] = {}

    async def of(self, office: Office, who: str, span: Span, *, now: datetime) -> Figures:
        """Return the figures of a span, at most five minutes old."""
        self._kept = {key: each for key, each in self._kept.items() if now - each[0] < _FOR}
        if span not in self._kept:
            counted = await review_reading.figures(office, who, since=span[0], until=span[1])
            self._kept[span] = now, counted
        return self._kept[span][1]
