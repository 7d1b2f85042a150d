"""The only place that decides: from what arrived to what happened and what is to be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain import events as e
from bot.domain.conversation import Conversation
from bot.domain.messages import (
    ANYTIME,
    AT_THE_END,
    BESIDE,
    AttachmentSent,
    Choice,
    Commanded,
    ContactSent,
    Edited,
    FromPerson,
    Inbound,
    Returned,
    Started,
    Tapped,
    Text,
    TokenForged,
    Typed,
    Waited,
)
from bot.domain.peril import Peril
from bot.domain.trial import Trial
from bot.engine import steps
from bot.engine.alarm import alarms, peril
from bot.engine.choosing import choose
from bot.engine.commands import obey
from bot.engine.consent import carry_over, renew
from bot.engine.due import Due, due_now
from bot.engine.hints import unclear
from bot.engine.prompts import end_beside, opening, prompt
from bot.engine.relay import leave_talk, passes_on
from bot.engine.retention import retention_ended
from bot.engine.sharing import take_contact
from bot.engine.steps import step
from bot.engine.transition import Transition, Turn
from bot.engine.typed import command_meant, may_keep, typed, typed_in_pause


def advance(
    trial: Trial,
    conversation: Conversation,
    inbound: Inbound,
    *,
    now: datetime,
    message: int | None = None,
    newest: Trial | None = None,
) -> Transition:
    """Decide what an inbound does to a conversation. Never raises, and leaves nobody without a reply.

    But for what goes to a human whom they talk with: there the bot is silent. `message` is the number of the
    Telegram message by which they say it, `newest` the trial as offered now.
    """
    turn = Turn(trial, conversation, now, message, newest)
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
    earlier: Conversation | None = None,
) -> Transition:
    """Begin a screening: the first events and the first messages. `earlier` is their round before."""
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
    if earlier:
        carry_over(turn, earlier)
    turn.say(*opening(trial, turn.conversation))
    return turn.done()


def is_emergency(trial: Trial, text: str) -> bool:
    """Say whether a text holds emergency words, in any of the trial's languages."""
    return alarms(text, trial.lexicon)


def peril_told(trial: Trial, inbound: Inbound) -> Peril | None:
    """Return the kind of emergency that somebody's words, or their call for help, tell of; None for none."""
    if _calls_for_help(inbound):
        return Peril.GENERAL
    written = _written(inbound)
    return peril(written, trial.lexicon) if written else None


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
    elif reason is Due.RETENTION:
        # In silence: many were promised that they are not written to any more.
        turn.happened(retention_ended(turn.trial, turn.conversation, turn.now))
    return turn.done()


def _returned(turn: Turn) -> Transition:
    waiting = not isinstance(step(turn.trial, turn.conversation), steps.Ended)
    if waiting and not turn.conversation.paused:
        turn.ask(Text("was-away"))
    return turn.done()


def _from_person(turn: Turn, inbound: FromPerson) -> Transition:
    kind = peril_told(turn.trial, inbound)
    if kind:
        return _emergency(turn, inbound, kind)
    if turn.conversation.paused and isinstance(inbound, Typed) and typed_in_pause(turn, inbound.text):
        return turn.done()
    # A button of before, or a forged one, changes nothing: not even that they wanted to be left in peace.
    if turn.conversation.paused and not isinstance(inbound, Tapped | TokenForged):
        turn.happened(e.Resumed(at=turn.now))
        turn.resumed = True
    if passes_on(turn, inbound):
        return turn.done()
    if _is_agreeing_or_answering(turn) and renew(turn):
        _show_what_changed(turn, inbound)
    else:
        _decide(turn, inbound)
    return turn.done()


_AGREEING_OR_ANSWERING = (
    steps.Acknowledging,
    steps.Checking,
    steps.Asking,
    steps.PickingChange,
    steps.Reviewing,
)


def _is_agreeing_or_answering(turn: Turn) -> bool:
    return isinstance(step(turn.trial, turn.conversation), _AGREEING_OR_ANSWERING)


def _show_what_changed(turn: Turn, inbound: FromPerson) -> None:
    """Obey a command; anything else was said to another text than the one that is due now."""
    match inbound:
        case Commanded(name, argument):
            obey(turn, name, argument)
        case Typed(text) if command := command_meant(turn, text):
            obey(turn, command, "")
        case _:
            unclear(turn, Text("agreements-changed"))


def _chosen(turn: Turn, inbound: FromPerson) -> Choice | None:
    """Return what a tap chooses of that which the present message offers, or of what is there any time."""
    talk = turn.conversation
    if not isinstance(inbound, Tapped) or inbound.conversation != talk.id:
        return None
    anytime = next((key for key, place in ANYTIME.items() if place == inbound.option), None)
    if anytime:
        return _named(anytime)
    if inbound.turn != talk.turn:
        return None
    choices = prompt(turn.trial, talk).choices
    beside = next((key for key, place in BESIDE.items() if place == inbound.option), None)
    if beside in AT_THE_END:
        offered = (*choices, *end_beside(turn.trial, talk))
        return next((choice for choice in offered if choice.key == beside), None)
    if beside:
        return _named(beside)
    return choices[inbound.option] if 0 <= inbound.option < len(choices) else None


def _named(key: str) -> Choice:
    return Choice(key, Text(f"choice-{key.replace('_', '-')}"))


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


def _calls_for_help(inbound: Inbound) -> bool:
    # Whichever round the button is from, also one that was erased. Whoever forges it says so of themselves.
    return isinstance(inbound, Tapped) and inbound.option == ANYTIME["urgent"]


def _emergency(turn: Turn, inbound: FromPerson, kind: Peril) -> Transition:
    written = _written(inbound)
    if not written:  # a tap, which gets its answer at once
        turn.notice = Text("urgent-notice")
    text = written if written and may_keep(turn) else None
    if turn.conversation.paused:
        turn.happened(e.Resumed(at=turn.now))
    left = (Text("erase-cancelled"),) if turn.conversation.erasing else ()
    if left:
        turn.happened(e.ErasureCancelled(at=turn.now))
    turn.flag(e.EmergencyNoticed(at=turn.now, text=text, peril=kind))
    due = prompt(turn.trial, turn.conversation)
    turn.say(replace(due, parts=(*due.parts, *left)))  # what helps comes first
    return turn.done()


def _decide(turn: Turn, inbound: FromPerson) -> None:  # noqa: C901 -- one line a kind
    match inbound:
        case Started():
            _started(turn)
        case Tapped():
            _tapped(turn, inbound)
        case TokenForged():
            _stale(turn)
        case Typed(text):
            typed(turn, text)
        case Commanded(name, argument):
            obey(turn, name, argument)
        case Edited():
            unclear(turn, Text("edit-ignored"))
        case AttachmentSent():
            unclear(turn, Text("attachment-refused"))
        case ContactSent(phone, own):
            take_contact(turn, phone, own=own)


_AT_AN_END = (
    steps.Ended,
    steps.AskingContact,
    steps.AskingPhone,
    steps.AskingName,
    steps.ConfirmingName,
)


def _started(turn: Turn) -> None:
    if turn.conversation.erasing:
        turn.happened(e.ErasureCancelled(at=turn.now))
    if turn.conversation.reading_agreements:
        turn.happened(e.AgreementsLeft(at=turn.now))
    where = step(turn.trial, turn.conversation)
    if isinstance(where, _AT_AN_END):
        turn.happened(e.NewRoundOffered(at=turn.now))
        turn.ask()
    elif isinstance(where, steps.OfferingNewRound | steps.Held):
        turn.ask()
    elif isinstance(where, steps.Introduction):
        turn.say(*opening(turn.trial, turn.conversation))
    else:
        turn.ask(Text("going-on"))


def _tapped(turn: Turn, tap: Tapped) -> None:
    choice = _chosen(turn, tap)
    if choice is None:
        _stale(turn)
        return
    turn.chosen = choice.label
    choose(turn, choice)


def _stale(turn: Turn) -> None:
    turn.notice = Text("stale-tap")
    turn.ask()
