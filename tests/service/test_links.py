"""Deep links and the languages of phones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.links import read_payload, spoken

TRIALS = ("NCT06203249", "NCT00000002")
LANGUAGES = ("en", "zh-Hans")


@pytest.mark.parametrize(
    ("payload", "read"),
    [
        ("", (None, None)),
        ("NCT06203249", ("NCT06203249", None)),
        ("nct06203249", ("NCT06203249", None)),
        ("NCT00000002_clinic-B", ("NCT00000002", "clinic-B")),
        ("NCT06203249_" + "x" * 40, ("NCT06203249", "x" * 40)),
        ("NCT06203249_" + "x" * 41, ("NCT06203249", None)),
        ("NCT06203249_two_parts", ("NCT06203249", None)),
        ("NCT06203249_a b", ("NCT06203249", None)),
        ("NCT06203249_海报", ("NCT06203249", None)),
        ("NCT06203249_x\n", ("NCT06203249", None)),
        ("NCT06203249_", ("NCT06203249", None)),
        ("NCT0620324", (None, None)),
        ("flyer-7", (None, None)),
        ("_flyer-7", (None, None)),
        ("NCT99999999_flyer-7", (None, None)),
    ],
)
def test_payloads(payload: str, read: tuple[str | None, str | None]) -> None:
    assert read_payload(payload, TRIALS) == read


@given(st.text())
def test_a_payload_never_gives_what_is_not_on_offer(payload: str) -> None:
    trial, source = read_payload(payload, TRIALS)
    assert trial in {None, *TRIALS}
    assert source is None or (trial and source.isascii() and 1 <= len(source) <= 40)


@pytest.mark.parametrize(
    ("phone", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("EN_us", "en"),
        ("zh", "zh-Hans"),
        ("zh-hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-Hans-TW", "zh-Hans"),
        ("zh-hans-hk", "zh-Hans"),
        ("zh-TW", None),
        ("zh-HK", None),
        ("zh-MO", None),
        ("zh-Hant", None),
        ("zh-Hant-CN", None),
        ("pt-BR", None),
        ("es", None),
        ("eng", None),
        ("zhx", None),
        ("", None),
        (None, None),
    ],
)
def test_languages_of_phones(phone: str | None, language: str | None) -> None:
    assert spoken(phone, LANGUAGES) == language


@pytest.mark.parametrize(
    ("phone", "language"),
    [("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh-CN", "zh-Hans"), ("zh", "zh-Hans")],
)
def test_both_scripts_of_chinese(phone: str, language: str) -> None:
    assert spoken(phone, ("en", "zh-Hant", "zh-Hans")) == language


def test_a_trial_in_brazilian_portuguese_is_spoken_by_phones_in_portugal() -> None:
    assert spoken("pt-PT", ("en", "pt-BR")) == "pt-BR"
