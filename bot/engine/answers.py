"""What a typed text means where a choice or an age is expected: a value, or why not. Never a guess."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.domain.lexicon import Lexicon
from bot.domain.messages import Choice
from bot.domain.trial import Question, Value
from bot.engine.reading import normalise

ANSWER = ("option:", "check:")
"""Choice keys of answers begin with one of these: `option:<question>:<option>`."""


class Misread(StrEnum):
    """Why a text was not understood as an age: keys of the texts that say so."""

    UNCLEAR = "age-unclear"
    OUT_OF_RANGE = "age-out-of-range"
    YEAR_OF_BIRTH = "age-year-of-birth"
    NOT_WHOLE = "age-not-whole"
    RANGE = "age-range"
    NOMINAL = "age-nominal"


def read_choice(text: str, choices: tuple[Choice, ...], lexicon: Lexicon) -> Choice | None:
    """Return the one choice that the text names by label, synonym or number, else None."""
    said = normalise(text)
    named = [choice for choice in choices if said in lexicon.choices.get(choice.key, frozenset())]
    if named:
        return named[0] if len(named) == 1 else _answer_among(named)
    return _by_number(said, choices)


def read_age(text: str, lexicon: Lexicon, question: Question) -> int | Misread:
    """Return the age in completed years that the text states, or why it states none."""
    said = normalise(text)
    if any(word in said for word in lexicon.nominal_age):
        return Misread.NOMINAL
    bare = _stripped(said, lexicon)
    years = _whole_number(bare)
    if years is None:
        return _why_not(bare)
    if question.minimum <= years <= question.maximum:
        return years
    return Misread.YEAR_OF_BIRTH if _FIRST_YEAR <= years <= _LAST_YEAR else Misread.OUT_OF_RANGE


def kept(question: Question, years: int) -> Value:
    """Return what is kept of an age: below the floor, only that it is below."""
    if question.floor and years < question.floor.below:
        return question.floor.option
    return years


def numbered(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return the choices that can be named by number: the answers, or all where none is an answer."""
    answers = tuple(choice for choice in choices if choice.key.startswith(ANSWER))
    return answers or choices


_FIRST_YEAR, _LAST_YEAR = 1880, 2100
_DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}


def _answer_among(named: list[Choice]) -> Choice | None:
    answers = [choice for choice in named if choice.key.startswith(ANSWER)]
    return answers[0] if len(answers) == 1 else None


def _by_number(said: str, choices: tuple[Choice, ...]) -> Choice | None:
    offered = numbered(choices)
    if said.isdecimal() and len(said) == 1 and 1 <= int(said) <= len(offered):
        return offered[int(said) - 1]
    return None


def _stripped(said: str, lexicon: Lexicon) -> str:
    """Take off what people put around an age, such as `I am … years old` or `…周岁`."""
    for prefix in sorted(lexicon.age_prefixes, key=len, reverse=True):
        if said.startswith(prefix):
            said = said.removeprefix(prefix).strip()
            break
    for suffix in sorted(lexicon.age_suffixes, key=len, reverse=True):
        if said.endswith(suffix):
            return said.removesuffix(suffix).strip()
    return said


def _whole_number(said: str) -> int | None:
    if re.fullmatch(r"\d{1,4}", said):
        return int(said)
    return _chinese_number(said) or _english_number(said)


_ONES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def _english_number(said: str) -> int | None:
    """Read seventeen, forty, forty-five or ninety nine; nothing looser."""
    words = said.replace("-", " ").split()
    if len(words) == 1 and words[0] in _ONES:
        return _ONES.index(words[0]) + 1
    tens = (_TENS.index(words[0]) + 2) * 10 if words and words[0] in _TENS else None
    if tens is None or len(words) == 1:
        return tens
    digit = words[1] in _ONES[:9] and len(words) == 2  # noqa: PLR2004 -- tens and ones
    return tens + _ONES.index(words[1]) + 1 if digit else None


def _chinese_number(said: str) -> int | None:
    """Read 十八, 二十五, 四十, 九十九 or 一百零二; nothing looser."""
    match = re.fullmatch(
        r"(?:(一)百(?:零(?=[一二三四五六七八九]$))?)?(?:([一二三四五六七八九]?)(十))?([一二三四五六七八九]?)",
        said,
    )
    if not said or not match:
        return None
    hundred, tens, ten, ones = match.groups()
    if hundred and ones and not ten and "零" not in said:
        return None  # 一百二 is 120 in speech, not 102: ask
    total = 100 if hundred else 0
    total += (_DIGITS[tens] if tens else 1) * 10 if ten else 0
    return total + (_DIGITS[ones] if ones else 0)


def _why_not(said: str) -> Misread:
    if re.fullmatch(r"-\s*\d+|\d{5,}", said):
        return Misread.OUT_OF_RANGE
    if re.fullmatch(r"\d+\s*(?:-|–|—|~|to|or|到|至|或|/)\s*\d+", said):
        return Misread.RANGE
    if re.fullmatch(r"\d+[.,]\d+|\d+\s*(?:1/2|岁半|半)", said):
        return Misread.NOT_WHOLE
    if re.fullmatch(r"(?:18|19|20)\d\d[-/.年].*", said):
        return Misread.YEAR_OF_BIRTH
    return Misread.UNCLEAR
