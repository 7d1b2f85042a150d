"""Drains the outbox: at least once, in order within a chat, chats side by side, within Telegram's limits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.botapi.line import Line
from bot.botapi.pace import Pace
from bot.botapi.replies import keyboard, keys, split
from bot.service.sending import Blocked, Failed, Migrated, Outbox, Postponed, Queued, Sent, Settled
from bot.service.tally import Tally

log = logging.getLogger(__name__)

_CLAIMED = 200
"""Messages claimed from the outbox at a time, and about as many under way at once."""
_AHEAD = 2.0
"""Seconds' worth of messages claimed at most: whoever comes first waits behind no more than these."""
_FEWEST = 10
_BREATH = 0.1
"""Seconds between two looks while as many are under way as may be: each look is a transaction."""
_LEASE = timedelta(seconds=60)
"""How long a chat that was claimed stays ours; a dead worker's run out."""
_OURS = 45.0
"""Seconds of a lease in which we send: all is over well before another worker may claim the chat."""
_LATELY = timedelta(seconds=30)
_MANY = 3
"""To so many chats nothing could be sent lately: then it is Telegram, and not one message."""
_PAUSE = 2.0
"""Seconds before trying again after a failure of the network or the store."""


class Sender:
    """Sends what the outbox holds; `wake` says that there is something, and it looks by itself too."""

    def __init__(
        self,
        line: Line,
        outbox: Outbox,
        pace: Pace,
        clock: Callable[[], datetime],
        tally: Tally | None = None,
    ) -> None:
        self._line = line
        self._outbox = outbox
        self._pace = pace
        self._clock = clock
        self._tally = tally or Tally()
        self._doubtful: set[int] = set()
        self._due = asyncio.Event()
        self._due.set()
        self._settled: list[Settled] = []
        self._released: list[str] = []
        self._chats: dict[str, asyncio.Task[None]] = {}
        self._unanswered: dict[str, datetime] = {}
        self._at_once = min(_CLAIMED, max(_FEWEST, pace.ahead(_AHEAD)))
        self.working = True
        """Whether the outbox could be reached the last time."""

    @property
    def heard(self) -> bool:
        """Whether Telegram takes messages, as far as one knows."""
        return sum(self._clock() - at < _LATELY for at in self._unanswered.values()) < _MANY

    def wake(self) -> None:
        """Say that messages were queued."""
        self._due.set()

    async def run(self) -> None:
        """Send for ever; when cancelled, what was sent is still marked."""
        try:
            while True:
                await self._wait()
                await self._round()
                if len(self._chats) >= self._at_once:
                    await asyncio.sleep(_BREATH)
        finally:
            under_way = list(self._chats.values())
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            await self._exchange(limit=0)

    async def _wait(self) -> None:
        # Leases run out and postponed chats become due without anybody calling wake. Not wait_for: in
        # Python 3.11 it swallows a cancellation that comes together with wake, and the bot would never stop.
        with suppress(TimeoutError):
            async with asyncio.timeout(_PAUSE):
                await self._due.wait()
                self._due.clear()

    async def _round(self) -> None:
        """Mark what left, and begin with the chats that are due now."""
        until = asyncio.get_running_loop().time() + _OURS
        try:
            claimed = await self._exchange(limit=self._at_once - len(self._chats))
            self.working = True
        except Exception as error:  # noqa: BLE001 -- the store may be down: nothing is lost, try again
            self.working = False
            self._tally.store_errors += 1
            log.warning("outbox: trying again", extra={"error": type(error).__name__})
            await asyncio.sleep(_PAUSE)
            self._due.set()
            return
        for chat, messages in _by_chat(claimed).items():
            # One that is under way here was claimed again because a clock was set forward.
            if chat not in self._chats:
                self._chats[chat] = asyncio.create_task(self._send_chat(chat, messages, until))

    async def _exchange(self, *, limit: int) -> list[Queued]:
        """Keep what came of sending; what could not be kept is tried again the next time."""
        settled, self._settled = self._settled, []
        released, self._released = self._released, []
        try:
            return await self._outbox.exchange(
                settled, released, self._clock(), lease=_LEASE, limit=max(limit, 0)
            )
        except BaseException:
            self._settled = settled + self._settled
            self._released = released + self._released
            raise

    async def _send_chat(self, chat: str, messages: list[Queued], until: float) -> None:
        """Send one chat's messages for as long as it is surely ours.

        Waiting for Telegram's limits or answers could outlast the lease: then two would send side by side.
        """
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self._send_in_order(messages)
        finally:
            del self._chats[chat]
            self._released.append(chat)
            self._due.set()

    async def _send_in_order(self, messages: list[Queued]) -> None:
        """Send up to the first that cannot be sent now."""
        for message in messages:
            came = await self._send(message)
            self._settled.append(came)
            # Marked now, not when all have left: killed on the way, the next process would begin with the
            # first again, and killed often, would never come to the last.
            self._due.set()
            self._count(message, came)
            if not isinstance(came, Sent | Failed):
                break

    def _count(self, message: Queued, came: Settled) -> None:
        match came:
            case Sent():
                self._tally.sent += 1
                self._tally.doubled += message.id in self._doubtful
            case Failed():
                self._tally.failed += 1
            case Blocked():
                self._tally.blocked += 1
            case _:
                self._tally.postponed += 1
        if not isinstance(came, Postponed):
            self._doubtful.discard(message.id)

    async def _send(self, queued: Queued) -> Settled:
        try:
            await self._deliver(queued)
        except RetryAfter as error:
            return self._refused(queued, error)
        except ChatMigrated as error:
            return Migrated(queued.chat_row, error.new_chat_id)
        except Forbidden:
            return Blocked(queued.chat_row, queued.interrupted)
        except BadRequest as error:
            # Telegram will never take it: set it aside, so that the chat's next messages go out.
            refused = {"id": queued.id, "reason": _reason(error)}
            log.warning("message refused by Telegram", extra=refused)
            return Failed(queued.id, _reason(error))
        except TelegramError as error:
            # A timeout may have delivered it: the second copy has the same buttons and does nothing new.
            log.warning("sending: trying again", extra={"error": type(error).__name__})
            self._unanswered[queued.chat_row] = self._clock()
            self._doubtful.add(queued.id)
            return Postponed(queued.chat_row, self._clock() + timedelta(seconds=_PAUSE))
        self._unanswered.clear()
        return Sent(queued.id, passing=queued.message.passing)

    def _refused(self, queued: Queued, error: RetryAfter) -> Settled:
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        self._pace.refused(queued.chat, seconds)
        return Postponed(queued.chat_row, self._clock() + timedelta(seconds=seconds))

    async def _deliver(self, queued: Queued) -> None:
        if queued.message.silent:
            await self._pace.wait(queued.chat)
            await self._line.send_quietly(queued.chat, queued.message.html)
            return
        pieces = split(queued.message.html)
        for piece in pieces[:-1]:
            await self._pace.wait(queued.chat)
            await self._line.send_html(queued.chat, piece, [])
        if queued.message.document is not None:
            await self._pace.wait(queued.chat)
            name, text = queued.message.document.name, queued.message.document.text
            await self._line.send_file(queued.chat, name, text.encode(), pieces[-1])
            return
        if queued.message.keys or queued.message.clears:
            await self._pace.wait(queued.chat)
            await self._line.send_marked(queued.chat, pieces[-1], keys(queued.message))
            return
        buttons = keyboard(queued.message, self._line.username if queued.message.rows else "")
        await self._pace.wait(queued.chat)
        await self._line.send_html(queued.chat, pieces[-1], buttons)


def _by_chat(messages: list[Queued]) -> dict[str, list[Queued]]:
    chats: dict[str, list[Queued]] = {}
    for message in messages:
        chats.setdefault(message.chat_row, []).append(message)
    return chats


def _reason(error: BadRequest) -> str:
    """Return Telegram's words without anything that could quote the message."""
    return error.message.partition(":")[0][:80]
