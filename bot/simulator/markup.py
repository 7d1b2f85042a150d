"""Keyboards: what Telegram accepts as `reply_markup`, and how it refuses the rest."""

import re
from collections.abc import Callable
from typing import Any

from bot.simulator.errors import bad_request

Json = dict[str, Any]

BUTTONS_LIMIT = 100
ROW_LIMIT = 8
DATA_LIMIT = 64
_ACTIONS = (
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_LINK = re.compile(r"(?:(?:https?|tg)://\S+|[\w-]+(?:\.[\w-]+)+(?:/\S*)?)$")


def check_markup(markup: Any) -> Json | None:  # noqa: ANN401 - JSON from the wire may be anything
    """The markup to keep with the message (none for an empty one), or Telegram's refusal."""
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup)
    if "keyboard" in markup:
        return _reply(markup)
    return markup if markup.get("remove_keyboard") or markup.get("force_reply") else None


def check_inline_markup(markup: Any) -> Json | None:  # noqa: ANN401 - JSON from the wire may be anything
    """As `check_markup`, for edits: only an inline keyboard can be put on a message that is there."""
    checked = check_markup(markup)
    if checked is not None and "inline_keyboard" not in checked:
        raise bad_request("inline keyboard expected")
    return checked


def _inline(markup: Json) -> Json | None:
    wrong = 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
    rows = _rows(markup["inline_keyboard"], wrong, _inline_button)
    return {"inline_keyboard": rows} if rows else None


def _reply(markup: Json) -> Json | None:
    rows = _rows(markup["keyboard"], 'field "keyboard" must be an Array of Arrays', _reply_button)
    return {**markup, "keyboard": rows} if rows else None


def _rows(rows: Any, wrong: str, check: Callable[[Any], Json]) -> list[list[Json]]:  # noqa: ANN401 - as above
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(wrong)
    checked = [[check(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > BUTTONS_LIMIT or any(len(row) > ROW_LIMIT for row in checked):
        raise bad_request("reply markup is too long")
    return checked


def _reply_button(button: Any) -> Json:  # noqa: ANN401 - as above
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    return {**button, "text": _text(button, "keyboard button")}


def _inline_button(button: Any) -> Json:  # noqa: ANN401 - as above
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = _text(button, "inline keyboard button")
    if url := button.get("url"):
        _check_url(str(url))
    elif data := button.get("callback_data"):
        if len(str(data).encode()) > DATA_LIMIT:
            raise bad_request("BUTTON_DATA_INVALID")
    elif not any(action in button for action in _ACTIONS):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    return {key: value for key, value in button.items() if value is not None} | {"text": text}


def _text(button: Json, what: str) -> str:
    text = button.get("text")
    if text is None:
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not str(text).strip():
        raise bad_request(f"can't parse {what}: Button text must be non-empty")
    return str(text)


def _check_url(url: str) -> None:
    if not _LINK.match(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
