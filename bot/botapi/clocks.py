"""Whether this machine's clock is believable, by what Telegram says of the time."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.service.ports import Arrival
from bot.service.tally import Tally

log = logging.getLogger(__name__)

_IMPLAUSIBLE = timedelta(seconds=60)
"""A message cannot have been written later than now; so much may be a clock that is slightly off."""
_SAY_AGAIN = timedelta(minutes=10)


class Clocks:
    """Compares the two. A message from the past tells nothing, as it may have waited; an answer tells."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._said_at: datetime | None = None
        self._ahead_at: datetime | None = None

    def compare(self, arrivals: Iterable[Arrival], now: datetime) -> None:
        """Look at when messages were written; a discrepancy is warned of, and stands among the metrics."""
        told = max((one.told_at for one in arrivals if one.told_at), default=None)
        if told is None:
            return
        behind = told - now
        self._tally.clock_behind = behind.total_seconds() if behind > _IMPLAUSIBLE else 0.0
        if behind > _IMPLAUSIBLE and (self._said_at is None or abs(now - self._said_at) >= _SAY_AGAIN):
            self._said_at = now
            log.warning("clock: behind Telegram's", extra={"seconds": int(behind.total_seconds())})

    def hear(self, theirs: datetime, now: datetime) -> None:
        """Look at when Telegram dated an answer that came just now; being ahead is warned of likewise."""
        ahead = now - theirs
        self._tally.clock_ahead = ahead.total_seconds() if ahead > _IMPLAUSIBLE else 0.0
        if ahead > _IMPLAUSIBLE and (self._ahead_at is None or abs(now - self._ahead_at) >= _SAY_AGAIN):
            self._ahead_at = now
            log.warning("clock: ahead of Telegram's", extra={"seconds": int(ahead.total_seconds())})
