"""Logistic regression over terms, in plain Python: small, repeatable, and no library to trust."""

from __future__ import annotations

import math
import random  # noqa: TID251 -- seeded: the same weights every time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from bot.domain.lexicon import Net
from bot.engine.net import terms
from bot.engine.reading import clauses, is_chinese, normalise

SCALE = 100
"""A weight of 1 is kept as 100, so that weights are whole numbers."""
ROUNDS, PACE, SHRINK, SEEN = 12, 0.05, 0.05, 2
"""How often each message is learned, how fast, how strongly weights are drawn to nought, and in how many
messages a term must stand."""
LIGHTEST = 6
"""Terms that weigh less are left out: they decide nothing and fill the file."""
_FAR = 30.0


class Example(NamedTuple):
    """A message to learn from, and how much it counts."""

    text: str
    urgent: bool
    counts: float = 1.0


def learn(examples: Iterable[Example], *, chinese: bool, limit: float) -> Net:
    """Return the net that these examples make."""
    known = [(terms_of(each.text), each) for each in examples]
    often = Counter(term for found, _ in known for term in found)
    lessons = [([term for term in found if often[term] >= SEEN], each) for found, each in known]
    weights = dict.fromkeys((term for found, _ in lessons for term in found), 0.0)
    bias = _descend(lessons, weights)
    whole = {term: round(weight * SCALE) for term, weight in sorted(weights.items())}
    kept = {term: weight for term, weight in whole.items() if abs(weight) >= LIGHTEST}
    return Net(kept, round(bias * SCALE), round(limit * SCALE), chinese)


def _descend(lessons: list[tuple[list[str], Example]], weights: dict[str, float]) -> float:
    chance = random.Random(0)
    bias = 0.0
    for done in range(ROUNDS):
        chance.shuffle(lessons)
        pace = PACE / (1 + 0.3 * done)
        for found, example in lessons:
            suspicion = bias + sum([weights[term] for term in found])
            step = (example.urgent - _chance(suspicion)) * pace * example.counts
            bias += step
            _step(weights, found, step, 1 - pace * SHRINK)
    return bias


def _step(weights: dict[str, float], found: Sequence[str], step: float, shrunk: float) -> None:
    for term in found:
        weights[term] = weights[term] * shrunk + step


def _chance(suspicion: float) -> float:
    return 1 / (1 + math.exp(-max(-_FAR, min(_FAR, suspicion))))


@cache
def terms_of(text: str) -> tuple[str, ...]:
    """Return each term of a message once, as the engine would weigh them."""
    said = normalise(" | ".join(text.splitlines()))
    chinese = is_chinese(said)
    return tuple(
        sorted({term for clause in clauses(said, chinese=chinese) for term in terms(clause, chinese=chinese)})
    )
