"""Asks Telegram for updates, and confirms them only after they are durable."""

from __future__ import annotations

import asyncio
import logging

from telegram.error import Conflict as SecondPoller
from telegram.error import InvalidToken, TelegramError

from bot.botapi.intake import Intake
from bot.botapi.line import MOST_UPDATES, POLL_SECONDS, Line
from bot.botapi.presence import Presence
from bot.botapi.profile import REFUSED_SIGN_IN, NotSignedIn
from bot.service.ports import StoreUnavailable

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
        self._asked: int | None = None

    async def run(self) -> None:
        """Poll for ever. Raises NotSignedIn where Telegram refuses the token."""
        failures = 0
        await self._call_no_more()
        while True:
            try:
                await self._once()
                failures = 0
            except InvalidToken:
                raise NotSignedIn(REFUSED_SIGN_IN) from None
            except Exception as error:  # noqa: BLE001 -- network or store: nothing was confirmed, try again
                failures += 1
                self._presence.lost(unkept=isinstance(error, StoreUnavailable))
                log.warning(
                    "intake: trying again", extra={"error": type(error).__name__, "reason": _told(error)}
                )
                if _is_called(error):
                    await self._call_no_more()
                await asyncio.sleep(min(2.0 ** min(failures, 5) / 2, _LONGEST_PAUSE))

    async def _call_no_more(self) -> None:
        """End a webhook of earlier days, or one that somebody set meanwhile: it would leave us nothing."""
        try:
            await self._line.delete_webhook()
        except TelegramError as error:
            log.warning("deleteWebhook: polling all the same", extra={"error": type(error).__name__})

    async def _once(self) -> None:
        there = self._presence.there
        updates = await self._line.raw_updates(self._offset, wait=POLL_SECONDS if there else 0)
        await self._intake.take(updates)
        # Asked the same once more, Telegram may hold back what it has.
        read_all = not updates or (len(updates) < MOST_UPDATES and self._offset != self._asked)
        self._asked = self._offset
        if updates:
            self._offset = int(updates[-1]["update_id"]) + 1
        if read_all and not there:
            # Only now is it known who has written since: they need not be asked again.
            await self._presence.back()


def _is_called(error: Exception) -> bool:
    """Say whether Telegram calls a webhook instead of answering us; only its words tell."""
    return isinstance(error, SecondPoller) and "webhook" in str(error).casefold()


def _told(error: Exception) -> str:
    if isinstance(error, SecondPoller):
        return "another program polls this bot, or a webhook is set"
    return "Telegram" if isinstance(error, TelegramError) else "our side"
