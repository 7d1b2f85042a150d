"""What stands behind a button of a card: case, the revision it showed, and what to do. At most 24 bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"~([a-z0-9]{8})\.(0|[1-9]\d{0,8})\.([a-z])(\d{0,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class CardToken:
    """What a tap on a card claims to be."""

    case: str
    revision: int
    verb: str
    """One letter: see bot.service.cards."""
    place: int | None = None
    """Which one of several."""


def card_token(token: CardToken) -> str:
    """Return a token as a button carries it."""
    place = "" if token.place is None else str(token.place)
    return f"~{token.case}.{token.revision}.{token.verb}{place}"


def read_card_token(data: str) -> CardToken | None:
    """Read what a tap on a card claims to be; None where we never made it."""
    match = _TOKEN.fullmatch(data)
    if not match:
        return None
    case, revision, verb, place = match.groups()
    return CardToken(case, int(revision), verb, int(place) if place else None)
