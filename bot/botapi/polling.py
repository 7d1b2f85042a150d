"""Asks Telegram for updates, and confirms them only after they are durable."""

from __future__ import annotations

import asyncio
import logging

from telegram.error import Conflict as SecondPoller
from telegram.error import InvalidToken, TelegramError

from bot.botapi.intake import Intake
from bot.botapi.line import POLL_SECONDS, Line
from bot.botapi.presence import Presence
from bot.botapi.profile import REFUSED_SIGN_IN, NotSignedIn

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 30.0


class Poller:
    """Polls one bot. Nothing is confirmed to Telegram before its transaction has ended well."""

    def __init__(self, line: Line, intake: Intake, presence: Presence) -> None:
        self._line = line
        self._intake = intake
        self._presence = presence
        # Kept in memory only: after a restart Telegram delivers again what was not confirmed, and the
        # store knows what it has seen. An update id is never a high-water mark (TELEGRAM.md 1.2).
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll for ever. Raises NotSignedIn where Telegram refuses the token."""
        failures = 0
        while True:
            try:
                await self._once()
                failures = 0
            except InvalidToken:
                raise NotSignedIn(REFUSED_SIGN_IN) from None
            except SecondPoller:
                failures += 1
                await self._clear_the_way()
                await self._pause(failures)
            except Exception as error:  # noqa: BLE001 -- network or store: nothing was confirmed, try again
                failures += 1
                self._presence.lost()
                log.warning("intake: %s; trying again", _told(error))
                await self._pause(failures)

    async def _pause(self, failures: int) -> None:
        await asyncio.sleep(min(2.0 ** min(failures, 5) / 2, _LONGEST_PAUSE))

    async def _clear_the_way(self) -> None:
        """End a webhook of earlier days: beside it every poll is refused. Another program cannot be ended."""
        self._presence.lost()
        log.warning("intake: another program polls this bot, or a webhook is set; ending the webhook")
        try:
            await self._line.delete_webhook()
        except TelegramError as error:
            log.warning("deleteWebhook: %s", type(error).__name__)

    async def _once(self) -> None:
        there = self._presence.there
        updates = await self._line.raw_updates(self._offset, wait=POLL_SECONDS if there else 0)
        await self._intake.take(updates)
        if updates:
            self._offset = int(updates[-1]["update_id"]) + 1
        elif not there:
            # Only now is it known who has written since: they need not be asked again.
            await self._presence.back()


def _told(error: Exception) -> str:
    return f"Telegram: {type(error).__name__}" if isinstance(error, TelegramError) else type(error).__name__
