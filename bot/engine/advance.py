"""The only place that decides: from what arrived to what happened and what is to be said."""

from __future__ import annotations

from datetime import datetime

from bot.domain import events as e
from bot.domain.conversation import Conversation
from bot.domain.messages import (
    AttachmentSent,
    Choice,
    Commanded,
    Edited,
    FromPerson,
    Inbound,
    Reply,
    Returned,
    Started,
    Tapped,
    Text,
    TokenForged,
    Typed,
    Waited,
)
from bot.domain.trial import QuestionKind, Trial
from bot.engine import steps
from bot.engine.answers import Misread, kept, numbered, read_age, read_choice
from bot.engine.choosing import choose
from bot.engine.commands import COMMANDS, obey
from bot.engine.due import Due, due_now
from bot.engine.prompts import opening, preceded, prompt
from bot.engine.reading import alarms, mentions, normalise
from bot.engine.relay import leave_talk, passes_on
from bot.engine.steps import is_minor, may_keep_health_text, step
from bot.engine.transition import Transition, Turn


def advance(trial: Trial, conversation: Conversation, inbound: Inbound, *, now: datetime) -> Transition:
    """Decide what an inbound does to a conversation. Never raises, and leaves nobody without a reply.

    But for what goes to a human whom they talk with: there the bot is silent.
    """
    turn = Turn(trial, conversation, now)
    match inbound:
        case Waited():
            return _waited(turn)
        case Returned():
            return _returned(turn)
        case _:
            return _from_person(turn, inbound)


def open_screening(
    trial: Trial,
    conversation_id: str,
    *,
    language: str | None,
    source: str | None,
    previous: str | None,
    now: datetime,
) -> Transition:
    """Begin a screening: the first event and the first messages."""
    turn = Turn(trial, Conversation(conversation_id), now)
    turn.happened(
        e.ScreeningOpened(
            at=now,
            trial=trial.id,
            content_hash=trial.content_hash,
            language=language,
            source=source,
            previous=previous,
        )
    )
    turn.say(*opening(trial, turn.conversation))
    return turn.done()


def is_emergency(trial: Trial, text: str) -> bool:
    """Say whether a text holds emergency words, in any of the trial's languages."""
    return alarms(text, trial.lexicon)


def _waited(turn: Turn) -> Transition:
    reason = due_now(turn.trial, turn.conversation, turn.now)
    if reason is Due.RECHECK:
        turn.happened(e.RecheckInvited(at=turn.now))
        turn.ask(Text("recheck-invitation"))
    elif reason is Due.REMINDER:
        turn.happened(e.Reminded(at=turn.now))
        turn.ask(Text("reminder"))
    elif reason is Due.SILENCE:
        leave_talk(turn, "silence")
    elif reason is Due.EXPIRY:
        paused = turn.conversation.paused
        turn.happened(e.Expired(at=turn.now))
        if not paused:  # silence was promised
            turn.ask()
    return turn.done()


def _returned(turn: Turn) -> Transition:
    waiting = not isinstance(step(turn.trial, turn.conversation), steps.Ended)
    if waiting and not turn.conversation.paused:
        turn.ask(Text("was-away"))
    return turn.done()


def _from_person(turn: Turn, inbound: FromPerson) -> Transition:
    written = _written(inbound)
    if written and is_emergency(turn.trial, written):
        return _emergency(turn, written)
    if turn.conversation.paused and not _is_choice_of(turn, inbound):
        turn.happened(e.Resumed(at=turn.now))
        turn.resumed = True
    if not passes_on(turn, inbound):
        _decide(turn, inbound)
    return turn.done()


def _is_choice_of(turn: Turn, inbound: FromPerson) -> bool:
    """Say whether a tap chooses something that the present message offers."""
    due = prompt(turn.trial, turn.conversation)
    return (
        isinstance(inbound, Tapped)
        and inbound.conversation == turn.conversation.id
        and inbound.turn == turn.conversation.turn
        and 0 <= inbound.option < len(due.choices)
    )


def _written(inbound: Inbound) -> str:
    match inbound:
        case Typed(text) | Edited(text):
            return text
        case AttachmentSent(caption):
            return caption
        case Commanded(name, argument):
            return f"{name} {argument}"
        case Started(payload):
            return payload
        case _:
            return ""


def _emergency(turn: Turn, written: str) -> Transition:
    text = written if _may_keep(turn) else None
    if turn.conversation.paused:
        turn.happened(e.Resumed(at=turn.now))
    if turn.conversation.erasing:
        turn.happened(e.ErasureCancelled(at=turn.now))
    turn.flag(e.EmergencyNoticed(at=turn.now, text=text))
    turn.ask()
    return turn.done()


def _may_keep(turn: Turn) -> bool:
    """Say whether what they write may be kept: they agreed to it, and they are no minor."""
    return may_keep_health_text(turn.trial, turn.conversation) and not is_minor(turn.trial, turn.conversation)


def _decide(turn: Turn, inbound: FromPerson) -> None:
    match inbound:
        case Started():
            _started(turn)
        case Tapped():
            _tapped(turn, inbound)
        case TokenForged():
            _stale(turn)
        case Typed(text):
            _typed(turn, text)
        case Commanded(name, argument):
            obey(turn, name, argument)
        case Edited():
            turn.ask(Text("edit-ignored"))
        case AttachmentSent():
            turn.ask(Text("attachment-refused"))


def _started(turn: Turn) -> None:
    if turn.conversation.erasing:
        turn.happened(e.ErasureCancelled(at=turn.now))
    where = step(turn.trial, turn.conversation)
    if isinstance(where, steps.Ended | steps.AskingContact):
        turn.happened(e.NewRoundOffered(at=turn.now))
        turn.ask()
    elif isinstance(where, steps.OfferingNewRound | steps.Held):
        turn.ask()
    elif isinstance(where, steps.Introduction):
        turn.say(*opening(turn.trial, turn.conversation))
    else:
        turn.ask(Text("going-on"))


def _tapped(turn: Turn, tap: Tapped) -> None:
    if not _is_choice_of(turn, tap):
        _stale(turn)
        return
    choices = prompt(turn.trial, turn.conversation).choices
    turn.chosen = choices[tap.option].label
    choose(turn, choices[tap.option])


def _stale(turn: Turn) -> None:
    turn.notice = Text("stale-tap")
    turn.ask()


def _typed(turn: Turn, text: str) -> None:
    where = step(turn.trial, turn.conversation)
    due = prompt(turn.trial, turn.conversation)
    if isinstance(where, steps.Asking) and where.question.kind is QuestionKind.AGE:
        _typed_age(turn, where, due, text)
        return
    choice = read_choice(text, due.choices, turn.trial.lexicon)
    if choice:
        choose(turn, choice)
    else:
        _typed_otherwise(turn, due, text)


_ANYTIME = ("about", "back", "change", "language", "person")
"""Choices that can be typed even where the present message does not offer them."""


def _typed_otherwise(turn: Turn, due: Reply, text: str) -> None:
    """A command without its slash, a thank-you, a question, or something that was not understood."""
    said = normalise(text)
    words = turn.trial.lexicon.choices
    command = next((name for name in COMMANDS if said in words.get(f"command:{name}", ())), None)
    if command:
        obey(turn, command, "")
    elif anytime := next((key for key in _ANYTIME if said in words.get(key, ())), None):
        choose(turn, Choice(anytime, Text("")))
    elif said in words.get("thanks", ()):
        turn.ask(Text("thanks"))
    else:
        _not_understood(turn, due, text)


def _typed_age(turn: Turn, where: steps.Asking, due: Reply, text: str) -> None:
    # A number is an age here, never the number of an option; a label may hold one (已满18周岁).
    choice = None if normalise(text).isdecimal() else read_choice(text, due.choices, turn.trial.lexicon)
    if choice:
        choose(turn, choice)
        return
    age = read_age(text, turn.trial.lexicon, where.question)
    if isinstance(age, int):
        turn.answer(where.question.key, kept(where.question, age))
    elif age is Misread.UNCLEAR and not any(mark.isdecimal() for mark in text):
        _typed_otherwise(turn, due, text)
    else:
        turn.say(preceded(due, Text(age.value)))


def _not_understood(turn: Turn, due: Reply, text: str) -> None:
    if _is_for_a_person(turn, text):
        _offer_to_pass_on(turn, text)
    elif turn.resumed:
        turn.ask(Text("going-on"))  # whatever they wrote, it ended the pause
    else:
        turn.say(preceded(due, _what_is_expected(turn, due.choices)))


def _offer_to_pass_on(turn: Turn, text: str) -> None:
    if is_minor(turn.trial, turn.conversation):
        turn.ask(Text("minor-person"))
        return
    turn.happened(e.QuestionTyped(at=turn.now))
    turn.waits(text if _may_keep(turn) else None)
    turn.ask()


_INTERRUPTED = (steps.Erasing, steps.Held, steps.OfferingQuestion, steps.PickingLanguage)


def _is_for_a_person(turn: Turn, text: str) -> bool:
    if isinstance(step(turn.trial, turn.conversation), _INTERRUPTED):
        return False
    said = normalise(text)
    return "?" in said or mentions(said, turn.trial.lexicon.person_wishes)


def _what_is_expected(turn: Turn, choices: tuple[Choice, ...]) -> Text:
    match step(turn.trial, turn.conversation):
        case steps.Asking(question) if question.kind is QuestionKind.AGE:
            return Text(Misread.UNCLEAR.value)
        case steps.Asking():
            return Text("not-understood-answer", {"options": _by_number(choices)})
        case steps.Held():
            return Text("held-hint")
        case steps.Acknowledging() | steps.Introduction() | steps.Ended():
            return Text("not-understood-early")
        case _:
            return Text("not-understood", {"options": _by_number(choices)})


def _by_number(choices: tuple[Choice, ...]) -> tuple[Text, ...]:
    numbers = enumerate(numbered(choices), 1)
    return tuple(Text("numbered-line", {"number": n, "label": choice.label}) for n, choice in numbers)
