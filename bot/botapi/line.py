"""The line to Telegram: python-telegram-bot's Bot, with results left raw where nobody reads objects."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from telegram import Bot, InputFile

from bot.botapi.transport import Transport

os.environ.setdefault("PTB_TIMEDELTA", "true")
"""The library's own switch: without it every 429 warns of a change to come."""
POLL_SECONDS = 25
_FILE_SECONDS = 30
MOST_UPDATES = 100
"""So many come at once at most, as nothing else is asked for; where fewer come, no more are waiting."""
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]


def open_line(token: str, api_url: str, mark: str = "") -> Line:
    """Return the line of one bot; `api_url` is without the `/bot<token>` part.

    A `mark`, such as DEMO, stands above everything that is said on this line.
    """
    base = api_url.rstrip("/")
    return Line(
        token,
        mark,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=Transport(),
        get_updates_request=Transport(connections=1),
    )


class Line(Bot):
    """Telegram's methods as this bot needs them. Raises telegram.error.TelegramError."""

    def __init__(self, token: str, mark: str = "", **wiring: Any) -> None:  # noqa: ANN401 -- the library's
        """Take the library's arguments, and what stands above everything that is said."""
        super().__init__(token, **wiring)
        self._mark = mark

    def marked(self, words: str) -> str:
        """Return plain words as they are said on this line."""
        return f"{self._mark} · {words}" if self._mark else words

    def headed(self, html: str) -> str:
        """Return Telegram's HTML as it is sent on this line."""
        return f"<i>{self._mark}</i>\n{html}" if self._mark else html

    def hear_time(self, hear: Callable[[datetime], None]) -> None:
        """Have somebody told when Telegram dates its answers, as they come."""
        for request in self._request:
            if isinstance(request, Transport):
                request.hear_time = hear

    def __repr__(self) -> str:
        """Show nothing: the library would show the token."""
        return "Line()"

    async def shutdown(self) -> None:
        """Close the connections, also where signing in failed: the library leaves them open then."""
        await super().shutdown()
        for request in self._request:
            await request.shutdown()

    async def raw_updates(self, offset: int | None, *, wait: int = POLL_SECONDS) -> list[dict[str, Any]]:
        """Return waiting updates as they came, so that one that cannot be parsed costs no other.

        Telegram takes everything below `offset` as received: pass it only for what is durable.
        """
        data = {"offset": offset, "timeout": wait, "allowed_updates": ALLOWED_UPDATES}
        result: Any = await self._post("getUpdates", data, read_timeout=wait + 10)
        return list(result)

    async def call(self, method: str, data: dict[str, Any]) -> Any:  # noqa: ANN401 -- as Telegram answers
        """Call a method of Telegram's by its name, and return the result as it came."""
        return await self._post(method, data)

    async def send_html(self, chat: int, html: str, keyboard: list[list[dict[str, str]]]) -> None:
        """Send one message of Telegram's HTML, with buttons under it and without link previews."""
        await self.send_marked(chat, html, {"inline_keyboard": keyboard} if keyboard else None)

    async def send_marked(self, chat: int, html: str, markup: dict[str, Any] | None) -> None:
        """Send one message of Telegram's HTML with whatever goes with it, and without link previews."""
        data: dict[str, Any] = {
            "chat_id": chat,
            "text": self.headed(html),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if markup:
            data["reply_markup"] = markup
        await self._post("sendMessage", data)

    async def send_file(self, chat: int, name: str, content: bytes, html: str) -> None:
        """Send a file with one line under it."""
        data: dict[str, Any] = {"chat_id": chat, "caption": html, "parse_mode": "HTML"}
        data["document"] = InputFile(content, filename=name)
        await self._post("sendDocument", data, read_timeout=_FILE_SECONDS)

    async def send_quietly(self, chat: int, html: str) -> None:
        """Send one message of Telegram's HTML without a sound."""
        data = {"chat_id": chat, "text": html, "parse_mode": "HTML", "disable_notification": True}
        await self._post("sendMessage", data)

    async def answer_tap(self, tap: str, text: str | None, *, alert: bool = False) -> None:
        """End the spinner on a tapped button, with a short note if there is one."""
        data: dict[str, Any] = {"callback_query_id": tap, "text": text}
        await self._post("answerCallbackQuery", {**data, "show_alert": True} if alert else data)

    async def mark_heard(self, chat: int, message: int) -> None:
        """Put the bot's reaction on a message: it was kept, or passed on."""
        heard = [{"type": "emoji", "emoji": "👍"}]
        await self._post("setMessageReaction", {"chat_id": chat, "message_id": message, "reaction": heard})

    async def reply_html(self, chat: int, message: int, html: str) -> None:
        """Answer one message, in its topic."""
        answered = {"message_id": message, "allow_sending_without_reply": True}
        data = {
            "chat_id": chat,
            "text": self.headed(html),
            "parse_mode": "HTML",
            "reply_parameters": answered,
        }
        await self._post("sendMessage", data)

    async def mark_chosen(self, chat: int, message: int, label: str, token: str) -> None:
        """Leave under a message only the button that was chosen."""
        keyboard = {"inline_keyboard": [[{"text": label, "callback_data": token}]]}
        data = {"chat_id": chat, "message_id": message, "reply_markup": keyboard}
        await self._post("editMessageReplyMarkup", data)
