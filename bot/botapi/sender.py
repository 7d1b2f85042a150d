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
from bot.botapi.replies import keyboard, split
from bot.service.sending import Blocked, Failed, Migrated, Outbox, Postponed, Queued, Sent, Settled

log = logging.getLogger(__name__)

_CLAIMED = 200
"""Messages claimed from the outbox at a time, and about as many under way at once."""
_LEASE = timedelta(seconds=60)
"""How long a chat stays ours without a word. Longer than its messages can take; a dead worker's run out."""
_PAUSE = 2.0
"""Seconds before trying again after a failure of the network or the store."""


class Sender:
    """Sends what the outbox holds; `wake` says that there is something, and it looks by itself too."""

    def __init__(self, line: Line, outbox: Outbox, pace: Pace, clock: Callable[[], datetime]) -> None:
        self._line = line
        self._outbox = outbox
        self._pace = pace
        self._clock = clock
        self._due = asyncio.Event()
        self._due.set()
        self._settled: list[Settled] = []
        self._released: list[str] = []
        self._chats: set[asyncio.Task[None]] = set()
        self.working = True
        """Whether the outbox could be reached the last time."""

    def wake(self) -> None:
        """Say that messages were queued."""
        self._due.set()

    async def run(self) -> None:
        """Send for ever; when cancelled, what was sent is still marked."""
        try:
            while True:
                await self._wait()
                await self._round()
        finally:
            for task in self._chats:
                task.cancel()
            await asyncio.gather(*self._chats, return_exceptions=True)
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
        try:
            claimed = await self._exchange(limit=_CLAIMED - len(self._chats))
            self.working = True
        except Exception as error:  # noqa: BLE001 -- the store may be down: nothing is lost, try again
            self.working = False
            log.warning("outbox: %s; trying again", type(error).__name__)
            await asyncio.sleep(_PAUSE)
            self._due.set()
            return
        for messages in _by_chat(claimed):
            task = asyncio.create_task(self._send_chat(messages))
            self._chats.add(task)
            task.add_done_callback(self._chats.discard)

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

    async def _send_chat(self, messages: list[Queued]) -> None:
        """Send one chat's messages in order, up to the first that cannot be sent now."""
        try:
            for message in messages:
                await self._pace.wait(message.chat)
                came = await self._send(message)
                self._settled.append(came)
                # Marked now, not when all have left: killed on the way, the next process would begin with the
                # first again, and killed often, would never come to the last.
                self._due.set()
                if not isinstance(came, Sent | Failed):
                    break
        finally:
            self._released.append(messages[0].chat_row)
            self._due.set()

    async def _send(self, queued: Queued) -> Settled:
        try:
            await self._deliver(queued)
        except RetryAfter as error:
            return self._refused(queued, error)
        except ChatMigrated as error:
            return Migrated(queued.chat_row, error.new_chat_id)
        except Forbidden:
            return Blocked(queued.chat_row)
        except BadRequest as error:
            # Telegram will never take it: set it aside, so that the chat's next messages go out.
            log.warning("message %s refused by Telegram: %s", queued.id, _reason(error))
            return Failed(queued.id, _reason(error))
        except TelegramError as error:
            # A timeout may have delivered it: the second copy has the same buttons and does nothing new.
            log.warning("sending: %s; trying again", type(error).__name__)
            return Postponed(queued.chat_row, self._clock() + timedelta(seconds=_PAUSE))
        return Sent(queued.id)

    def _refused(self, queued: Queued, error: RetryAfter) -> Settled:
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        self._pace.refused(queued.chat, seconds)
        return Postponed(queued.chat_row, self._clock() + timedelta(seconds=seconds))

    async def _deliver(self, queued: Queued) -> None:
        pieces = split(queued.message.html)
        for piece in pieces[:-1]:
            await self._line.send_html(queued.chat, piece, [])
        buttons = keyboard(queued.message, self._line.username if queued.message.rows else "")
        await self._line.send_html(queued.chat, pieces[-1], buttons)


def _by_chat(messages: list[Queued]) -> list[list[Queued]]:
    chats: dict[str, list[Queued]] = {}
    for message in messages:
        chats.setdefault(message.chat_row, []).append(message)
    return list(chats.values())


def _reason(error: BadRequest) -> str:
    """Return Telegram's words without anything that could quote the message."""
    return error.message.partition(":")[0][:80]
