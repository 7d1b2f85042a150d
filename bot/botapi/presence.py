"""Whether the bot is in touch with Telegram, noted so that an absence shows afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from bot.botapi.sender import Sender
from bot.service.ports import StoreUnavailable
from bot.service.screening import Desks
from bot.service.timers import polled

log = logging.getLogger(__name__)

_PULSE = 5.0
"""Seconds between two notes: how exactly an absence is measured."""


class Presence:
    """Kept by the one worker that leads; after an absence it asks people again, once."""

    def __init__(self, desks: Desks, sender: Sender, clock: Callable[[], datetime]) -> None:
        self._desks = desks
        self._sender = sender
        self._clock = clock
        self._touch = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._more = False
        """Whether more people may have to be asked again."""
        self._unkept = False
        self.leads = True
        """Whether this worker leads; so it is until it is known that another one does."""
        self.noting = True
        """Whether the presence could be noted the last time."""

    @property
    def there(self) -> bool:
        """Whether Telegram calls, or is being asked and nothing waits there unread."""
        return self._touch.is_set()

    @property
    def reached(self) -> bool:
        """Whether Telegram is not to blame: it is there, or only what it says cannot be kept."""
        return self.there or self._unkept

    def lost(self, *, unkept: bool = False) -> None:
        """Say that Telegram, or else (`unkept`) the store, fails: the absence begins with the last note."""
        self._touch.clear()
        self._caught_up.clear()
        self._unkept = unkept

    def called(self) -> None:
        """Say that Telegram calls from now on; what waited there is still to come."""
        self._touch.set()

    async def back(self) -> None:
        """Say that the backlog has been handled; people whose taps may be lost are asked again."""
        await self._note()
        self._touch.set()
        self._caught_up.set()

    async def run(self) -> None:
        """Note the presence for ever, for as long as there is one."""
        while True:
            await self._caught_up.wait()
            await asyncio.sleep(0 if self._more else _PULSE)
            if self._caught_up.is_set():
                try:
                    await self._note()
                except Exception as error:  # noqa: BLE001 -- intake itself reports a store that is down
                    self._more = False
                    log.warning("presence could not be noted", extra={"error": type(error).__name__})

    async def _note(self) -> None:
        try:
            asked = await polled(self._desks, now=self._clock())
        except StoreUnavailable:
            self.noting = False
            raise
        self.noting = True
        self._more = bool(asked)
        if asked:
            log.info("back after an absence, people asked again", extra={"count": asked})
            self._sender.wake()
