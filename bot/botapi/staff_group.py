"""The staff group as Telegram has it: messages that are edited in place, and forum topics."""

from __future__ import annotations

from typing import Any

from telegram.error import BadRequest, ChatMigrated

from bot.botapi.line import Line
from bot.botapi.pace import Pace
from bot.service.cards import Card

_SAME = "not modified"
"""Telegram's words for an edit, or a topic's turn, that changes nothing."""


class StaffGroup:
    """One group. Every call waits for its turn among Telegram's limits; raises TelegramError."""

    def __init__(self, line: Line, pace: Pace, chat: int) -> None:
        self._line = line
        self._pace = pace
        self.id = chat
        """Another one once the group has become a supergroup."""

    async def is_forum(self) -> bool:
        """Say whether the group has topics."""
        found = await self._ask("getChat", {})
        return bool(found.get("is_forum"))

    async def post(self, html: str, topic: int | None, *, silent: bool) -> int:
        """Send a message and return its number."""
        data: dict[str, Any] = {**_text(self._line.headed(html)), "disable_notification": silent}
        if topic is not None:
            data["message_thread_id"] = topic
        sent = await self._call("sendMessage", data)
        return int(sent["message_id"])

    async def edit(self, message: int, card: Card) -> None:
        """Let a message show this card."""
        keyboard = [[_button(key.label, key.token, key.url) for key in row] for row in card.rows]
        data = {**_text(self._line.headed(card.html)), "message_id": message}
        await self._turn("editMessageText", {**data, "reply_markup": {"inline_keyboard": keyboard}})

    async def open_topic(self, name: str) -> int:
        """Open a topic and return its number."""
        opened = await self._call("createForumTopic", {"name": name})
        return int(opened["message_thread_id"])

    async def close_topic(self, topic: int) -> None:
        """Close a topic: nobody but administrators writes there."""
        await self._turn("closeForumTopic", {"message_thread_id": topic})

    async def reopen_topic(self, topic: int) -> None:
        """Open a topic again."""
        await self._turn("reopenForumTopic", {"message_thread_id": topic})

    async def _turn(self, method: str, data: dict[str, Any]) -> None:
        """Make a call that may find everything so already."""
        try:
            await self._call(method, data)
        except BadRequest as error:
            if _SAME not in error.message.casefold().replace("_", " "):
                raise

    async def _call(self, method: str, data: dict[str, Any]) -> Any:  # noqa: ANN401 -- as Telegram answers
        await self._pace.wait(self.id)
        return await self._ask(method, data)

    async def _ask(self, method: str, data: dict[str, Any]) -> Any:  # noqa: ANN401 -- as Telegram answers
        try:
            return await self._line.call(method, {"chat_id": self.id, **data})
        except ChatMigrated as moved:
            self.id = moved.new_chat_id
            raise


def _text(html: str) -> dict[str, Any]:
    return {"text": html, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _button(label: str, token: str | None, url: str | None) -> dict[str, str]:
    return {"text": label, "url": url} if url else {"text": label, "callback_data": token or ""}
