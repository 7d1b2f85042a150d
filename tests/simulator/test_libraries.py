"""The same small talk through three client libraries, each with its own polling."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiogram
import pytest
import telegram.error
import telegram.ext
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import CommandStart
from aiogram.types import BotCommand as AiogramCommand
from aiogram.types import CallbackQuery as AiogramQuery
from aiogram.types import InlineKeyboardButton as AiogramButton
from aiogram.types import InlineKeyboardMarkup as AiogramKeyboard
from aiogram.types import Message as AiogramMessage
from telebot import async_telebot, asyncio_helper
from telebot import types as telebot_types

from bot.simulator import Person, Simulator

from .client import TOKEN

QUESTION = "<b>Ready?</b>"

Refused = tuple[str, int | str | None]


@dataclass
class Library:
    """A running bot of one library, and a send whose refusal comes back as (kind, detail)."""

    send: Callable[[int, str], Any]
    refusal: Callable[[Exception], Refused]

    async def refused(self, chat_id: int, text: str = "x") -> Refused:
        try:
            await self.send(chat_id, text)
        except Exception as error:  # noqa: BLE001 - each library has its own
            return self.refusal(error)
        raise AssertionError("it was not refused")


@asynccontextmanager
async def ptb(url: str) -> AsyncIterator[Library]:
    keys = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="yes")]])

    async def start(update: telegram.Update, _context: object) -> None:
        assert update.message is not None
        await update.message.reply_html(QUESTION, reply_markup=keys)

    async def tapped(update: telegram.Update, _context: object) -> None:
        query = update.callback_query
        assert query is not None
        await query.answer("Noted")
        await query.edit_message_reply_markup(None)

    builder = telegram.ext.Application.builder().token(TOKEN).base_url(f"{url}/bot")
    app = builder.base_file_url(f"{url}/file/bot").build()
    app.add_handlers([telegram.ext.CommandHandler("start", start), telegram.ext.CallbackQueryHandler(tapped)])
    async with app:
        await app.bot.set_my_commands([("start", "Begin")])
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(poll_interval=0)
        yield Library(app.bot.send_message, ptb_refusal)
        await app.updater.stop()
        await app.stop()


def ptb_refusal(error: Exception) -> Refused:
    match error:
        case telegram.error.RetryAfter():
            assert isinstance(error.retry_after, timedelta)
            return "429", error.retry_after.seconds
        case telegram.error.Forbidden():
            return "403", error.message
        case telegram.error.BadRequest():
            return "400", error.message
        case _:
            raise error


@asynccontextmanager
async def aiogram_bot(url: str) -> AsyncIterator[Library]:
    keys = AiogramKeyboard(inline_keyboard=[[AiogramButton(text="Yes", callback_data="yes")]])
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message(CommandStart())
    async def start(message: AiogramMessage) -> None:
        await message.answer(QUESTION, parse_mode="HTML", reply_markup=keys)

    @dispatcher.callback_query()
    async def tapped(query: AiogramQuery) -> None:
        await query.answer("Noted")
        assert isinstance(query.message, AiogramMessage)
        await query.message.edit_reply_markup(reply_markup=None)

    bot = aiogram.Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    await bot.set_my_commands([AiogramCommand(command="start", description="Begin")])
    polling = asyncio.ensure_future(dispatcher.start_polling(bot, handle_signals=False))
    yield Library(bot.send_message, aiogram_refusal)
    await dispatcher.stop_polling()
    await polling


def aiogram_refusal(error: Exception) -> Refused:
    match error:
        case TelegramRetryAfter():
            return "429", error.retry_after
        case TelegramForbiddenError():
            return "403", error.message
        case TelegramBadRequest():
            return "400", error.message
        case _:
            raise error


@asynccontextmanager
async def telebot_bot(url: str) -> AsyncIterator[Library]:
    keys = telebot_types.InlineKeyboardMarkup(
        [[telebot_types.InlineKeyboardButton("Yes", callback_data="yes")]]
    )
    asyncio_helper.API_URL = f"{url}/bot{{0}}/{{1}}"
    bot: Any = async_telebot.AsyncTeleBot(TOKEN)

    async def start(message: telebot_types.Message) -> None:
        await bot.send_message(message.chat.id, QUESTION, parse_mode="HTML", reply_markup=keys)

    async def tapped(query: Any) -> None:
        await bot.answer_callback_query(query.id, "Noted")
        await bot.edit_message_reply_markup(query.message.chat.id, query.message.message_id)

    bot.register_message_handler(start, commands=["start"])
    bot.register_callback_query_handler(tapped, lambda _query: True)
    await bot.set_my_commands([telebot_types.BotCommand("start", "Begin")])
    polling = asyncio.ensure_future(bot.polling(interval=0, non_stop=True))
    yield Library(bot.send_message, telebot_refusal)
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling
    await bot.close_session()


def telebot_refusal(error: Exception) -> Refused:
    assert isinstance(error, asyncio_helper.ApiTelegramException)
    retry_after = error.result_json.get("parameters", {}).get("retry_after")
    return str(error.error_code), retry_after or error.description


LIBRARIES: dict[str, Callable[[str], AbstractAsyncContextManager[Library]]] = {
    "python-telegram-bot": ptb,
    "aiogram": aiogram_bot,
    "pyTelegramBotAPI": telebot_bot,
}


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns of a coming change unless it is told to make it now."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture(params=LIBRARIES)
async def library(request: pytest.FixtureRequest, url: str) -> AsyncIterator[Library]:
    async with LIBRARIES[request.param](url) as running:
        yield running


async def test_a_talk(sim: Simulator, library: Library) -> None:
    mei = sim.person(first_name="Mei", language_code="zh-hans")
    with sim.feed.listen() as notices:
        mei.start("abc")
        await sim.settle()
        question = mei.messages[-1]
        assert (question.html, question.from_bot) == (QUESTION, True)
        mei.tap("Yes")
        await sim.settle()
        assert question.buttons == []
        heard = [notices.get_nowait() for _ in range(notices.qsize())]
    answer = {"person_id": mei.id, "text": "Noted", "show_alert": False}
    assert {"answer": answer} in heard
    assert sim.bot.commands_by_language()[""] == [{"command": "start", "description": "Begin"}]
    assert all(call.ok for call in sim.calls())
    assert await library.send(mei.id, "bye")


async def test_refusals_arrive_as_the_library_names_them(
    sim: Simulator, library: Library, mei: Person
) -> None:
    kind, detail = await library.refused(5)
    assert kind == "400"
    assert "chat not found" in str(detail).lower()
    sim.fault(kind="429", method="sendMessage", retry_after=3)
    assert await library.refused(mei.id) == ("429", 3)
    mei.block()
    kind, detail = await library.refused(mei.id)
    assert kind == "403"
    assert "bot was blocked by the user" in str(detail)
