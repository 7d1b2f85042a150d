"""Rules of every kind, also those that the first trial does not use."""

from __future__ import annotations

import pytest

from bot.domain.trial import AllOf, AnyOf, AtLeast, Chosen, Criterion, CriterionKind, Not, Rule, Verdict
from bot.domain.truth import Truth
from bot.engine.criteria import Answers, evaluate, questions_of, verdict

SMOKES = Chosen("smokes", met=frozenset({"yes"}), not_met=frozenset({"no"}))
GROWN = AtLeast("age", 18, met=frozenset({"grown"}), not_met=frozenset({"child"}))
BOTH, EITHER = AllOf((SMOKES, GROWN)), AnyOf((SMOKES, GROWN))
YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("rule", "answers", "truth"),
    [
        (SMOKES, {"smokes": "yes"}, YES),
        (SMOKES, {"smokes": "not_sure"}, UNKNOWN),
        (SMOKES, {}, UNKNOWN),
        (GROWN, {"age": 18}, YES),
        (GROWN, {"age": 17}, NO),
        (GROWN, {"age": "grown"}, YES),
        (GROWN, {"age": "child"}, NO),
        (GROWN, {"age": "prefer_not"}, UNKNOWN),
        (Not(SMOKES), {"smokes": "yes"}, NO),
        (Not(SMOKES), {"smokes": "no"}, YES),
        (Not(SMOKES), {}, UNKNOWN),
        (BOTH, {"smokes": "yes", "age": 20}, YES),
        (BOTH, {"smokes": "no"}, NO),
        (BOTH, {"smokes": "yes"}, UNKNOWN),
        (EITHER, {"smokes": "yes"}, YES),
        (EITHER, {"smokes": "no"}, UNKNOWN),
        (EITHER, {"smokes": "no", "age": 3}, NO),
        (Not(EITHER), {"smokes": "no", "age": 3}, YES),
        (AllOf(()), {}, YES),
        (AnyOf(()), {}, NO),
    ],
)
def test_a_rule_holds_or_not_or_nobody_knows(rule: Rule, answers: Answers, truth: Truth) -> None:
    assert evaluate(rule, answers) is truth


def test_every_question_of_a_rule_is_known() -> None:
    assert list(questions_of(AllOf((Not(SMOKES), EITHER)))) == ["smokes", "smokes", "age"]


def criterion(rule: Rule | None, *, staff_only: bool = False) -> Criterion:
    return Criterion("X1", CriterionKind.EXCLUSION, "Smokers.", rule, staff_only=staff_only)


@pytest.mark.parametrize(
    ("judged", "answers", "expected"),
    [
        (criterion(Not(SMOKES)), {"smokes": "no"}, Verdict.MET),
        (criterion(Not(SMOKES)), {"smokes": "yes"}, Verdict.NOT_MET),
        (criterion(Not(SMOKES), staff_only=True), {"smokes": "yes"}, Verdict.UNKNOWN),
        (criterion(Not(SMOKES), staff_only=True), {"smokes": "no"}, Verdict.MET),
        (criterion(Not(SMOKES)), {"smokes": "not_sure"}, Verdict.UNKNOWN),
        (criterion(Not(SMOKES)), {"age": 20}, Verdict.NOT_ASKED),
        (criterion(BOTH), {"age": 20}, Verdict.UNKNOWN),
        (criterion(None), {"smokes": "yes"}, Verdict.DEFERRED),
    ],
)
def test_a_criterion_is_judged_only_by_what_is_known(
    judged: Criterion, answers: Answers, expected: Verdict
) -> None:
    assert verdict(judged, answers) is expected
