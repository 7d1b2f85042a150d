"""What each choice does, tapped or typed."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.keeping import CopyRequested
from bot.domain.messages import Choice, Reply, Text
from bot.domain.sharing import Identifier
from bot.domain.trial import Outcome
from bot.engine import steps
from bot.engine.assess import assess
from bot.engine.checking import answer_check
from bot.engine.consent import (
    acknowledge,
    open_agreements,
    renew,
    send_copies,
    take_back,
    tell_of_carried,
    withdraw_contact,
)
from bot.engine.going_back import go_back
from bot.engine.outline import answered
from bot.engine.permissions import contact_answered, recheck_answered, reminders_answered
from bot.engine.prompts import ending, facts, opening
from bot.engine.relay import leave_talk
from bot.engine.sharing import decline, explain_button, keep_name, take_back_shared, type_again
from bot.engine.steps import is_minor, step
from bot.engine.transition import Turn


def choose(turn: Turn, choice: Choice) -> None:
    """Do what a choice offered by the present message means."""
    kind, _, rest = choice.key.partition(":")
    if kind == "option":
        question, _, option = rest.partition(":")
        turn.answer(question, option)
    elif kind == "check":
        question, _, option = rest.partition(":")
        answer_check(turn, question, option)
    elif kind == "withdraw":
        take_back(turn, rest)
    elif kind == "unshare":
        take_back_shared(turn, Identifier(rest))
    elif kind == "answer":
        turn.happened(e.ChangeBegan(at=turn.now, question=rest))
        turn.ask()
    elif kind == "language" and rest:
        speak(turn, rest)
    else:
        _SIMPLE[choice.key](turn)


def speak(turn: Turn, language: str) -> None:
    """Go on in this language; a first choice is followed by the first messages."""
    turn.happened(e.LanguageChosen(at=turn.now, language=language))
    go_on(turn)


def go_on(turn: Turn) -> None:
    """Say what is due now; before the first tap on Start that is the whole introduction."""
    if isinstance(step(turn.trial, turn.conversation), steps.Introduction):
        turn.say(*opening(turn.trial, turn.conversation))
    else:
        turn.ask()


def change(turn: Turn) -> None:
    """Show which answers can be changed."""
    if answered(turn.trial, turn.conversation.answers):
        turn.happened(e.ChangeAsked(at=turn.now))
        turn.ask()
    else:
        turn.ask(Text("nothing-to-change"))


def request_person(turn: Turn) -> None:
    """Tell the study team that this person wants to talk to them; a minor is sent to parents and doctors."""
    if is_minor(turn.trial, turn.conversation):
        turn.ask(Text("minor-person"))
        return
    turn.flag(e.PersonRequested(at=turn.now))
    if turn.conversation.contact_permission is False and turn.conversation.outcome:
        turn.happened(e.ContactReopened(at=turn.now))
    turn.say(Reply((Text("person-requested"), Text("trial:team"))))
    turn.ask()


def _help(turn: Turn) -> None:
    where = step(turn.trial, turn.conversation)
    assert isinstance(where, steps.Asking)
    turn.ask(Text(f"trial:question.{where.question.key}.help"))


def _submit(turn: Turn) -> None:
    result = assess(turn.trial, turn.conversation.answers)
    turn.happened(
        e.OutcomeReached(
            at=turn.now,
            outcome=result.outcome,
            ending=result.ending,
            criteria=result.criteria,
            reasons=result.reasons,
            flags=result.flags,
            recheck=result.recheck,
        )
    )
    if turn.conversation.contact_permission and not result.offers_contact:
        withdraw_contact(turn)
    reasons = result.reasons if result.outcome is Outcome.LIKELY_NOT_ELIGIBLE else ()
    turn.say(Reply((ending(turn.trial, turn.conversation, reasons),)))
    turn.ask()


def _about(turn: Turn) -> None:
    turn.say(*facts(turn.trial))
    turn.ask()


def _again(turn: Turn) -> None:
    turn.reopens = True


def _send_copy(turn: Turn) -> None:
    turn.happened(CopyRequested(at=turn.now))
    turn.say(Reply((Text("mydata-file"),), copy=True))
    turn.ask()


def _not_now(turn: Turn) -> None:
    turn.happened(e.NewRoundDeclined(at=turn.now))
    turn.ask()


def _pass_on(turn: Turn) -> None:
    turn.flag(e.QuestionPassedOn(at=turn.now, text=turn.conversation.question_text))
    turn.ask(Text("question-passed-on"))


def _start(turn: Turn) -> None:
    turn.happened(e.IntroductionRead(at=turn.now))
    renew(turn)
    tell_of_carried(turn)
    turn.ask()


def _pick_language(turn: Turn) -> None:
    turn.happened(e.LanguageAsked(at=turn.now))
    turn.ask()


def _continue(turn: Turn) -> None:
    if isinstance(step(turn.trial, turn.conversation), steps.ReadingAgreements):
        turn.happened(e.AgreementsLeft(at=turn.now))
    elif turn.conversation.held:
        turn.happened(e.EmergencyAcknowledged(at=turn.now))
    elif turn.conversation.paused:
        turn.happened(e.Resumed(at=turn.now))
    go_on(turn)


def _undo_stop(turn: Turn) -> None:
    turn.happened(e.StopUndone(at=turn.now))
    turn.ask(Text("going-on"))


def _leave(turn: Turn) -> None:
    turn.happened(e.ChangeLeft(at=turn.now))
    turn.ask()


def _drop(turn: Turn) -> None:
    turn.happened(e.QuestionDropped(at=turn.now))
    turn.ask(Text("question-dropped"))


def _keep(turn: Turn) -> None:
    turn.happened(e.ErasureCancelled(at=turn.now))
    turn.ask(Text("erase-cancelled"))


def _erase(turn: Turn) -> None:
    turn.happened(e.Erased(at=turn.now))
    turn.ask()


_SIMPLE = {
    "about": _about,
    "accept": lambda turn: acknowledge(turn, accepted=True),
    "again": _again,
    "agreements": open_agreements,
    "back": go_back,
    "begin": _again,
    "change": change,
    "contact_no": lambda turn: contact_answered(turn, permitted=False),
    "contact_yes": lambda turn: contact_answered(turn, permitted=True),
    "continue": _continue,
    "copy": send_copies,
    "decline": lambda turn: acknowledge(turn, accepted=False),
    "drop": _drop,
    "erase": _erase,
    "go_on": _undo_stop,
    "help": _help,
    "keep": _keep,
    "language": _pick_language,
    "leave": _leave,
    "leave_talk": leave_talk,
    "mydata_file": _send_copy,
    "name_again": type_again,
    "name_yes": keep_name,
    "not_now": _not_now,
    "pass_on": _pass_on,
    "person": request_person,
    "recheck_no": lambda turn: recheck_answered(turn, wanted=False),
    "recheck_yes": lambda turn: recheck_answered(turn, wanted=True),
    "remind_no": lambda turn: reminders_answered(turn, wanted=False),
    "remind_yes": lambda turn: reminders_answered(turn, wanted=True),
    "share_no": decline,
    "share_phone": explain_button,
    "start": _start,
    "submit": _submit,
}
