"""/back leads to the step before from wherever somebody stands, and never loses an answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.conversation import Conversation, Status
from bot.domain.events import LanguageAsked, ScreeningOpened
from bot.domain.messages import Alert, Commanded, FromPerson, Started, Typed
from bot.engine import steps
from bot.engine.advance import advance, open_screening
from bot.engine.steps import step
from bot.engine.transition import Transition
from tests.conftest import NOW, shipped

TRIAL = shipped().trial
AGREED = ("start", "i understand", "i agree", "i agree")
FITS = ("45", *["yes"] * 5, "no", "yes", "no", "no", "no")
BACK = Commanded("back")


def said(*words: str | FromPerson, source: str | None = None) -> tuple[Conversation, Transition]:
    done = open_screening(TRIAL, "aaaaaaaa", language="en", source=source, previous=None, now=NOW)
    for word in words:
        inbound = Typed(word) if isinstance(word, str) else word
        done = advance(TRIAL, done.conversation, inbound, now=NOW)
    return done.conversation, done


def stands(*words: str | FromPerson) -> Any:
    return step(TRIAL, said(*words)[0])


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ((), steps.PickingLanguage),
        (("start",), steps.Introduction),
        ((*AGREED, Commanded("delete")), steps.Asking),
        ((*AGREED, "45", Commanded("pause")), steps.Asking),
        ((*AGREED, "is it far?"), steps.Asking),
        ((*AGREED, "45", "change"), steps.Asking),
        ((*AGREED, "45", Commanded("language")), steps.Asking),
        ((*AGREED,), steps.Acknowledging),
        ((*AGREED, *FITS), steps.Asking),
        ((*AGREED, *FITS, "submit"), steps.PickingChange),
        ((*AGREED, *FITS, "submit", "no", Started()), steps.Ended),
    ],
)
def test_back_leads_to_the_step_before(words: tuple[str | FromPerson, ...], there: type) -> None:
    assert isinstance(stands(*words, BACK), there)
    assert said(*words, BACK)[0].answers == said(*words)[0].answers


def test_after_the_end_there_is_nothing_before() -> None:
    talk, done = said(*AGREED, *FITS, "submit", "no", BACK)
    assert isinstance(step(TRIAL, talk), steps.Ended)
    assert done.replies[0].parts[0].key == "nothing-before"
    assert done.events == ()


def test_back_from_the_language_of_a_phone_that_speaks_none_of_ours_leads_nowhere() -> None:
    opened = open_screening(TRIAL, "aaaaaaaa", language=None, source=None, previous=None, now=NOW)
    done = advance(TRIAL, opened.conversation, BACK, now=NOW)
    assert done.conversation.language is None
    assert done.replies[0].parts[0].key == "nothing-before"


def test_back_at_the_summary_asks_for_the_language_again() -> None:
    _, done = said(BACK)
    assert [type(event) for event in done.events] == [LanguageAsked]


def test_an_answer_that_ends_the_offer_of_contact_takes_the_permission_back() -> None:
    talk, done = said(*AGREED, *FITS, "submit", "yes")
    assert talk.contact_permission is True
    talk, done = said(*AGREED, *FITS, "submit", "yes", "change", "1", "under 18", "submit")
    assert talk.contact_permission is False
    assert Alert.CONTACT_WITHDRAWN in done.alerts


def test_who_is_done_is_told_so_by_status_and_where_they_came_from_by_mydata() -> None:
    _, done = said(*AGREED, *FITS, "submit", "no", Commanded("status"))
    assert [part.key for part in done.replies[0].parts][:2] == [
        "status-completed",
        "trial:ending.may_be_eligible",
    ]
    _, done = said(*AGREED, Commanded("mydata"), source="flyer-7")
    lines = [
        line for part in done.replies[0].parts for value in part.params.values() for line in _lines(value)
    ]
    assert ("mydata-source", {"source": "flyer-7"}) in [(line.key, dict(line.params)) for line in lines]
    talk, done = said(source="flyer-7")
    assert isinstance(done.events[0], ScreeningOpened)
    assert talk.status is Status.IN_PROGRESS


def _lines(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple) else []
