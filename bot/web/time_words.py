"""Spans of time in words, as a queue tells them: rounded to what matters."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def exactly(at: datetime) -> str:
    """Return a moment in full, in UTC: what a pointer over a time shows without scripts."""
    return at.strftime("%Y-%m-%d %H:%M UTC")
