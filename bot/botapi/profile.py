"""How the bot presents itself in Telegram: signing in, its menu and its description in each language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError

from bot.botapi.line import Line
from bot.domain.errors import DoorstepError

log = logging.getLogger(__name__)

REFUSED_SIGN_IN = "Telegram refused TELEGRAM_BOT_TOKEN. Copy it again from @BotFather: /mybots, API Token."

Say = Callable[[str, str], str]
"""From a text's key and a language to its words."""


class NotSignedIn(DoorstepError):  # noqa: N818 -- says what the operator meets
    """Telegram could not be reached, or refused the token."""


async def sign_in(line: Line) -> str:
    """Ask Telegram who we are and return the bot's username; NotSignedIn says plainly why not."""
    try:
        await line.initialize()
    except InvalidToken:
        raise NotSignedIn(REFUSED_SIGN_IN) from None
    except TelegramError as error:
        raise NotSignedIn(
            f"Telegram could not be reached at TELEGRAM_API_URL ({type(error).__name__}). "
            "Check the machine's network and that address."
        ) from None
    return str(line.username)


async def introduce(line: Line, commands: Sequence[str], languages: Sequence[str], say: Say) -> None:
    """Set the menu and the description per language; phones in other languages get the first one's.

    Telegram knows two-letter codes only, so Simplified Chinese is set for all Chinese phones. It limits these
    calls hard: what cannot be set now stays as it was, and screening goes on.
    """
    for number, language in enumerate(languages):
        menu = [BotCommand(name, say(f"command-{name}", language)) for name in commands]
        description = line.marked(say("profile-description", language))
        short = line.marked(say("profile-short", language))
        codes = [language[:2].lower(), None] if number == 0 else [language[:2].lower()]
        for code in codes:
            try:
                await line.set_my_commands(menu, language_code=code)
                await line.set_my_description(description, language_code=code)
                await line.set_my_short_description(short, language_code=code)
            except TelegramError as error:
                failed = {"language": code or "all phones", "error": type(error).__name__}
                log.warning("menu and description stay as they are", extra=failed)
