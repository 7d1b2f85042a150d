"""The second net: what a message adds up to, term by term, where no rule names its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.lexicon import Net

_DIGITS = re.compile(r"\d+")
_LETTERS = (3, 4, 5)
_CHARACTERS = (1, 2, 3)


def catches(net: Net, parts: Iterable[Sequence[str]]) -> bool:
    """Say whether some clauses of a message, one after another, weigh more than the limit.

    It is their heaviest stretch that counts, so that nothing said before or after makes it lighter.
    """
    heaviest = here = net.bias - net.limit
    for part in parts:
        added = sum(net.weights.get(term, 0) for term in terms(part, chinese=net.chinese))
        here = max(here, net.bias - net.limit) + added
        heaviest = max(heaviest, here)
    return heaviest > 0


def heaviest(net: Net, parts: Iterable[Sequence[str]], most: int) -> list[tuple[str, int]]:
    """Return the terms that add most, with what they add: why the net caught a message."""
    found = {term: net.weights.get(term, 0) for part in parts for term in terms(part, chinese=net.chinese)}
    return sorted(found.items(), key=_by_weight)[:most]


def terms(part: Sequence[str], *, chinese: bool) -> frozenset[str]:
    """Return what is weighed of a clause: its words, pairs of them and their pieces; or characters."""
    return frozenset(_of_characters("".join(part)) if chinese else _of_words(part))


def _of_words(words: Sequence[str]) -> Iterator[str]:
    plain = [_DIGITS.sub("0", word) for word in words]
    for n, word in enumerate(plain):
        yield word
        yield from (f"~{piece}" for piece in _pieces(f"^{word}$", _LETTERS))
        if n:
            yield f"{plain[n - 1]} {word}"
        if n > 1:
            yield f"{plain[n - 2]} … {word}"


def _of_characters(clause: str) -> Iterator[str]:
    whole = f"^{_DIGITS.sub('0', clause)}$"
    yield from _pieces(whole, _CHARACTERS)
    for first, second in zip(whole, whole[2:], strict=False):
        yield f"{first}…{second}"


def _pieces(text: str, lengths: Iterable[int]) -> Iterator[str]:
    for length in lengths:
        for n in range(len(text) - length + 1):
            yield text[n : n + length]


def _by_weight(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
