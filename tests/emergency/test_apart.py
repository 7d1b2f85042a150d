"""What nobody here had in mind is heard about as often as when it was last measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.bundle import Bundle
from tests.emergency.apart import measured


@pytest.mark.parametrize(("language", "heard"), [("en", 94.5), ("zh", 93.5)])
def test_emergencies_worded_by_a_stranger_are_heard(bundle: Bundle, language: str, heard: float) -> None:
    share = measured(language, bundle.trial.lexicon, "+")
    assert share.of > 1400
    assert share.percent > heard, share


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_measure_sees_what_is_missing(bundle: Bundle, language: str) -> None:
    """Without the second net a good part goes unheard: the measure can fall."""
    deaf = replace(bundle.trial.lexicon, nets=())
    assert measured(language, deaf, "+").percent < 90
