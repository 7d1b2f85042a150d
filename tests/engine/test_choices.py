"""What is typed names one choice or none, by its words or its number; and how far along a question is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.lexicon import Lexicon
from bot.domain.messages import Choice, Text
from bot.domain.truth import Truth
from bot.engine.answers import Misread, numbered, read_age, read_choice
from bot.engine.outline import Progress, progress
from tests.conftest import shipped

TRIAL = shipped().trial
YES, NO, BACK, ODD = (Choice(key, Text("x")) for key in ("option:dm:yes", "option:dm:no", "back", "odd"))
SAID = {
    YES.key: frozenset({"yes", "both", "go"}),
    NO.key: frozenset({"no", "both"}),
    BACK.key: frozenset({"back", "go"}),
}
LEXICON = replace(TRIAL.lexicon, choices=SAID, age_prefixes=("i am", "i am about"), age_suffixes=("years",))
OFFERED = (YES, NO, BACK, ODD)


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("yes", YES),
        ("NO.", NO),
        ("back", BACK),
        ("1", YES),
        ("2", NO),
        ("3", None),
        ("0", None),
        ("12", None),
        ("22", None),
        ("²", NO),
        ("both", None),
        ("go", YES),
        ("maybe", None),
        ("", None),
        ("a", None),
    ],
)
def test_a_choice_is_named_by_its_words_or_its_number_or_not_at_all(said: str, chosen: Choice | None) -> None:
    assert read_choice(said, OFFERED, LEXICON) is chosen


def test_where_no_answer_is_offered_every_choice_has_a_number() -> None:
    assert numbered(OFFERED) == (YES, NO)
    assert numbered((BACK, ODD)) == (BACK, ODD)
    assert read_choice("2", (BACK, ODD), LEXICON) is ODD
    assert read_choice("3", (BACK, ODD), LEXICON) is None


def test_two_answers_by_one_word_are_no_answer_and_an_answer_goes_before_another_choice() -> None:
    three: Lexicon = replace(LEXICON, choices={**SAID, ODD.key: frozenset({"both"})})
    assert read_choice("both", OFFERED, three) is None
    assert read_choice("both", (YES, ODD), three) is YES
    assert read_choice("both", (ODD, BACK), three) is ODD


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("1879", Misread.OUT_OF_RANGE),
        ("1880", Misread.YEAR_OF_BIRTH),
        ("2100", Misread.YEAR_OF_BIRTH),
        ("2101", Misread.OUT_OF_RANGE),
        ("120", 120),
        ("121", Misread.OUT_OF_RANGE),
        ("0", 0),
        ("i am about 45 years", 45),
        ("i am 45", 45),
    ],
)
def test_ages_at_their_bounds(said: str, read: int | Misread) -> None:
    assert read_age(said, LEXICON, TRIAL.question("age")) == read


def test_progress_says_which_of_how_many_and_whether_that_is_certain() -> None:
    first = TRIAL.question("age")
    hidden = [question for question in TRIAL.questions if question.shown_when]
    every = len(TRIAL.questions)
    assert progress(TRIAL, {}, first) == Progress(1, every, exact=False)
    assert progress(TRIAL, {}, TRIAL.question("willing")).number == 2
    without: dict[str, int | str] = {"age": 45, "willing": "yes", "dm": "yes", "mda5": "yes", "ild": "no"}
    shown = progress(TRIAL, without, TRIAL.question("other_ctd"))
    assert shown.total < every
    assert shown.exact
    assert shown.number == shown.total - 2
    assert hidden, "the trial no longer hides a question: this test shows nothing"


def test_a_truth_refuses_to_be_an_if() -> None:
    with pytest.raises(TypeError, match=r"^A Truth has three values; compare it with `is Truth\.YES`\.$"):
        bool(Truth.UNKNOWN)
