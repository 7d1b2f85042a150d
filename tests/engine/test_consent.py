"""What must hold of agreements whatever people do, also when the words change in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.bundle import Bundle
from bot.content.shelf import Edition, Shelf
from bot.domain import events as e
from bot.domain.consent import PERMISSIONS, Consent, Kind, ledger
from bot.domain.conversation import Conversation, Status
from bot.domain.folding import apply, replay
from bot.domain.messages import ANYTIME, Inbound, Tapped, Typed
from bot.domain.understanding import ATTEMPTS
from bot.engine.advance import advance, open_screening
from bot.engine.agreements import standing
from bot.engine.prompts import prompt
from bot.service.agreements import WordsLost, exact_words
from tests.conftest import NOW, shipped
from tests.editions import acknowledgement_reworded, with_comprehension
from tests.engine.test_properties import LANGUAGES, strangers

HEALTH = next(item.key for item in shipped().trial.acknowledgements if item.covers_health)


def editions() -> list[Bundle]:
    """Return the trial as it ships, and as it is offered later, with the words of some points changed."""
    first = shipped()
    other = acknowledgement_reworded(first, HEALTH, "We keep your health answers for 30 days. Do you agree?")
    third = acknowledgement_reworded(other, "A3_telegram_transfer", "Telegram is abroad. Do you agree?", "3")
    return [first, other, third, with_comprehension(first)]


EDITIONS = editions()
SHELF = Shelf(EDITIONS[:1])
for _edition in EDITIONS[1:]:
    SHELF.remember(_edition.trial.content_hash, _edition.body)
looking = st.sampled_from(
    [Typed("what i agreed to"), Tapped("aaaaaaaa", 0, ANYTIME["agreements"]), Typed("go on")]
)
steps_of_a_talk = st.lists(st.integers(0, 30) | strangers | looking, max_size=40)
# Numbers of editions: whole bundles would be printed with every example.
deployments = st.lists(st.tuples(st.integers(0, 39), st.integers(0, 2)), max_size=3)


AGREE = ("Start", "I understand", "I agree", "I agree")


class Talk:
    """A talk as the desk leads it: pinned to its edition, with the acknowledgements of the newest."""

    def __init__(self, language: str | None, bundle: Bundle = EDITIONS[0]) -> None:
        self.shelf = SHELF
        self.newest = bundle
        opened = open_screening(
            bundle.trial, "aaaaaaaa", language=language, source=None, previous=None, now=NOW
        )
        self.conversation, self.events = opened.conversation, list(opened.events)

    @property
    def edition(self) -> Edition:
        talk = self.conversation
        if talk.renewed_by:
            return self.shelf.renewed(talk.content_hash, talk.renewed_by)
        pinned = self.shelf.known(talk.content_hash)
        assert pinned
        return pinned

    def go(
        self, moves: list[int | Inbound], deployed: list[tuple[int, int]], *, agreed: bool = False
    ) -> Talk:
        for _ in AGREE if agreed and self.conversation.language else ():
            self.do(0)
        for minute, move in enumerate(moves):
            self.newest = next((EDITIONS[n] for when, n in deployed if when == minute), self.newest)
            self.do(move, minute)
        return self

    def do(self, move: int | Inbound, minute: int = 0) -> None:
        talk, trial = self.conversation, self.edition.trial
        choices = prompt(trial, talk).choices
        tapped = isinstance(move, int)
        inbound = Tapped(talk.id, talk.turn, move % max(len(choices), 1)) if isinstance(move, int) else move
        done = advance(
            trial,
            talk,
            inbound,
            now=NOW + timedelta(minutes=minute),
            message=100 + minute if tapped else None,
            newest=self.newest.trial,
        )
        self.conversation = done.conversation
        self.events.extend(done.events)

    def say(self, *labels: str) -> None:
        """Tap buttons by their English labels."""
        for label in labels:
            shown = self.edition.bundle.words["en"].render(prompt(self.edition.trial, self.conversation))
            rows = [text for row in shown.rows for text in row]
            self.do(rows.index(label))


@settings(max_examples=400)
@given(LANGUAGES, steps_of_a_talk, deployments, st.booleans())
def test_what_holds_is_what_the_ledger_says_and_reads_as_it_was_shown(
    language: str | None,
    moves: list[int | Inbound],
    deployed: list[tuple[int, int]],
    agreed: bool,  # noqa: FBT001 -- drawn
) -> None:
    talk = Talk(language).go(moves, deployed, agreed=agreed)
    held: dict[str, Consent] = {}
    for entry in ledger(talk.events):
        if entry.kind in {Kind.GIVEN, Kind.CARRIED}:
            held[entry.consent.key] = entry.consent
        elif entry.kind in {Kind.WITHDRAWN, Kind.LAPSED}:
            assert held.pop(entry.consent.key) == entry.consent
    conversation = talk.conversation
    assert held == conversation.agreed == replay("aaaaaaaa", talk.events).agreed
    if conversation.status is not Status.ERASED:
        assert {consent.key for consent in standing(talk.edition.trial, conversation)} == held.keys()
        assert set(conversation.acknowledged) == held.keys() - set(PERMISSIONS)
    for entry in ledger(talk.events):
        named = talk.shelf.known(entry.consent.edition)
        assert named
        assert exact_words(named, entry.consent)  # raises where the hash is another


ABOUT_HEALTH = (e.AnswerRecorded, e.OutcomeReached)


@settings(max_examples=400)
@given(LANGUAGES, steps_of_a_talk, deployments, st.booleans())
def test_nothing_about_health_is_recorded_without_the_agreement_to_it(
    language: str | None,
    moves: list[int | Inbound],
    deployed: list[tuple[int, int]],
    agreed: bool,  # noqa: FBT001 -- drawn
) -> None:
    talk = Talk(language).go(moves, deployed, agreed=agreed)
    state = Conversation("aaaaaaaa")
    for event in talk.events:
        told = isinstance(event, ABOUT_HEALTH) or getattr(event, "text", None) is not None
        assert not told or HEALTH in state.acknowledged, event
        state = apply(state, event)


@settings(max_examples=200)
@given(LANGUAGES, steps_of_a_talk, st.integers(0, 10))
def test_each_can_be_taken_back_alone_by_two_taps(
    language: str | None, moves: list[int | Inbound], which: int
) -> None:
    talk = Talk(language or "en").go(moves, [], agreed=True)
    talk.do(Typed("continue"))
    before = standing(talk.edition.trial, talk.conversation)
    if not before or talk.conversation.erasing or talk.conversation.status is Status.ERASED:
        return
    key = before[which % len(before)].key
    talk.do(Tapped("aaaaaaaa", 0, ANYTIME["agreements"]))
    choices = [choice.key for choice in prompt(talk.edition.trial, talk.conversation).choices]
    if f"withdraw:{key}" not in choices:
        return  # something else is asked first, such as the safety text
    talk.do(choices.index(f"withdraw:{key}"))
    after = {consent.key for consent in standing(talk.edition.trial, talk.conversation)}
    gone = {consent.key for consent in before} - after
    assert key in gone
    assert gone <= {key, *PERMISSIONS}
    if key in PERMISSIONS:
        assert gone == {key}
        assert not isinstance(talk.events[-1], e.Stopped)
    else:
        assert talk.conversation.status not in {Status.IN_PROGRESS, Status.COMPLETED}


def test_words_that_an_edition_does_not_have_are_never_made_up() -> None:
    edition = Edition(shipped())
    consent = Consent(HEALTH, "en", "0" * 64, shipped().content_hash)
    for lost in (consent, Consent("none", "en", "", ""), Consent(HEALTH, "fr", "", "")):
        with pytest.raises(WordsLost):
            exact_words(edition, lost)


def test_a_tap_on_a_question_is_no_answer_to_words_that_changed_meanwhile() -> None:
    talk = Talk("en")
    talk.say(*AGREE, "18 or older")
    talk.newest = EDITIONS[1]
    talk.do(0)  # Yes, in the message they see; the first button of the new one is I agree
    assert HEALTH not in talk.conversation.acknowledged
    assert "willing" not in talk.conversation.answers
    talk.say("I agree")
    asked = len(talk.events)
    talk.say("Yes")
    assert talk.conversation.answers["willing"] == "yes", "asked once only"
    assert not any(isinstance(event, e.ConsentTextChanged) for event in talk.events[asked:])
    assert talk.conversation.agreed[HEALTH].edition == EDITIONS[1].content_hash


@pytest.mark.parametrize("said", ["yes", "I agree", "1", "45", "hello?"])
def test_what_is_typed_under_other_words_is_no_answer_to_the_new_ones(said: str) -> None:
    talk = Talk("en")
    talk.say(*AGREE)
    talk.newest = EDITIONS[1]
    talk.do(Typed(said))
    assert HEALTH not in talk.conversation.acknowledged
    assert talk.conversation.answers == {}
    talk.newest = EDITIONS[1]
    talk.do(Typed("stop"))
    assert talk.conversation.status is Status.STOPPED, "a command is obeyed all the same"


def test_words_that_changed_before_the_first_tap_are_simply_the_new_ones() -> None:
    talk = Talk("en")
    talk.newest = EDITIONS[1]
    talk.say(*AGREE)
    assert talk.conversation.agreed[HEALTH].edition == EDITIONS[1].content_hash
    assert talk.conversation.renewing == ()
    assert sum(isinstance(event, e.ConsentAcknowledged) for event in talk.events) == 3


def test_going_back_to_the_earlier_edition_asks_for_its_words_again() -> None:
    talk = Talk("en")
    talk.say(*AGREE)
    talk.newest = EDITIONS[2]
    talk.do(0)
    talk.say("I agree", "I agree")
    talk.newest = EDITIONS[0]
    talk.do(0)
    talk.say("I agree", "I agree")
    held = talk.conversation.agreed
    assert {held[key].edition for key in (HEALTH, "A3_telegram_transfer")} == {EDITIONS[0].content_hash}


@settings(max_examples=200)
@given(steps_of_a_talk)
def test_the_check_gives_each_question_two_tries_and_excludes_nobody(moves: list[int | Inbound]) -> None:
    talk = Talk("en", EDITIONS[3])
    talk.say(*AGREE)
    talk.go(moves, [])
    tried = [event for event in talk.events if isinstance(event, e.ComprehensionAnswered)]
    scored = [event for event in talk.events if isinstance(event, e.ComprehensionScored)]
    for check in ("joined", "leave"):
        mine = [event.right for event in tried if event.question == check]
        assert len(mine) <= ATTEMPTS
        assert not any(mine[:-1]), "what was right is not asked again"
    assert len(scored) <= 1
    for event in scored:
        assert event.right == sum(attempt.right for attempt in tried)
        assert event.passed == (event.right == event.needed == event.total)
        assert talk.conversation.status is not Status.COMPLETED or talk.conversation.outcome
