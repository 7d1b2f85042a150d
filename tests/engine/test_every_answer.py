"""Every way through the questions, against the second reading of the criteria in test_logic.py.

DOORSTEP_EVERY_ANSWER=1 pytest -s tests/engine/test_every_answer.py walks all of them; the short form some.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import islice
from random import Random  # noqa: TID251 -- repeatable chance picks a way

from bot.domain.trial import Outcome, Value
from bot.engine.assess import assess
from bot.engine.outline import next_question
from tests.engine.test_logic import OPTIONS, TRIAL, by_hand

EVERY = bool(os.environ.get("DOORSTEP_EVERY_ANSWER"))
AGES: list[Value] = [18, *(option for option in OPTIONS["age"] if isinstance(option, str))]
"""One number stands for all from 18 on: no rule knows another bound (tests/engine/test_answers.py)."""


def ways(told: dict[str, Value]) -> Iterator[dict[str, Value]]:
    """Yield every set of answers that somebody can be brought to give."""
    question = next_question(TRIAL, told)
    if question is None:
        yield told
        return
    for option in AGES if question.key == "age" else OPTIONS[question.key]:
        yield from ways({**told, question.key: option})


def some(count: int) -> Iterator[dict[str, Value]]:
    """Yield as many ways, each picked by chance."""
    chance = Random(20261122)
    for _ in range(count):
        told: dict[str, Value] = {}
        while question := next_question(TRIAL, told):
            told[question.key] = chance.choice(AGES if question.key == "age" else OPTIONS[question.key])
        yield told


def test_every_way_through_ends_as_the_second_reading_says() -> None:
    # What is never asked cannot matter: whatever stands there, the second reading must say the same.
    fillings = [{key: values[place] for key, values in OPTIONS.items()} for place in (0, -1)]
    count = 0
    outcomes: set[Outcome] = set()
    for told in ways({}) if EVERY else some(2_000):
        outcome = assess(TRIAL, told).outcome
        for filling in fillings:
            assert outcome is by_hand({**filling, **told}), told
        outcomes.add(outcome)
        count += 1
    sys.stdout.write(f"{count} sets of answers, 0 differences\n")
    assert outcomes >= ({*Outcome} if EVERY else {Outcome.LIKELY_NOT_ELIGIBLE, Outcome.NEEDS_REVIEW})


def test_the_walk_takes_every_branch_once() -> None:
    first = [tuple(told.items()) for told in islice(ways({}), 5_000)]
    assert len(set(first)) == len(first) == 5_000
