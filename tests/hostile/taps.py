"""Taps that no button of the present message could make."""

from __future__ import annotations

from random import Random  # noqa: TID251 -- seeded: the same taps each time

from bot.domain.conversation import Conversation
from bot.service.tokens import token
from tests.hostile.texts import INVISIBLE, short, typed

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def forged(talk: Conversation, other: Conversation, options: int, chance: Random) -> tuple[str, str]:
    """Return how a tap was forged, and its data; `options` are on the present message."""
    kind = chance.choice(tuple(_WAYS))
    return kind, _WAYS[kind](talk, other, options, chance)


def _noise(_talk: Conversation, _other: Conversation, _options: int, chance: Random) -> str:
    return chance.choice([short(chance), typed(chance)[:64], "", ".", "..", "a.b.c", "None", "null"])


def _made_up(_talk: Conversation, _other: Conversation, _options: int, chance: Random) -> str:
    code = "".join(chance.choice(_LETTERS) for _ in range(8))
    return token(code, chance.randrange(36**3), chance.randrange(20))


def _somebody_elses(_talk: Conversation, other: Conversation, _options: int, chance: Random) -> str:
    return token(other.id, other.turn, chance.randrange(6))


def _old(talk: Conversation, _other: Conversation, _options: int, chance: Random) -> str:
    return token(talk.id, chance.randrange(talk.turn) if talk.turn else 10**6, chance.randrange(6))


def _to_come(talk: Conversation, _other: Conversation, _options: int, chance: Random) -> str:
    return token(talk.id, talk.turn + chance.randint(1, 500), chance.randrange(6))


def _out_of_range(talk: Conversation, _other: Conversation, options: int, chance: Random) -> str:
    # 97 to 99 are real: ANYTIME and BESIDE stand under other messages of the same turn.
    return token(talk.id, talk.turn, chance.choice([options, options + 1, 50, 96]))


def _misspelt(talk: Conversation, _other: Conversation, options: int, chance: Random) -> str:
    """Return the very token, but for something that a careless reader passes over."""
    code, turn, option = token(talk.id, talk.turn, chance.randrange(max(options, 1))).split(".")
    hidden = chance.choice(INVISIBLE)
    return chance.choice(
        [
            f"{code}.{turn}.{option}{hidden}",
            f"{hidden}{code}.{turn}.{option}",
            f"{code}{hidden}.{turn}.{option}",
            f"{code}.{turn}{hidden}.{option}",
            f"{code}.{turn}.{option}\n",
            f" {code}.{turn}.{option}",
            f"{code}.{turn}.{option}.0",
            f"{code}.0{turn}.{option}",
            f"{code}.{turn}.0{option}",
            f"{code}.{turn}.+{option}",
            f"{code}.{turn}.-{option}",
            f"{code}.{turn}.{option.translate(_DIGITS)}",
            f"{code}．{turn}．{option}",
            f"{code}.{turn.upper()}.{option}_",
            code.upper() + f".{turn}.{option}",
        ]
    )


_WAYS = {
    "noise": _noise,
    "made up": _made_up,
    "somebody else's": _somebody_elses,
    "of an old turn": _old,
    "of a turn to come": _to_come,
    "an option out of range": _out_of_range,
    "misspelt": _misspelt,
}
WAYS = (*_WAYS, "replayed")
