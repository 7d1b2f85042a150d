from __future__ import annotations

from datetime import UTC
from typing import cast, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.conversation import Conversation
from bot.domain.errors import DoorstepError
from bot.domain.events import Event, OutcomeReached, QuestionPassedOn
from bot.domain.trial import Value, Verdict
from bot.service.message import Button, Message
from bot.storage import codec
from tests.storage.persona import NOW

MOMENTS = st.datetimes(timezones=st.just(UTC))
KINDS = get_args(Event)
VALUES: st.SearchStrategy[int | str] = st.one_of(st.integers(), st.text())
ANSWERS = st.dictionaries(st.text(), VALUES)
VERDICTS = st.dictionaries(st.text(), st.sampled_from(Verdict))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=20)
def test_every_kind_of_event_comes_back_as_it_went_in(kind: type[Event], data: st.DataObject) -> None:
    more = {"criteria": VERDICTS} if kind is OutcomeReached else {}
    event = cast("Event", data.draw(st.builds(kind, at=MOMENTS, **more)))
    assert codec.read_event(codec.write_event(event)) == event


@given(st.builds(Conversation, answers=ANSWERS, opened_at=MOMENTS, finished_at=MOMENTS | st.none()))
def test_a_state_comes_back_as_it_went_in(conversation: Conversation) -> None:
    assert codec.read_conversation(codec.write_conversation(conversation)) == conversation


@given(st.builds(Message, rows=st.lists(st.lists(st.builds(Button)).map(tuple)).map(tuple)))
def test_a_message_comes_back_as_it_went_in(message: Message) -> None:
    assert codec.read_message(codec.write_message(message)) == message


def test_a_number_typed_as_text_stays_text() -> None:
    answers: dict[str, Value] = {"age": 44, "pin": "44"}
    stored = codec.write_conversation(Conversation("mei-1", answers=answers))
    assert codec.read_conversation(stored).answers == answers


def test_half_a_surrogate_pair_stops_nobody() -> None:
    body = codec.write_event(QuestionPassedOn(at=NOW, text="hi \ud83d there"))
    assert codec.read_event(body) == QuestionPassedOn(at=NOW, text="hi ? there")


def test_records_of_a_newer_version_are_refused_with_the_remedy() -> None:
    body = bytes([codec.VERSION + 1]) + b"{}"
    with pytest.raises(DoorstepError, match="newer"):
        codec.read_conversation(body)
