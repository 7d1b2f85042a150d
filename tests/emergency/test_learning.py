"""What ships is what the lists teach: the same weights every time, on every machine."""

from __future__ import annotations

import pytest

from bot.engine.net import catches
from bot.engine.reading import clauses
from tests.emergency.grid import messages
from tests.emergency.learn import FILES, as_json, net_of
from tests.emergency.learning import Example, learn
from tests.emergency.lists import LANGUAGES, names, read, wordings


@pytest.mark.parametrize("chinese", FILES)
def test_the_shipped_net_is_learned_from_the_lists(chinese: bool) -> None:  # noqa: FBT001
    _, path = FILES[chinese]
    learned = as_json(net_of(wordings(chinese=chinese), chinese=chinese))
    assert path.read_text("utf-8") == learned, "Run: python -m tests.emergency.learn"


def test_a_net_learns_what_tells_messages_apart() -> None:
    said = [Example("zebra gasp", urgent=True), Example("zebra fine", urgent=False)] * 20
    net = learn(said, chinese=False, limit=0.0)
    assert net.weights["gasp"] > 0 > net.weights["fine"]
    assert abs(net.weights.get("zebra", 0)) < net.weights["gasp"]
    assert catches(net, clauses("gasp", chinese=False))
    assert not catches(net, clauses("fine", chinese=False))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_hold_more_than_two_thousand_wordings(language: str) -> None:
    said = [each.text for name in names(language) for each in read(name)]
    assert len(said) > 3000
    assert len(set(said)) > 0.98 * len(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_made_message_has_an_unfilled_place(language: str) -> None:
    made = messages(language, 500)
    assert len(made) > 800
    assert not [text for text in made if "{" in text or "}" in text]
    assert set(made.values()) == {True, False}
