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
    """Compares the two. A message from the past tells nothing: it may have waited."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._said_at: datetime | None = None

    def compare(self, arrivals: Iterable[Arrival], now: datetime) -> None:
        """Look at when messages were written; a discrepancy is warned of, and stands among the metrics."""
        told = max((one.told_at for one in arrivals if one.told_at), default=None)
        if told is None:
            return
        behind = told - now
        self._tally.clock_behind = behind.total_seconds() if behind > _IMPLAUSIBLE else 0.0
        if behind > _IMPLAUSIBLE and (self._said_at is None or now - self._said_at >= _SAY_AGAIN):
            self._said_at = now
            log.warning("clock: behind Telegram's", extra={"seconds": int(behind.total_seconds())})
