"""The survey on stock python-telegram-bot, as a careful developer writes it after the library's examples.

`Application.run_polling`, one handler for commands, one for taps, one for text. Every answer is committed
to SQLite before the next question is sent, so that a restart goes on where it was; a call that fails is made
again. It asks what Doorstep asks, in the same words, so that the same people can talk to it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

Step = dict[str, Any]
"""One thing to ask: its key, its text, and its buttons with what each stands for."""

RESUMED = "Welcome back."
_TRIES = 5

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (chat INTEGER PRIMARY KEY, language TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY, chat INTEGER NOT NULL, step TEXT NOT NULL, value TEXT NOT NULL,
    update_id INTEGER NOT NULL, UNIQUE (chat, step));
"""


class Book:
    """What people answered, in SQLite: each answer a transaction."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + SCHEMA)

    def meet(self, chat: int, language: str) -> bool:
        """Remember somebody; return whether they were there already."""
        kept = self._connection.execute("INSERT OR IGNORE INTO people VALUES (?, ?)", (chat, language))
        return not kept.rowcount

    def language(self, chat: int) -> str:
        row = self._connection.execute("SELECT language FROM people WHERE chat = ?", (chat,)).fetchone()
        return str(row[0]) if row else "en"

    def answered(self, chat: int) -> set[str]:
        rows = self._connection.execute("SELECT step FROM answers WHERE chat = ?", (chat,))
        return {row[0] for row in rows}

    def keep(self, chat: int, step: str, value: str, update_id: int) -> None:
        self._connection.execute(
            "INSERT INTO answers (chat, step, value, update_id) VALUES (?, ?, ?, ?)",
            (chat, step, value, update_id),
        )


class Survey:
    """The handlers."""

    def __init__(self, book: Book, steps: dict[str, list[Step]]) -> None:
        self._book = book
        self._steps = steps

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Begin, or go on where it was."""
        assert update.effective_chat
        assert update.effective_user
        chat, phone = update.effective_chat.id, update.effective_user.language_code or "en"
        language = "zh-Hans" if phone.startswith("zh") else phone
        if self._book.meet(chat, language if language in self._steps else "en"):
            await send(context.bot, chat, RESUMED)
        await self._ask(context.bot, chat)

    async def tap(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take an answer by a button; one under an earlier question changes nothing."""
        query = update.callback_query
        assert query
        assert query.data
        chat = query.from_user.id
        key, _, place = query.data.partition(":")
        step = self._next(chat)
        if step and step["key"] == key:
            self._book.keep(chat, key, step["values"][int(place)], update.update_id)
        await patiently(query.answer)
        await self._ask(context.bot, chat)

    async def text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a typed answer: a number where one is asked for, a label, or the number of an option."""
        assert update.effective_chat
        assert update.message
        chat = update.effective_chat.id
        step = self._next(chat)
        value = meant(step, update.message.text or "") if step else None
        if step and value is not None:
            self._book.keep(chat, step["key"], value, update.update_id)
        await self._ask(context.bot, chat)

    def _next(self, chat: int) -> Step | None:
        """Return what was not answered yet; where a person is stands in the database alone."""
        answered = self._book.answered(chat)
        steps = self._steps[self._book.language(chat)][:-1]  # the last one says goodbye and asks nothing
        return next((step for step in steps if step["key"] not in answered), None)

    async def _ask(self, bot: Bot, chat: int) -> None:
        step = self._next(chat) or self._steps[self._book.language(chat)][-1]
        rows = [
            [InlineKeyboardButton(label, callback_data=f"{step['key']}:{place}")]
            for place, label in enumerate(step["labels"])
        ]
        await send(bot, chat, step["text"], InlineKeyboardMarkup(rows))


def meant(step: Step, text: str) -> str | None:
    """Return the answer that a text is, or None."""
    if step["number"] and text.isdecimal():
        return text
    if text in step["labels"]:
        return str(step["values"][step["labels"].index(text)])
    if text.isdecimal() and 1 <= int(text) <= len(step["values"]):
        return str(step["values"][int(text) - 1])
    return None


async def send(bot: Bot, chat: int, text: str, buttons: InlineKeyboardMarkup | None = None) -> None:
    """Send a message, as often as it takes."""
    await patiently(lambda: bot.send_message(chat, text, reply_markup=buttons))


async def patiently(call: Any) -> None:
    """Make a call, again where Telegram asks to wait or the network fails."""
    for _ in range(_TRIES):
        try:
            await call()
        except RetryAfter as error:
            wait = error.retry_after
            await asyncio.sleep(wait if isinstance(wait, int) else wait.total_seconds())
        except BadRequest:
            return
        except NetworkError:
            await asyncio.sleep(1)
        else:
            return


async def failed(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what went wrong, as the library's examples do."""
    if not isinstance(context.error, TelegramError):
        raise context.error or RuntimeError


def main() -> None:
    """Run it until it is stopped."""
    survey = Survey(Book(os.environ["STOCK_DATABASE"]), json.loads(os.environ["STOCK_STEPS"]))
    api = os.environ["TELEGRAM_API_URL"]
    application = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(f"{api}/bot").build()
    application.add_handler(CommandHandler("start", survey.start))
    application.add_handler(CallbackQueryHandler(survey.tap))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, survey.text))
    application.add_error_handler(failed)
    application.run_polling(allowed_updates=["message", "callback_query"])


if __name__ == "__main__":
    main()
