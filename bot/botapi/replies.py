"""Messages as Telegram takes them: within its length, with its keyboards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.service.message import Button, Key, Message

LIMIT = 3500
"""UTF-16 units in one message after its markup was read; Telegram's limit is 4096 (TELEGRAM.md 2)."""

Keyboard = list[list[dict[str, str]]]

_TOKEN = re.compile(r"<[^<>]*>|&(?:#[xX]?[0-9a-fA-F]+|[a-zA-Z]+);?|.", re.DOTALL)
_KNOWN = re.compile(r"&(?:lt|gt|amp|quot);?")
_GAPS = ("\n\n", "\n", " ")
"""Where a text is cut, the best first; what stands there goes with the cut."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A tag, or what Telegram shows as one character."""

    raw: str

    @property
    def is_tag(self) -> bool:
        return len(self.raw) > 1 and self.raw.startswith("<")

    @property
    def units(self) -> int:
        if self.is_tag:
            return 0
        if self.raw.startswith("&#"):
            return 2  # at most
        # Telegram reads four names; any other it shows as it stands.
        return 1 if _KNOWN.fullmatch(self.raw) else len(self.raw.encode("utf-16-le", "surrogatepass")) // 2


def split(html: str, limit: int = LIMIT) -> list[str]:
    """Return the text in pieces that Telegram takes, cut between paragraphs, lines or words, else anywhere.

    Tags that are open where it is cut are closed, and opened again in the next piece.
    """
    if len(html) <= limit // 2:
        return [html]  # no character has more than two units: nearly every message ends here
    pieces: list[str] = []
    rest = [_Token(raw) for raw in _TOKEN.findall(html)]
    while (fitting := _fitting(rest, limit)) < len(rest):
        end, gap = _cut(rest, fitting)
        tags = _open_tags(rest[:end])
        pieces.append(_text(rest[:end]) + "".join(f"</{_name(tag)}>" for tag in reversed(tags)))
        rest = [*tags, *rest[end + gap :]]
    return [piece for piece in [*pieces, _text(rest)] if _shows(piece)] or [html]


def keyboard(message: Message, username: str) -> Keyboard:
    """Return the rows of buttons under a message."""
    return [[_button(button, username) for button in row] for row in message.rows]


def keys(message: Message) -> dict[str, Any]:
    """Return the keys that a message puts in the place of the keyboard, or what takes them away."""
    if not message.keys:
        return {"remove_keyboard": True}
    rows = [[_key(key) for key in row] for row in message.keys]
    return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}


def _key(key: Key) -> dict[str, Any]:
    return {"text": key.label, "request_contact": True} if key.asks_phone else {"text": key.label}


def _fitting(tokens: Sequence[_Token], limit: int) -> int:
    """Return how many of the tokens fit into one piece; at least one that shows something."""
    units = 0
    for number, token in enumerate(tokens):
        if units and units + token.units > limit:
            return number
        units += token.units
    return len(tokens)


def _cut(tokens: Sequence[_Token], fitting: int) -> tuple[int, int]:
    """Return how many tokens the piece has, and how many after it fall out."""
    raw = [token.raw for token in tokens]
    for gap in _GAPS:
        ends = (end for end in range(fitting, 0, -1) if "".join(raw[end : end + len(gap)]) == gap)
        # A piece that shows nothing would be none.
        end = next((end for end in ends if _shows("".join(raw[:end]))), 0)
        if end:
            return end, len(gap)
    return fitting, 0


def _open_tags(tokens: Sequence[_Token]) -> list[_Token]:
    opened: list[_Token] = []
    for token in tokens:
        if token.raw.startswith("</") and token.is_tag:
            del opened[-1:]
        elif token.is_tag:
            opened.append(token)
    return opened


def _name(tag: _Token) -> str:
    return re.split(r"[\s>]", tag.raw[1:], maxsplit=1)[0]


def _text(tokens: Sequence[_Token]) -> str:
    return "".join(token.raw for token in tokens)


def _shows(html: str) -> bool:
    """Say whether anything is left to see without the tags: Telegram refuses an empty message."""
    return bool(re.sub(r"<[^<>]*>", "", html).strip())


def _button(button: Button, username: str) -> dict[str, str]:
    if button.start is not None:
        return {"text": button.label, "url": f"https://t.me/{username}?start={button.start}"}
    return {"text": button.label, "callback_data": button.token or ""}
