"""/metrics: how much and how late, for whoever watches the machine; nobody is named, nothing is quoted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from bot.service.ports import StoreUnavailable
from bot.service.tally import Figures, Tally

ReadFigures = Callable[[], Awaitable[Figures]]

_CONTENT = "text/plain; version=0.0.4; charset=utf-8"
_AT_MOST_EVERY = 15.0
"""Seconds between two looks into the store, however often somebody asks."""
_BEAT = 0.5

_COUNTED = {
    "updates": "Updates taken from Telegram, with those that came again.",
    "unreadable": "Updates that could not be read and were set aside.",
    "turns": "Updates that took effect.",
    "answers": "Answers recorded.",
    "sent": "Messages that Telegram took.",
    "failed": "Messages that Telegram will never take.",
    "blocked": "Tries to write to somebody who blocked the bot.",
    "postponed": "Tries put off by Telegram's limits or a network fault.",
    "doubled": "Messages that may have arrived twice.",
    "store_errors": "Times the store could not be read or written.",
}


class Lag:
    """How late the event loop is with what it was to do; the worst since it was last asked."""

    def __init__(self) -> None:
        self._worst = 0.0

    async def run(self) -> None:
        """Measure for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _BEAT
            await asyncio.sleep(_BEAT)
            self._worst = max(self._worst, loop.time() - due)

    def take(self) -> float:
        """Return the worst, in seconds, and begin anew."""
        worst, self._worst = self._worst, 0.0
        return worst


class Metrics(Collector):
    """The numbers of one process and its store, in Prometheus's text format."""

    def __init__(
        self, tally: Tally, read: ReadFigures, lag: Lag, clock: Callable[[], datetime], ready: Ready
    ) -> None:
        self._tally = tally
        self._read = read
        self._lag = lag
        self._clock = clock
        self._ready = ready
        self._figures: Figures | None = None
        self._read_at = -_AT_MOST_EVERY
        self._registry = CollectorRegistry()
        self._registry.register(self)

    async def answer(self, _request: Request) -> Response:
        """Answer one scrape; without the store, with all but its numbers."""
        await self._look()
        return Response(generate_latest(self._registry), media_type=_CONTENT)

    async def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._read_at < _AT_MOST_EVERY:
            return
        self._read_at = now
        try:
            self._figures = await self._read()
        except StoreUnavailable:
            self._tally.store_errors += 1
            self._figures = None

    def describe(self) -> list[Metric]:
        """Return nothing: what there is, is known only when it is asked for."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every number."""
        for name, words in _COUNTED.items():
            yield CounterMetricFamily(f"doorstep_{name}", words, value=getattr(self._tally, name))
        outcomes = CounterMetricFamily("doorstep_outcomes", "Outcomes reached.", labels=["outcome"])
        for outcome, count in self._tally.outcomes.items():
            outcomes.add_metric([outcome], count)
        yield outcomes
        yield _gauge(
            "clock_behind_seconds", "How far our clock is behind Telegram's.", self._tally.clock_behind
        )
        yield _gauge(
            "clock_ahead_seconds", "How far our clock is ahead of Telegram's.", self._tally.clock_ahead
        )
        yield _gauge(
            "loop_lag_seconds", "The event loop's worst delay since the last scrape.", self._lag.take()
        )
        for part, works in self._ready().items():
            yield _gauge(f"{part}_ready", f"Whether {part} works now.", int(works))
        if self._tally.heard_at is not None:
            age = (self._clock() - self._tally.heard_at).total_seconds()
            yield _gauge("heard_age_seconds", "Since Telegram last answered or called.", age)
        if self._figures is not None:
            yield from _of_store(self._figures)


Ready = Callable[[], Mapping[str, bool]]


def _of_store(figures: Figures) -> Iterator[Metric]:
    yield _gauge("outbox_waiting", "Messages still to be sent.", figures.waiting)
    yield _gauge("outbox_oldest_seconds", "How long the first of them has waited.", figures.oldest_wait)
    yield _gauge("quarantine", "Updates set aside.", figures.quarantine)
    yield _gauge("due_late_seconds", "How late what is due by time is.", figures.late)
    kept = GaugeMetricFamily("doorstep_conversations", "Conversations kept.", labels=["status"])
    for status, count in sorted(figures.conversations.items()):
        kept.add_metric([status], count)
    yield kept


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"doorstep_{name}", words, value=value)
