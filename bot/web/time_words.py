"""Times in words: spans rounded to what matters, and moments as the clocks at the site show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from markupsafe import Markup, escape

from bot.domain.review import Priority
from bot.web.visit import Visit

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def span(visit: Visit, length: timedelta) -> str:
    """Return a length of time in one unit: minutes below two hours, hours below two days, then days."""
    length = abs(length)
    if length < 2 * _HOUR:
        return visit.say("span-minutes", n=length // _MINUTE)
    if length < 2 * _DAY:
        return visit.say("span-hours", n=length // _HOUR)
    return visit.say("span-days", n=length // _DAY)


def ago(visit: Visit, at: datetime) -> str:
    """Return how long ago something was."""
    if visit.now - at < _MINUTE:
        return visit.say("just-now")
    return visit.say("ago", span=span(visit, visit.now - at))


def due(visit: Visit, at: datetime, priority: Priority) -> str:
    """Return how long is left until a time, or how long it is over; nobody is to wait with what is urgent."""
    waits = "due-now" if priority is Priority.URGENT else "due-in"
    key = "due-over" if at <= visit.now else waits
    return visit.say(key, span=span(visit, at - visit.now))


@dataclass(frozen=True, slots=True)
class Site:
    """How moments are told about one trial: as the clocks at its site show them, where that is known."""

    visit: Visit
    zone: tzinfo | None

    @property
    def name(self) -> str:
        """The zone in which moments are told, such as Asia/Shanghai."""
        return str(self.zone or "UTC")

    def exactly(self, at: datetime) -> str:
        """Return a moment in full with its zone: what a pointer over a time shows without scripts."""
        return f"{self.shortly(at)} ({self.name})" if self.zone else in_utc(at)

    def shortly(self, at: datetime) -> str:
        """Return a moment in full, for a page that names the site's zone once."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}" if self.zone else in_utc(at)

    def until(self, at: datetime, *, named: bool) -> Markup:
        """Return in words that something lasts until then; `named`: with the zone, where no line tells it."""
        told = escape(self.visit.say("away-until", time=_GAP))
        return told.replace(_GAP, _time(at, self.exactly(at), self._clock, self._written(at, named=named)))

    def moment(self, at: datetime) -> Markup:
        """Return a moment; where no zone is known, a script puts it into the reader's own."""
        return _time(at, self.exactly(at), self._clock, self.shortly(at))

    def told(self, at: datetime, words: str) -> Markup:
        """Return other words for a moment, which a pointer over them tells in full."""
        return _time(at, self.exactly(at), "site" if self.zone else "title", words)

    def _written(self, at: datetime, *, named: bool) -> str:
        return self.exactly(at) if named else self.shortly(at)

    @property
    def _clock(self) -> str:
        return "site" if self.zone else "reader"


_TIME = Markup('<time datetime="{}" title="{}" data-clock="{}">{}</time>')


def _time(at: datetime, title: str, clock: str, words: str) -> Markup:
    return _TIME.format(at.astimezone(UTC).isoformat(), title, clock, words)


_GAP = "\u2063"
"""Where a moment goes in a sentence: nobody writes it."""


def site(visit: Visit, trial: str) -> Site:
    """Return how moments are told about a trial: its quiet hours tell in which zone its site is."""
    offered = visit.desk.office.desks.editions.offered.get(trial)
    quiet = offered.trial.quiet_hours if offered else None
    return Site(visit, quiet.zone if quiet else None)


def in_utc(at: datetime) -> str:
    """Return a moment in full, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
