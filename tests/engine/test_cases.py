"""The oracle's answer cases against the pure core, under each reading of criterion I2."""

from __future__ import annotations

from typing import Any

import pytest

from bot.content.bundle import Bundle
from bot.domain.trial import Trial
from bot.engine.answers import Misread, kept, read_age
from bot.engine.assess import Assessment, assess
from bot.engine.outline import counting, next_question
from tests.conftest import oracle, shipped
from tests.policies import with_policy

ANSWERED = [case for case in oracle()["cases"] if case["group"] == "answers"]
REFUSED = [case for case in oracle()["cases"] if case["group"] == "validation"]
VARIANTS = [
    pytest.param(case, policy, changes, id=f"{case['id']}-{policy}")
    for case in ANSWERED
    for policy, changes in [("ask_staff", {}), *case["policy_variants"].items()]
]


def given(trial: Trial, case: dict[str, Any]) -> dict[str, int | str]:
    """Answer question after question for as long as one is due, as a participant would."""
    answers: dict[str, int | str] = {}
    while question := next_question(trial, answers):
        said = case["answers"][question.key]
        age = read_age(str(said), trial.lexicon, question) if question.key == "age" else None
        answers[question.key] = kept(question, age) if isinstance(age, int) else said
    return answers


def told(result: Assessment, last: str) -> dict[str, Any]:
    outcomes = {"needs_review": "NEEDS_STAFF_REVIEW"}
    return {
        "expected_outcome": outcomes.get(result.outcome, result.outcome.upper()),
        "expected_flags": list(result.flags),
        "expected_recheck": list(result.recheck),
        "expected_last_question": last,
        "expected_staff_queue": result.outcome == "needs_review",
        "expected_criteria": {name: verdict.upper() for name, verdict in result.criteria.items()},
    }


@pytest.mark.parametrize(("case", "policy", "changes"), VARIANTS)
def test_answers_come_out_as_the_oracle_says(
    case: dict[str, Any], policy: str, changes: dict[str, Any]
) -> None:
    trial = with_policy(shipped(), policy).trial
    expected = {name: value for name, value in {**case, **changes}.items() if name.startswith("expected_")}
    if changes:
        # A variant states only what it is about; the rest of the case speaks of the default reading.
        expected = {name: value for name, value in expected.items() if name in changes}
    answers = given(trial, case)
    result = told(assess(trial, answers), list(counting(trial, answers))[-1])
    assert {name: result[name] for name in expected} == expected


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: str(case["id"]))
def test_what_is_no_age_is_asked_again(case: dict[str, Any], bundle: Bundle) -> None:
    question = bundle.trial.question("age")
    assert isinstance(read_age(str(case["answers"]["age"]), bundle.trial.lexicon, question), Misread)
