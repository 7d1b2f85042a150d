"""How fast messages may leave: Telegram's limits, kept before Telegram has to say so.

About one message a second in a chat with a small burst, twenty a minute in a group, thirty a second in all
(TELEGRAM.md 2). Telegram does not publish exact figures, so what it answers counts more: see `refused`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

Seconds = Callable[[], float]
"""A clock that only goes forward, in seconds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages that may leave; a setting, since some bots are granted more."""

    per_second: float = 30.0
    chat_per_second: float = 1.0
    chat_burst: float = 10.0
    group_per_minute: float = 20.0


UNLIMITED = Limits(per_second=1e6, chat_per_second=1e6, chat_burst=1e6, group_per_minute=1e6)


class Bucket:
    """Tokens that flow in at a rate, up to a size; taking more than there are means waiting."""

    def __init__(self, rate: float, size: float, now: float) -> None:
        self._rate = rate
        self._size = size
        self._tokens = size
        self._at = now

    def take(self, now: float) -> float:
        """Take one token; return the seconds until it is really there."""
        self._fill(now)
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

    def try_take(self, now: float) -> bool:
        """Take one token only if it is there."""
        self._fill(now)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def empty(self, now: float, seconds: float) -> None:
        """Let the next token come only after so many seconds."""
        self._fill(now)
        self._tokens = min(self._tokens, 1 - seconds * self._rate)

    def _fill(self, now: float) -> None:
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._rate)
        self._at = now


_CHATS_REMEMBERED = 10_000
_SCOPE_WINDOW = 1.0
_SCOPE_CHATS = 3


class Pace:
    """Says when the next message may leave."""

    def __init__(self, limits: Limits, seconds: Seconds) -> None:
        self._limits = limits
        self._seconds = seconds
        # A tenth of a second's worth at once: enough to keep the line busy, too little to be a burst.
        self._all = Bucket(limits.per_second, max(1.0, limits.per_second / 10), seconds())
        # Answers to taps are no messages: Telegram counts them apart, and so do we.
        self._taps = Bucket(limits.per_second, max(1.0, limits.per_second), seconds())
        self._chats: OrderedDict[int, Bucket] = OrderedDict()
        self._refusals: dict[int, float] = {}

    async def wait(self, chat: int) -> None:
        """Return when a message may leave for this chat."""
        await self._pass(self._chat(chat))
        await self._pass(self._all)

    def ahead(self, seconds: float) -> int:
        """Return how many messages may leave in so many seconds."""
        return int(self._limits.per_second * seconds)

    def tap(self) -> bool:
        """Say whether a tap may be answered now; messages that wait do not count against it."""
        return self._taps.try_take(self._seconds())

    def spare(self) -> bool:
        """Say whether there is room for a call that nobody needs; takes it if so."""
        return self._all.try_take(self._seconds())

    def refused(self, chat: int, seconds: float) -> None:
        """Heed a 429 for all chats, where several are refused within a second.

        Telegram does not say which limit was meant. One chat's flood must not silence the others (the outbox
        keeps that chat waiting), and a limit on the whole bot hits several chats at once.
        """
        now = self._seconds()
        self._refusals = {each: at for each, at in self._refusals.items() if now - at < _SCOPE_WINDOW}
        self._refusals[chat] = now
        if len(self._refusals) >= _SCOPE_CHATS:
            self._all.empty(now, seconds)

    async def _pass(self, bucket: Bucket) -> None:
        delay = bucket.take(self._seconds())
        if delay > 0:
            await asyncio.sleep(delay)

    def _chat(self, chat: int) -> Bucket:
        bucket = self._chats.get(chat) or self._new(chat)
        self._chats[chat] = bucket
        self._chats.move_to_end(chat)
        if len(self._chats) > _CHATS_REMEMBERED:
            self._chats.popitem(last=False)
        return bucket

    def _new(self, chat: int) -> Bucket:
        now = self._seconds()
        if chat < 0:  # Telegram's groups have negative ids
            # What may come at once counts too: in no minute are there more than the limit says.
            burst = self._limits.group_per_minute / 4
            return Bucket((self._limits.group_per_minute - burst) / 60, burst, now)
        return Bucket(self._limits.chat_per_second, self._limits.chat_burst, now)
