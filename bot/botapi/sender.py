"""Drains the outbox: at least once, in order within a chat, chats side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.botapi.line import Line
from bot.botapi.replies import keyboard, split
from bot.service.ports import Outbox, Queued

log = logging.getLogger(__name__)

_ROUND = 200
"""Messages taken from the outbox at a time."""
_PAUSE = 2.0
"""Seconds before trying again after a failure of the network or the store."""


class Sender:
    """Sends what the outbox holds, whenever `wake` is called and once at the start."""

    def __init__(self, line: Line, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._line = line
        self._outbox = outbox
        self._clock = clock
        self._due = asyncio.Event()
        self._due.set()
        self.working = True
        """Whether the outbox could be read the last time."""

    def wake(self) -> None:
        """Say that messages were queued."""
        self._due.set()

    async def run(self) -> None:
        """Send for ever; ends only when cancelled."""
        while True:
            await self._wait()
            try:
                while await self.drain():
                    pass
                self.working = True
            except Exception as error:  # noqa: BLE001 -- the store may be down: nothing is lost, try again
                self.working = False
                log.warning("outbox: %s; trying again", type(error).__name__)
                await asyncio.sleep(_PAUSE)
                self._due.set()

    async def drain(self) -> int:
        """Send one round of what is due; return how many messages left."""
        waiting = await self._outbox.waiting(self._clock(), _ROUND)
        chats: dict[str, list[Queued]] = {}
        for message in waiting:
            chats.setdefault(message.chat_row, []).append(message)
        sent = await asyncio.gather(*(self._send_chat(messages) for messages in chats.values()))
        done = [message for chat in sent for message in chat]
        if done:
            await self._outbox.sent(done, self._clock())
        return len(done)

    async def _wait(self) -> None:
        # Postponed chats become due without anybody calling wake. Not wait_for: in Python 3.11 it swallows a
        # cancellation that comes together with wake, and the bot would never stop.
        with suppress(TimeoutError):
            async with asyncio.timeout(_PAUSE):
                await self._due.wait()
                self._due.clear()

    async def _send_chat(self, messages: list[Queued]) -> list[int]:
        """Send one chat's messages in order, up to the first that cannot be sent now."""
        sent: list[int] = []
        for message in messages:
            if not await self._send(message):
                break
            sent.append(message.id)
        return sent

    async def _send(self, queued: Queued) -> bool:
        try:
            await self._deliver(queued)
        except RetryAfter as error:
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            await self._outbox.postpone(queued.chat_row, self._clock() + timedelta(seconds=seconds))
        except Forbidden:
            await self._outbox.blocked(queued.chat_row, self._clock())
        except BadRequest as error:
            # Telegram will never take it: set it aside by name, so that the chat's next messages go out.
            log.warning("message %s refused by Telegram: %s", queued.id, _reason(error))
            await self._outbox.undeliverable(queued.id, _reason(error), self._clock())
        except TelegramError as error:
            log.warning("sending: %s; trying again", type(error).__name__)
            await self._outbox.postpone(queued.chat_row, self._clock() + timedelta(seconds=_PAUSE))
        else:
            return True
        return False

    async def _deliver(self, queued: Queued) -> None:
        pieces = split(queued.message.html)
        for piece in pieces[:-1]:
            await self._line.send_html(queued.chat, piece, [])
        buttons = keyboard(queued.message, self._line.username if queued.message.rows else "")
        await self._line.send_html(queued.chat, pieces[-1], buttons)


def _reason(error: BadRequest) -> str:
    """Return Telegram's words without anything that could quote the message."""
    return error.message.partition(":")[0][:80]
