"""What people type for an age: understood only where it can mean one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.alarm import alarms
from bot.engine.answers import Misread, kept, read_age
from bot.engine.reading import normalise
from tests.conftest import shipped

TRIAL = shipped().trial
AGE = TRIAL.question("age")

UNDERSTOOD = {
    "45": 45,
    " 45 ": 45,
    "45.": 45,
    "１８": 18,
    "25 years old": 25,
    "I am 62": 62,
    "I'm 30 years old.": 30,
    "17周岁": 17,
    "我今年45岁": 45,
    "45岁了": 45,
    "十八": 18,
    "十": 10,
    "二十": 20,
    "四十五岁": 45,
    "一百": 100,
    "一百零二": 102,
    "一百二十": 120,
    "0": 0,
    "120": 120,
}
REFUSED = {
    "-1": Misread.OUT_OF_RANGE,
    "121": Misread.OUT_OF_RANGE,
    "999": Misread.OUT_OF_RANGE,
    "1980": Misread.YEAR_OF_BIRTH,
    "1980-05-01": Misread.YEAR_OF_BIRTH,
    "1980年5月": Misread.YEAR_OF_BIRTH,
    "17.5": Misread.NOT_WHOLE,
    "17,5": Misread.NOT_WHOLE,
    "18岁半": Misread.NOT_WHOLE,
    "18-20": Misread.RANGE,
    "18 to 20": Misread.RANGE,
    "十八到二十": Misread.UNCLEAR,
    "虚岁18": Misread.NOMINAL,
    "18虚岁": Misread.NOMINAL,
    "~45": Misread.UNCLEAR,
    "45?": Misread.UNCLEAR,
    "about 45": Misread.UNCLEAR,
    "forty-eleven": Misread.UNCLEAR,
    "twenty five six": Misread.UNCLEAR,
    "一百二": Misread.UNCLEAR,
    "": Misread.UNCLEAR,
    "45 and 46": Misread.UNCLEAR,
    "old": Misread.UNCLEAR,
}


@pytest.mark.parametrize(("text", "years"), UNDERSTOOD.items())
def test_an_age_is_understood(text: str, years: int) -> None:
    assert read_age(text, TRIAL.lexicon, AGE) == years


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_anything_else_is_asked_again_and_told_why(text: str, why: Misread) -> None:
    assert read_age(text, TRIAL.lexicon, AGE) is why


IN_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "el", "twel", "ty")


@given(st.text(max_size=20))
def test_no_text_is_taken_for_an_age_it_does_not_state(text: str) -> None:
    years = read_age(text, TRIAL.lexicon, AGE)
    if isinstance(years, int):
        assert 0 <= years <= 120
        said = normalise(text)
        assert any(mark.isdecimal() or mark in "一二三四五六七八九十百" for mark in said) or any(
            word in said for word in IN_WORDS
        )


@given(st.integers(0, 120))
def test_of_a_minor_only_that_they_are_one_is_kept(years: int) -> None:
    assert kept(AGE, years) == (years if years >= 18 else "under_18")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I CAN’T BREATHE", True),
        ("cant breathe", True),
        ("我 喘 不 过 气", True),
        ("喘不过气！", True),
        ("I feel faint", True),
        ("a faintly striped shirt", False),
        ("breathing is fine", False),
        ("I can't\nbreathe", True),
        ("can't\u200b breathe", True),
    ],
)
def test_emergency_words_are_found_however_they_are_typed(text: str, found: bool) -> None:  # noqa: FBT001
    assert alarms(text, TRIAL.lexicon) is found
