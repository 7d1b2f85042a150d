"""What need not arrive: the end of a tap's spinner, a chosen button, a polite word in a group."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from telegram.error import BadRequest, TelegramError

from bot.botapi.line import Line
from bot.botapi.pace import Pace
from bot.botapi.updates import FromGroup, Tap
from bot.service.handled import Handled

log = logging.getLogger(__name__)

_AT_MOST = 200
"""Calls under way at once; beyond that courtesies are dropped, so that a flood cannot pile them up."""


class Courtesy:
    """Makes calls beside the outbox and forgets them: dropping one loses nothing."""

    def __init__(
        self, line: Line, pace: Pace, group_words: Callable[[str | None], str], staff_chat: int | None
    ) -> None:
        """Take the line, what room there is on it, and the words for a group by a phone's language."""
        self._line = line
        self._pace = pace
        self._group_words = group_words
        self._staff_chat = staff_chat
        self._calls: set[asyncio.Task[None]] = set()

    def answer(self, taps: Mapping[str, Tap], handled: Iterable[Handled]) -> None:
        """End the spinner of each tap; where it counted, leave only the chosen button."""
        met = {item.key: item for item in handled}
        for key, tap in taps.items():
            item = met.get(key, Handled(key))
            # Not among what gives way to messages: it costs them no room, and in a flood, when those come
            # late, it is all that tells somebody that their tap was taken.
            self._soon(self._line.answer_tap(tap.id, item.notice), self._pace.tap)
            if item.chosen and tap.message is not None:
                self._soon(self._line.mark_chosen(tap.chat, tap.message, f"✓ {item.chosen}", tap.data))

    def refuse_groups(self, groups: Iterable[FromGroup]) -> None:
        """Say politely that screening is for private chats; the staff group is left in peace."""
        for group in groups:
            if self.meant(group.bot) and group.chat != self._staff_chat:
                self._soon(self._line.send_html(group.chat, self._group_words(group.language), []))

    def meant(self, bot: str | None) -> bool:
        """Tell whether a command is for us: it names us behind its @, or nobody."""
        return bot is None or bot.casefold() == str(self._line.username).casefold()

    def tell(self, chat: int, html: str) -> None:
        """Send somebody what may never stand in the outbox, such as a link that signs them in."""
        self._soon(self._line.send_html(chat, html, []), self._pace.tap)

    def end_tap(self, tap: str, notice: str, *, alert: bool = False) -> None:
        """End the spinner of one tap, with a note if there is one; an alert stays until it is read."""
        self._soon(self._line.answer_tap(tap, notice or None, alert=alert), self._pace.tap)

    def agree(self, chat: int, message: int) -> None:
        """Mark a message as heard."""
        self._soon(self._agree(chat, message), self._pace.tap)

    def reply(self, chat: int, message: int, html: str) -> None:
        """Answer a message in a group, beside its own."""
        self._soon(self._reply(chat, message, html), self._pace.tap)

    async def _agree(self, chat: int, message: int) -> None:
        try:
            await self._line.mark_heard(chat, message)
        except BadRequest:  # this group allows no reactions
            await self._reply(chat, message, "✓")

    async def _reply(self, chat: int, message: int, html: str) -> None:
        await self._pace.wait(chat)
        await self._line.reply_html(chat, message, html)

    async def finish(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _soon(self, call: Coroutine[Any, Any, None], room: Callable[[], bool] | None = None) -> None:
        # The first to go when Telegram's limits are near: messages need the room.
        if len(self._calls) >= _AT_MOST or not (room or self._pace.spare)():
            call.close()
            return
        task = asyncio.create_task(_quietly(call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)


async def _quietly(call: Coroutine[Any, Any, None]) -> None:
    try:
        await call
    except TelegramError as error:
        log.debug("courtesy dropped", extra={"error": type(error).__name__})
