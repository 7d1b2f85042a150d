"""Telegram's sending limits as token buckets: per chat, per group, overall."""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

LIMITED = frozenset(
    {
        "sendMessage",
        "sendDocument",
        "copyMessage",
        "forwardMessage",
        "editMessageText",
        "editMessageReplyMarkup",
    }
)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second, and so many at once after a rest."""

    per_second: float
    burst: float


PRIVATE = Rate(1.0, 5.0)
GROUP = Rate(20 / 60, 20.0)
OVERALL = Rate(30.0, 30.0)


@dataclass(slots=True)
class _Bucket:
    rate: Rate
    level: float
    at: datetime

    def refill(self, now: datetime) -> None:
        passed = max(0.0, (now - self.at).total_seconds())
        self.level = min(self.rate.burst, self.level + passed * self.rate.per_second)
        self.at = now

    def wait(self) -> float:
        return max(0.0, (1.0 - self.level) / self.rate.per_second)


@dataclass(slots=True)
class Limits:
    """The buckets of one bot; off unless asked for."""

    enabled: bool = False
    _buckets: dict[int | None, _Bucket] = field(default_factory=dict)

    def retry_after(self, chat_id: int, now: datetime) -> int:
        """Seconds to wait before one more message to this chat may go; 0 means it may go, and is counted."""
        if not self.enabled:
            return 0
        buckets = [self._bucket(None, OVERALL, now)]
        buckets.append(self._bucket(chat_id, GROUP if chat_id < 0 else PRIVATE, now))
        wait = max(bucket.wait() for bucket in buckets)
        if wait > 0:
            return ceil(wait)
        for bucket in buckets:
            bucket.level -= 1
        return 0

    def _bucket(self, key: int | None, rate: Rate, now: datetime) -> _Bucket:
        bucket = self._buckets.setdefault(key, _Bucket(rate, rate.burst, now))
        bucket.refill(now)
        return bucket
