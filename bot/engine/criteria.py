"""From answers to a three-valued verdict on each criterion (CLINICAL 1.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias, assert_never

from bot.domain.trial import AllOf, AnyOf, AtLeast, Chosen, Criterion, Not, Rule, Value, Verdict
from bot.domain.truth import Truth

Answers: TypeAlias = Mapping[str, Value]

_VERDICT = {Truth.YES: Verdict.MET, Truth.NO: Verdict.NOT_MET, Truth.UNKNOWN: Verdict.UNKNOWN}


def verdict(criterion: Criterion, answers: Answers) -> Verdict:
    """Judge one criterion by the answers given so far."""
    if criterion.rule is None:
        return Verdict.DEFERRED
    if not any(question in answers for question in questions_of(criterion.rule)):
        return Verdict.NOT_ASKED
    if any(evaluate(item.when, answers) is Truth.YES for item in criterion.contradictions):
        return Verdict.UNKNOWN
    truth = evaluate(criterion.rule, answers)
    if criterion.staff_only and truth is Truth.NO:
        return Verdict.UNKNOWN
    return _VERDICT[truth]


def evaluate(rule: Rule, answers: Answers) -> Truth:  # noqa: C901 -- one case a rule
    """Return whether a rule holds; what was not answered is unknown."""
    match rule:
        case Chosen(question, met, not_met):
            return _chosen(answers.get(question), met, not_met)
        case AtLeast(question, minimum, met, not_met):
            value = answers.get(question)
            if isinstance(value, int):
                return Truth.YES if value >= minimum else Truth.NO
            return _chosen(value, met, not_met)
        case AllOf(rules):
            truth = Truth.YES
            for part in rules:
                truth &= evaluate(part, answers)
            return truth
        case AnyOf(rules):
            truth = Truth.NO
            for part in rules:
                truth |= evaluate(part, answers)
            return truth
        case Not(inner):
            return ~evaluate(inner, answers)
    assert_never(rule)


def questions_of(rule: Rule) -> Iterator[str]:
    """Yield the key of each question a rule looks at."""
    match rule:
        case Chosen(question) | AtLeast(question):
            yield question
        case AllOf(rules) | AnyOf(rules):
            for part in rules:
                yield from questions_of(part)
        case Not(inner):
            yield from questions_of(inner)


def _chosen(value: Value | None, met: frozenset[str], not_met: frozenset[str]) -> Truth:
    if value in met:
        return Truth.YES
    return Truth.NO if value in not_met else Truth.UNKNOWN
