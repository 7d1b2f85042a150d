"""What must hold whatever people do, in whatever order: found by Hypothesis, not by example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.conversation import URGENT_FLAG, Conversation, Status
from bot.domain.events import Event
from bot.domain.folding import replay
from bot.domain.messages import (
    AttachmentSent,
    Commanded,
    Edited,
    FromPerson,
    Inbound,
    Returned,
    Started,
    Tapped,
    TokenForged,
    Typed,
    Waited,
)
from bot.domain.trial import Outcome, Verdict
from bot.engine.advance import advance, open_screening
from bot.engine.assess import assess
from bot.engine.commands import COMMANDS
from bot.engine.prompts import prompt
from bot.engine.steps import Asking, Ended, step
from tests.conftest import NOW, shipped

TRIAL = shipped().trial
LANGUAGES = st.sampled_from([None, *TRIAL.languages])

typed = st.sampled_from(
    [
        "yes",
        "no",
        "1",
        "2",
        "45",
        "17",
        "1980",
        "maybe",
        "not sure",
        "是",
        "不知道",
        "hello?",
        "change",
        "back",
    ]
) | st.text(max_size=30)
commands = st.builds(
    Commanded, st.sampled_from([*COMMANDS[1:], "nonsense"]), st.sampled_from(["", "zh", "en", "xx"])
)
strangers = (
    st.builds(Typed, typed)
    | commands
    | st.builds(Started, st.sampled_from(["", "NCT06203249", "NCT06203249_flyer"]))
    | st.builds(Edited, typed)
    | st.builds(AttachmentSent, typed)
    | st.just(TokenForged())
    | st.builds(Tapped, st.just("aaaaaaaa"), st.integers(0, 50), st.integers(0, 12))
    | st.sampled_from([Waited(), Returned()])
)
FORWARD = 24
"""So many taps lead from /start to the end; by chance alone no talk would get to a question."""
FITTING, LATER = -1, -2
"""Taps of somebody whom the study may fit, and of one whom it may fit after a lung wash."""
FITS = {"ild_cause": "no", "other_ctd": "no", "preg_lact": "no", "other_trial": "no", "age": "18_or_older"}
MEANT = {FITTING: FITS, LATER: FITS | {"bal": "no"}}
straight_on = st.tuples(st.sampled_from([0, FITTING, LATER]), st.integers(0, FORWARD)).map(
    lambda way: [way[0]] * way[1]
)
answering = st.lists(st.sampled_from([0, 0, 1, 2, 3]), max_size=12)
wandering = st.lists(st.integers(0, 30) | strangers, max_size=12)


def joined(parts: tuple[list[int], list[int], list[Any]]) -> list[int | Inbound]:
    return [*parts[0], *parts[1], *parts[2]]


steps_of_a_talk = st.tuples(straight_on, answering, wandering).map(joined)


def tap(conversation: Conversation, number: int) -> Tapped:
    choices = prompt(TRIAL, conversation).choices
    where = step(TRIAL, conversation)
    if number in MEANT:
        asked = where.question.key if isinstance(where, Asking) else ""
        wanted = f"option:{asked}:{MEANT[number].get(asked, 'yes')}"
        number = next((place for place, choice in enumerate(choices) if choice.key == wanted), 0)
    return Tapped(conversation.id, conversation.turn, number % max(len(choices), 1))


def talk(language: str | None, moves: list[int | Inbound]) -> tuple[Conversation, list[Event]]:
    opened = open_screening(TRIAL, "aaaaaaaa", language=language, source=None, previous=None, now=NOW)
    conversation, events = opened.conversation, list(opened.events)
    for minute, move in enumerate(moves):
        inbound = tap(conversation, move) if isinstance(move, int) else move
        done = advance(TRIAL, conversation, inbound, now=NOW + timedelta(minutes=minute))
        if isinstance(inbound, FromPerson) and not done.reopens:
            assert done.replies, f"no reply to {inbound}"
        conversation = done.conversation
        events.extend(done.events)
    return conversation, events


REACHED = {
    *("Acknowledging", "Asking", "AskingContact", "AskingRecheck", "Ended", "Introduction"),
    *("OfferingNewRound", "Pausing", "PickingChange", "PickingLanguage", "Reviewing"),
}


def test_talks_get_everywhere() -> None:
    """What holds in every state is shown only if the states are reached."""
    seen: Counter[str] = Counter()

    @settings(max_examples=400, phases=[Phase.generate])
    @given(LANGUAGES, steps_of_a_talk)
    def walk(language: str | None, moves: list[int | Inbound]) -> None:
        conversation, _ = talk(language, moves)
        seen[type(step(TRIAL, conversation)).__name__] += 1
        seen["with answers"] += bool(conversation.answers)
        seen[f"outcome {conversation.outcome}"] += 1

    walk()
    assert {*REACHED, "outcome may_be_eligible", "outcome likely_not_eligible", "outcome needs_review"} <= {
        *seen
    }
    assert seen["with answers"] >= 100


@settings(max_examples=300)
@given(LANGUAGES, steps_of_a_talk)
def test_a_conversation_is_nothing_but_its_events(language: str | None, moves: list[int | Inbound]) -> None:
    conversation, events = talk(language, moves)
    # Words waiting for a yes or no are the one thing that no event holds, so that a no leaves nothing.
    assert replay("aaaaaaaa", events) == replace(conversation, question_text=None, name_text=None)


@settings(max_examples=200)
@given(LANGUAGES, steps_of_a_talk)
def test_every_state_has_words_and_buttons_in_every_language(
    language: str | None, moves: list[int | Inbound]
) -> None:
    conversation, _ = talk(language, moves)
    due = prompt(TRIAL, conversation)
    assert due == prompt(TRIAL, conversation)
    for words in shipped().words.values():
        rendered = words.render(due)
        assert rendered.html.strip()
        assert all(label.strip() for row in rendered.rows for label in row)


@settings(max_examples=200)
@given(
    LANGUAGES, steps_of_a_talk, st.sampled_from(["I can't breathe", "我喘不过气", "I do NOT want to live"])
)
def test_emergency_words_are_met_at_once_in_every_state(
    language: str | None, moves: list[int | Inbound], words: str
) -> None:
    conversation, _ = talk(language, moves)
    done = advance(TRIAL, conversation, Typed(words), now=NOW)
    assert done.replies[0].parts[0].key.startswith("trial:emergency")
    assert done.conversation.held
    assert URGENT_FLAG in done.conversation.flags
    after = advance(TRIAL, done.conversation, tap(done.conversation, 0), now=NOW)
    assert after.conversation.answers == conversation.answers
    assert type(step(TRIAL, after.conversation)) is type(step(TRIAL, unheld(conversation)))


def unheld(conversation: Conversation) -> Conversation:
    """Return what the safety text interrupts; it ends a dialogue about erasure, and a pause."""
    for command in ("continue", "back"):
        if conversation.held:
            conversation = advance(TRIAL, conversation, tap(conversation, 0), now=NOW).conversation
        elif conversation.erasing:
            conversation = advance(TRIAL, conversation, Commanded(command), now=NOW).conversation
        elif conversation.paused:  # whoever writes of an emergency has ended their pause
            conversation = replace(conversation, paused=False)
    return conversation


@settings(max_examples=300)
@given(
    LANGUAGES,
    steps_of_a_talk,
    st.text(st.characters(codec="utf-8"), max_size=40)
    | st.sampled_from(["perhaps", "I think so", "80", "0", "99", "yes", "no", "1", "2", "45", "是"]),
)
def test_what_is_not_understood_changes_no_answer(
    language: str | None, moves: list[int | Inbound], text: str
) -> None:
    """Whatever they edit a message into, be it an answer as anybody would type it."""
    conversation, _ = talk(language, moves)
    done = advance(TRIAL, conversation, Edited(text), now=NOW)
    assert done.conversation.answers == conversation.answers
    forged = advance(TRIAL, conversation, TokenForged(), now=NOW)
    assert forged.conversation.answers == conversation.answers


@settings(max_examples=300)
@given(LANGUAGES, steps_of_a_talk, st.integers(0, 12), st.integers(1, 40))
def test_a_stale_tap_changes_nothing(
    language: str | None, moves: list[int | Inbound], option: int, age: int
) -> None:
    conversation, _ = talk(language, moves)
    done = advance(TRIAL, conversation, Tapped(conversation.id, conversation.turn - age, option), now=NOW)
    assert done.notice
    assert done.replies[-1] == prompt(TRIAL, done.conversation)
    assert {event.__class__.__name__ for event in done.events} <= {"Resumed"}


@settings(max_examples=100)
@given(LANGUAGES, steps_of_a_talk)
def test_emergency_words_are_heard_in_a_pause(language: str | None, moves: list[int | Inbound]) -> None:
    conversation, _ = talk(language, [*moves, Commanded("pause")])
    done = advance(TRIAL, conversation, Typed("I can't breathe"), now=NOW)
    assert done.replies
    assert done.replies[0].parts[0].key == "trial:emergency"
    assert (done.conversation.held, done.conversation.paused) == (True, False)


WRITTEN = (
    Typed,
    Edited,
    AttachmentSent,
    Started,
    lambda words: Commanded("nonsense", words),
)


@settings(max_examples=200)
@given(LANGUAGES, steps_of_a_talk, st.sampled_from(WRITTEN))
def test_emergency_words_are_heard_however_they_arrive(
    language: str | None, moves: list[int | Inbound], written: Callable[[str], FromPerson]
) -> None:
    conversation, _ = talk(language, moves)
    done = advance(TRIAL, conversation, written("I can't breathe"), now=NOW)
    assert done.conversation.held
    assert done.replies
    assert done.replies[0].parts[0].key == "trial:emergency"


@settings(max_examples=300)
@given(LANGUAGES, steps_of_a_talk, st.integers(0, 12))
def test_a_tap_on_somebody_elses_button_changes_nothing(
    language: str | None, moves: list[int | Inbound], option: int
) -> None:
    """Also where the turn is the right one, and where there is no such option."""
    conversation, _ = talk(language, moves)
    beyond = len(prompt(TRIAL, conversation).choices) + option
    for forged in (
        Tapped("bbbbbbbb", conversation.turn, option),
        Tapped(conversation.id, conversation.turn, beyond),
    ):
        done = advance(TRIAL, conversation, forged, now=NOW)
        assert done.notice
        assert {event.__class__.__name__ for event in done.events} <= {"Resumed"}


@settings(max_examples=200)
@given(LANGUAGES, steps_of_a_talk)
def test_no_path_says_may_be_eligible_with_anything_unmet_or_unknown(
    language: str | None, moves: list[int | Inbound]
) -> None:
    conversation, _ = talk(language, moves)
    if conversation.outcome is Outcome.MAY_BE_ELIGIBLE:
        judged = set(assess(TRIAL, conversation.answers).criteria.values())
        assert judged == {Verdict.MET, Verdict.DEFERRED}


@settings(max_examples=200)
@given(LANGUAGES, steps_of_a_talk)
def test_stop_is_always_possible_and_leaves_nothing_pending(
    language: str | None, moves: list[int | Inbound]
) -> None:
    conversation, _ = talk(language, moves)
    done = advance(TRIAL, conversation, Commanded("stop"), now=NOW)
    assert done.replies
    if conversation.status is Status.IN_PROGRESS:
        assert done.conversation.status is Status.STOPPED
        assert done.conversation.language is None or isinstance(step(TRIAL, done.conversation), Ended)
