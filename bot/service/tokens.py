"""What stands behind a button: conversation, turn and place. At most 24 bytes, and nothing about health."""

from __future__ import annotations

import re

from bot.domain.messages import Tapped, TokenForged

_TOKEN = re.compile(r"([a-z0-9]{8})\.(0|[1-9a-z][0-9a-z]{0,5})\.(0|[1-9]\d?)", re.ASCII)
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def token(conversation: str, turn: int, option: int) -> str:
    """Return the token of a button, the same each time the same message is sent."""
    return f"{conversation}.{_base36(turn)}.{option}"


def tapped(data: str) -> Tapped | TokenForged:
    """Read what a tap claims to be; clients can send anything."""
    match = _TOKEN.fullmatch(data)
    if not match:
        return TokenForged()
    conversation, turn, option = match.groups()
    return Tapped(conversation, int(turn, 36), int(option))


def _base36(number: int) -> str:
    digits = _BASE36[number % 36]
    while number := number // 36:
        digits = _BASE36[number % 36] + digits
    return digits
