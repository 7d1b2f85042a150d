"""The hours in which nobody is written to by time alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another, as the clocks at the site show them; maybe past midnight."""

    begins: time
    ends: time
    zone: tzinfo

    def hold(self, now: datetime) -> bool:
        """Say whether it is quiet at this moment."""
        local = now.astimezone(self.zone).time()
        if self.begins < self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def until(self, now: datetime) -> datetime | None:
        """Return when the quiet that holds now is over; None where it is not quiet."""
        if not self.hold(now):
            return None
        here = now.astimezone(self.zone)
        over = now + self._left(here)
        if over.astimezone(self.zone).utcoffset() == here.utcoffset():
            return over
        # The clocks are changed on the way: an hour is left out, or comes twice.
        over = now - timedelta(seconds=here.second, microseconds=here.microsecond)
        while self.hold(over):
            over += _MINUTE
        return over

    def _left(self, here: datetime) -> timedelta:
        """Return how long it is to the end by the face of the clock."""
        end = datetime.combine(here.date(), self.ends)
        left = end - here.replace(tzinfo=None)
        return left if left > timedelta(0) else left + _DAY
