"""What must hold of everything the bot says to somebody hostile: it arrives, at the right place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from bot.botapi.replies import keyboard, split
from bot.content.shelf import Edition
from bot.domain.messages import Alert
from bot.service.handled import Handled
from bot.service.message import Message
from bot.service.wording import staff_line
from bot.simulator.errors import ApiError
from bot.simulator.formatting import format_text
from bot.simulator.markup import check_markup

_NOTICE = 200
"""Letters that Telegram shows of the answer to a tap."""


def lost(message: Message) -> str | None:
    """Return why Telegram would refuse a message, by the simulator's own rules; None where it arrives."""
    return _lost(message.html) or _refused(message)


@lru_cache(maxsize=20_000)
def _lost(html: str) -> str | None:
    try:
        for piece in split(html):
            piece.encode()
            format_text(piece, "HTML", None)
    except (ApiError, UnicodeEncodeError) as error:
        return f"{error}: {html[:200]!r}"
    return None


def _refused(message: Message) -> str | None:
    rows = keyboard(message, "doorstep_bot")
    try:
        check_markup({"inline_keyboard": rows})
    except ApiError as error:
        return f"{error}: {rows!r}"
    return None


def misplaced(outgoing: Iterable[tuple[int, Message]], person: int, staff: int, lines: set[str]) -> list[str]:
    """Return what goes where it should not: to anybody but this person, or with content to staff."""
    wrong = []
    for chat, message in outgoing:
        if chat == staff and message.html not in lines:
            wrong.append(f"to staff: {message.html!r}")
        elif chat not in {person, staff}:
            wrong.append(f"to {chat}: {message.html!r}")
    return wrong


def staff_lines(edition: Edition, codes: Iterable[str]) -> set[str]:
    """Return all that staff may read in their group about these conversations."""
    return {staff_line(edition, alert, code).html for alert, code in product(Alert, codes)}


def overlong(handled: Iterable[Handled]) -> list[str]:
    """Return the answers to taps that Telegram would refuse."""
    return [one.notice for one in handled if one.notice is not None and len(one.notice) > _NOTICE]
