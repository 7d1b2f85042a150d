"""Where an emergency is not heard, the answer says where help is: in every kind of state, nearly always."""

from __future__ import annotations

import pytest

from bot.content.bundle import Bundle
from bot.content.shelf import Edition
from bot.domain.conversation import URGENT_FLAG, Conversation
from bot.domain.messages import ANYTIME, Alert, Tapped, Text, Typed
from bot.engine.advance import advance
from tests.conftest import NOW
from tests.emergency.apart import LANGUAGES
from tests.emergency.told import kinds_of_states, unheard, untold
from tests.hostile.campaign import asking

AIMED_AT = 99.0
"""Percent; what the product aims at."""
UNHEARD = "worse worse worse cant finish sent"
EVERY = 4
"""Of the kinds of states one in so many, for time; `python -m tests.emergency.told` tries all."""


@pytest.fixture(scope="module")
def edition(bundle: Bundle) -> Edition:
    return Edition(asking(bundle))


@pytest.fixture(scope="module")
def states(edition: Edition) -> dict[str, Conversation]:
    return kinds_of_states(edition)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_not_heard_is_told_where_help_is(
    edition: Edition, states: dict[str, Conversation], language: str
) -> None:
    silent, of = unheard(edition.bundle, language)
    for name, talk in list(states.items())[::EVERY]:
        left = untold(edition, talk, silent)
        assert 100 * len(left) / of < 100 - AIMED_AT, (name, left)


def test_the_measure_sees_an_answer_that_says_nothing_of_help(
    edition: Edition, states: dict[str, Conversation]
) -> None:
    name = next(name for name in states if name.startswith("AskingName") and " en" in name)
    assert untold(edition, states[name], ["Mei Li", UNHEARD]) == ["Mei Li"]


def test_one_tap_tells_of_an_emergency_in_every_kind_of_state(
    edition: Edition, states: dict[str, Conversation]
) -> None:
    for name, talk in states.items():
        tapped = Tapped(talk.id, 0, ANYTIME["urgent"])
        done = advance(edition.trial, talk, tapped, now=NOW)
        assert done.conversation.held, name
        assert URGENT_FLAG in done.conversation.flags, name
        assert Alert.URGENT in done.alerts or URGENT_FLAG in talk.flags, name
        assert done.replies[0].parts[0].key == "trial:emergency", name
        assert done.conversation.answers == talk.answers, name


def test_a_button_of_an_earlier_round_tells_of_it_too(
    edition: Edition, states: dict[str, Conversation]
) -> None:
    talk = next(iter(states.values()))
    done = advance(edition.trial, talk, Tapped("earlier1", 3, ANYTIME["urgent"]), now=NOW)
    assert done.conversation.held
    assert done.notice == Text("urgent-notice"), "the safety text lands further down"


def test_a_name_is_no_reason_to_speak_of_emergencies(
    edition: Edition, states: dict[str, Conversation]
) -> None:
    talk = next(talk for name, talk in states.items() if name.startswith("AskingName") and " en" in name)
    for words, offered in (("Mei Li", False), ("王小明", False), (UNHEARD, True)):
        done = advance(edition.trial, talk, Typed(words), now=NOW)
        keys = {choice.key for reply in done.replies for choice in reply.choices}
        assert ("urgent" in keys) is offered, words
