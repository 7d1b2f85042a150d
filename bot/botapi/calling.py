"""Has Telegram call: says where, and waits until what Telegram kept meanwhile has been delivered."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from telegram.error import InvalidToken

from bot.botapi.line import ALLOWED_UPDATES, Line
from bot.botapi.presence import Presence
from bot.botapi.profile import REFUSED_SIGN_IN, NotSignedIn

log = logging.getLogger(__name__)

_TRY_AGAIN = 1.0
"""Seconds between two tries, and between two looks at what is still to come."""
_CONNECTIONS = 100
"""As many as Telegram offers: what is under way at once is kept in one transaction."""
_LOOKS = 120
"""Looks at most. By then Telegram has tried everything again; in a flood the count may never be nought."""


@dataclass(frozen=True, slots=True)
class CalledAt:
    """Where Telegram calls this bot, and the secret it says then."""

    url: str
    secret: str


class Caller:
    """Sets one bot's webhook, once."""

    def __init__(self, line: Line, called_at: CalledAt, presence: Presence) -> None:
        self._line = line
        self._called_at = called_at
        self._presence = presence

    async def run(self) -> None:
        """Return when the bot is back. Raises NotSignedIn where Telegram refuses the token."""
        while not await self._told_where():  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(_TRY_AGAIN)
        # Ready from here on: whoever hands calls on only to a ready bot would keep the backlog away.
        self._presence.called()
        for _ in range(_LOOKS):
            if await self._delivered():
                break
            await asyncio.sleep(_TRY_AGAIN)
        # Only now is it known who has written since: they need not be asked again.
        while not await self._back():  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(_TRY_AGAIN)

    async def _told_where(self) -> bool:
        """Tell Telegram where to call; whether it heard."""
        at = self._called_at
        try:
            await self._line.set_webhook(
                at.url,
                secret_token=at.secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=_CONNECTIONS,
            )
        except InvalidToken:
            raise NotSignedIn(REFUSED_SIGN_IN) from None
        except Exception as error:  # noqa: BLE001 -- the network: whoever leads must not end by it
            log.warning("webhook: trying again", extra={"error": type(error).__name__})
            return False
        return True

    async def _delivered(self) -> bool:
        try:
            return (await self._line.get_webhook_info()).pending_update_count == 0
        except Exception as error:  # noqa: BLE001 -- the network: whoever leads must not end by it
            log.warning("webhook: looking again", extra={"error": type(error).__name__})
            return False

    async def _back(self) -> bool:
        try:
            await self._presence.back()
        except Exception as error:  # noqa: BLE001 -- the store: whoever leads must not end by it
            log.warning("presence: trying again", extra={"error": type(error).__name__})
            return False
        return True
