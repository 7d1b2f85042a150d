"""What each event does to a conversation: its state is nothing but its events, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, assert_never

from bot.domain import events as e
from bot.domain import keeping
from bot.domain.consent import agreed_after, taken_back, text_changed, without
from bot.domain.conversation import (
    COMPREHENSION_FLAG,
    CONTACT_FLAG,
    QUESTION_FLAG,
    REPEAT_FLAG,
    TALK,
    URGENT_FLAG,
    Conversation,
    Status,
)
from bot.domain.peril import Peril
from bot.domain.resets import DECIDED, NO_NAME, NO_RESULT, NO_TALK, NOTHING_PENDING, NOTHING_SAID
from bot.domain.sharing import Shared
from bot.domain.trial import Value


def replay(conversation_id: str, history: Iterable[e.Event]) -> Conversation:
    """Return the state that these events made."""
    conversation = Conversation(conversation_id)
    for event in history:
        conversation = apply(conversation, event)
    return conversation


def apply(conversation: Conversation, event: e.Event) -> Conversation:
    """Return the state after one more event."""
    changes = _changes(conversation, event)
    turn = conversation.turn + (0 if isinstance(event, _SAME_PROMPT) else 1)
    active = conversation.active_at if isinstance(event, _BY_TIME) else event.at
    agreed = agreed_after(conversation.agreed, event, conversation.language, conversation.content_hash)
    here = {"revision": conversation.revision + 1, "turn": turn, "active_at": active}
    return _changed(conversation, {"agreed": agreed, **changes, **here})


_FIELDS = {field.name: place for place, field in enumerate(fields(Conversation))}


_all_of = attrgetter(*_FIELDS)


def _changed(conversation: Conversation, changes: Mapping[str, Any]) -> Conversation:
    """Do what dataclasses.replace does, in half the time: `verify` replays millions of events."""
    values = [*_all_of(conversation)]
    for name, value in changes.items():
        values[_FIELDS[name]] = value
    return Conversation(*values)


_SAME_PROMPT = (
    e.Reminded,
    e.PersonRequested,
    e.ConsentMessageNoted,
    keeping.PromptShown,
    e.WroteToTeam,
    e.AnswerDelayed,
)
"""Events after which the same message is due, so that its buttons stay good."""


_BY_TIME = (
    e.Reminded,
    e.RecheckInvited,
    e.Expired,
    keeping.RetentionEnded,
    e.TeamWrote,
    e.TalkEnded,
    e.AnswerDelayed,
)
"""Events that the participant did not cause."""


def _changes(conversation: Conversation, event: e.Event) -> dict[str, Any]:  # noqa: C901, PLR0911, PLR0912, PLR0915 -- one line an event
    match event:
        case e.ScreeningOpened():
            return _opened(event)
        case e.LanguageAsked():
            return {"choosing_language": True}
        case e.LanguageChosen(language=language):
            return {"language": language, "choosing_language": False}
        case e.IntroductionRead():
            return {"introduced": True}
        case e.IntroductionReopened():
            return {"introduced": False}
        case e.ConsentAcknowledged(key=key) | e.ConsentCarriedOver(key=key):
            renewing = without(conversation.renewing, key)
            return {"acknowledged": (*conversation.acknowledged, key), "renewing": renewing}
        case e.ConsentDeclined(at=at):
            return {**NO_RESULT, "answers": {}, "status": Status.DECLINED, "finished_at": at}
        case e.ConsentReopened(key=key):
            return {"acknowledged": without(conversation.acknowledged, key)}
        case e.AnswerRecorded(question=question, value=value):
            return _answered(conversation, question, value)
        case e.ChangeAsked():
            return {"choosing_change": True, "changing": None}
        case e.ChangeBegan(question=question):
            return {"choosing_change": False, "changing": question}
        case e.ChangeLeft():
            return {"choosing_change": False, "changing": None}
        case e.OutcomeReached(outcome=outcome, ending=ending, at=at):
            return {
                "outcome": outcome,
                "ending": ending,
                "status": Status.COMPLETED,
                "finished_at": at,
            }
        case e.ContactAnswered(permitted=permitted):
            return {"contact_permission": permitted}
        case e.ContactReopened():
            return {"contact_permission": None}
        case e.IdentityShared(kind=kind, value=value, at=at):
            shared = {**conversation.shared, kind: Shared(value, at)}
            return {**NO_NAME, "shared": shared, "share_answered": (*conversation.share_answered, kind)}
        case e.IdentityDeclined(kind=kind):
            return {**NO_NAME, "share_answered": (*conversation.share_answered, kind)}
        case e.IdentityWithdrawn(kind=kind):
            return {"shared": {key: each for key, each in conversation.shared.items() if key != kind}}
        case e.NameTyped():
            return {"name_typed": True}
        case e.NameDropped():
            return NO_NAME
        case e.MinorRecognised(question=question):
            return {"answers": {question: conversation.answers[question]}}
        case e.StopUndone():
            return {**NO_RESULT, "status": Status.IN_PROGRESS, "finished_at": None}
        case e.NewRoundOffered():
            return {"offering_new_round": True}
        case e.NewRoundDeclined():
            return {"offering_new_round": False}
        case e.PersonRequested(at=at):
            return _flagged(conversation, CONTACT_FLAG, at)
        case e.QuestionTyped():
            return {"question_offered": True}
        case e.QuestionPassedOn(at=at):
            return {**DECIDED, **_flagged(conversation, QUESTION_FLAG, at)}
        case e.QuestionDropped():
            return DECIDED
        case e.EmergencyNoticed(at=at, peril=peril):
            flagged = _flagged(conversation, URGENT_FLAG, at)
            return {"held": True, "peril": peril, "reading_agreements": False, **flagged}
        case e.EmergencyAcknowledged():
            return {"held": False, "peril": Peril.GENERAL}
        case e.TeamWrote(case=case, at=at):
            return {"talking": case, "talked_at": at}
        case e.WroteToTeam(at=at):
            told = _told(conversation, TALK, at)
            return {"talked": True, "talked_at": at, "told_staff": told}
        case e.TalkEnded():
            return NO_TALK
        case e.AnswerDelayed():
            return {}
        case e.Paused():
            return {"paused": True}
        case e.Resumed():
            return {"paused": False}
        case e.RemindersAnswered(wanted=wanted):
            return {"reminders_wanted": wanted, "reminders_sent": 0}
        case e.Reminded():
            return {"reminders_sent": conversation.reminders_sent + 1}
        case e.RecheckAnswered(wanted=wanted):
            return {"recheck_wanted": wanted}
        case e.RecheckInvited(at=at):
            return {"recheck_invited": True, "invited_at": at, "offering_new_round": True}
        case e.Stopped(at=at):
            ended = {"status": Status.STOPPED, "finished_at": at}
            return {**NOTHING_PENDING, **ended, "contact_permission": _withdrawn(conversation)}
        case e.Expired(at=at):
            return {**NOTHING_PENDING, "status": Status.INCOMPLETE, "finished_at": at}
        case keeping.NewRoundBegan():
            return {**NOTHING_PENDING, "invited_at": None}
        case keeping.PromptShown() | keeping.CopyRequested():
            return {}
        case keeping.RetentionEnded(at=at):
            ended = {"outcome": conversation.outcome, "deidentified_at": at, "invited_at": None}
            return {**NOTHING_PENDING, **NOTHING_SAID, **ended}
        case e.ConsentTextChanged():
            return text_changed(conversation.acknowledged, conversation.renewing, event)
        case e.ConsentWithdrawn(key=key):
            return taken_back(conversation.acknowledged, key)
        case e.AgreementsOpened():
            return {"reading_agreements": True}
        case e.AgreementsLeft():
            return {"reading_agreements": False}
        case e.ConsentMessageNoted() | e.AgreementsSent():
            return {}
        case e.ComprehensionAnswered(question=question, option=option):
            tried = (*conversation.attempts.get(question, ()), option)
            return {"attempts": {**conversation.attempts, question: tried}}
        case e.ComprehensionScored():
            return _scored(conversation, event)
        case e.ErasureAsked():
            return {"erasing": True}
        case e.ErasureCancelled():
            return {"erasing": False}
        case e.Erased(at=at):
            return {**NOTHING_PENDING, **NOTHING_SAID, "status": Status.ERASED, "finished_at": at}
    assert_never(event)


ALERT_AGAIN = timedelta(minutes=10)
"""Staff are told once, and again only after this long, so that one person cannot bury the others."""


def tells_staff(conversation: Conversation, flag: str, now: datetime) -> bool:
    """Say whether raising this flag now is news to staff."""
    told = conversation.told_staff.get(flag)
    return told is None or now - told >= ALERT_AGAIN


def _flagged(conversation: Conversation, flag: str, at: datetime) -> dict[str, Any]:
    return {"flags": conversation.flags | {flag}, "told_staff": _told(conversation, flag, at)}


def _told(conversation: Conversation, what: str, at: datetime) -> Mapping[str, datetime]:
    told = conversation.told_staff
    return {**told, what: at} if tells_staff(conversation, what, at) else told


def _scored(conversation: Conversation, event: e.ComprehensionScored) -> dict[str, Any]:
    if event.passed:
        return {"understood": True}
    ended = {**NOTHING_PENDING, "status": Status.STOPPED, "finished_at": event.at} if event.stops else {}
    return {"understood": False, **ended, **_flagged(conversation, COMPREHENSION_FLAG, event.at)}


def _withdrawn(conversation: Conversation) -> bool | None:
    return False if conversation.contact_permission else conversation.contact_permission


def _opened(event: e.ScreeningOpened) -> dict[str, Any]:
    return {
        "trial": event.trial,
        "content_hash": event.content_hash,
        "language": event.language,
        "source": event.source,
        "previous": event.previous,
        "flags": frozenset({REPEAT_FLAG}) if event.previous else frozenset(),
        "opened_at": event.at,
    }


def _answered(conversation: Conversation, question: str, value: Value) -> dict[str, Any]:
    # An outcome belongs to the answers it was reached from: another answer withdraws it.
    return {
        "answers": {**conversation.answers, question: value},
        "choosing_change": False,
        "changing": None,
        "offering_new_round": False,
        **NO_RESULT,
        "status": Status.IN_PROGRESS,
        "finished_at": None,
    }
