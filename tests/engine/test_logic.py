"""All answers against a second, independent reading of the criteria, written as plain ifs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.trial import Outcome, Value
from bot.engine.assess import assess
from bot.engine.outline import next_question
from tests.conftest import shipped

TRIAL = shipped().trial
OPTIONS: dict[str, list[Value]] = {q.key: [o.key for o in q.options] for q in TRIAL.questions}
OPTIONS["age"] = [18, 45, 120, *OPTIONS["age"]]

full_sets = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in OPTIONS.items()})


def asked(answers: dict[str, Value]) -> dict[str, Value]:
    """Return what a participant with these answers in mind is asked for."""
    told: dict[str, Value] = {}
    while question := next_question(TRIAL, told):
        told[question.key] = answers[question.key]
    return told


def by_hand(a: dict[str, Value]) -> Outcome:  # noqa: C901, PLR0911 -- plain on purpose: the second oracle
    no, unknown = Outcome.LIKELY_NOT_ELIGIBLE, Outcome.NEEDS_REVIEW
    if a["age"] == "under_18":
        return no
    if a["age"] == "prefer_not":
        return unknown
    if a["willing"] == "no":
        return no
    odd = a["dm"] == "no" and a["mda5"] == "yes"
    if not odd and (a["dm"] == "no" or a["mda5"] == "no"):
        return no
    if a["bal"] == "no":
        return no
    if a["other_ctd"] == "yes" or a["preg_lact"] == "yes" or a["other_trial"] == "yes_now":
        return no
    if odd or a["willing"] != "yes" or a["dm"] != "yes" or a["mda5"] != "yes":
        return unknown
    if a["ild"] != "yes" or a["rpild"] != "yes" or a["ild_cause"] != "no":
        return unknown
    if a["bal"] != "yes" or a["other_ctd"] != "no":
        return unknown
    if a["preg_lact"] not in {"no", "not_applicable"} or a["other_trial"] not in {"no", "past_only"}:
        return unknown
    return Outcome.MAY_BE_ELIGIBLE


@settings(max_examples=3000)
@given(full_sets)
def test_the_outcome_is_what_the_criteria_say(answers: dict[str, Value]) -> None:
    told = asked(answers)
    assert assess(TRIAL, told).outcome is by_hand(answers)


@settings(max_examples=500)
@given(full_sets, st.randoms())
def test_the_order_of_answers_does_not_matter(answers: dict[str, Value], chance: object) -> None:
    keys = list(answers)
    chance.shuffle(keys)  # type: ignore[attr-defined]
    assert assess(TRIAL, {key: answers[key] for key in keys}) == assess(TRIAL, answers)


@settings(max_examples=1000)
@given(full_sets)
def test_not_knowing_never_excludes(answers: dict[str, Value]) -> None:
    unsure = {key: "not_sure" if "not_sure" in OPTIONS[key] else value for key, value in answers.items()}
    unsure["age"] = 45
    assert assess(TRIAL, asked(unsure)).outcome is Outcome.NEEDS_REVIEW


@settings(max_examples=1000)
@given(full_sets)
def test_beyond_a_hard_stop_nothing_counts(answers: dict[str, Value]) -> None:
    minor = {**answers, "age": "under_18"}
    result = assess(TRIAL, minor)
    assert (result.ending, result.recheck, result.offers_contact) == ("under_age", ("turn_18",), False)
    assert {name for name, verdict in result.criteria.items() if verdict != "not_asked"} == {"I4", "I5"}
