"""The state of one screening: nothing but its events, applied in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never

from bot.domain import events as e
from bot.domain.trial import Outcome, Value


class Status(StrEnum):
    """Where a screening stands as a whole. Exported: a stable surface."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DECLINED = "declined"
    STOPPED = "stopped"
    INCOMPLETE = "incomplete"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One participant's screening for one trial, pinned to the content it began with."""

    id: str
    """Eight random letters and digits, made by the app; stands in every button."""
    trial: str = ""
    content_hash: str = ""
    language: str | None = None
    source: str | None = None
    previous: str | None = None
    status: Status = Status.IN_PROGRESS
    revision: int = 0
    """How many events made this state."""
    turn: int = 0
    """Grows whenever another message is due; a button of an earlier turn is stale."""
    introduced: bool = False
    acknowledged: tuple[str, ...] = ()
    answers: Mapping[str, Value] = field(default_factory=dict)
    choosing_language: bool = False
    choosing_change: bool = False
    changing: str | None = None
    """The question being answered again."""
    held: bool = False
    """Waiting for Continue after the safety text."""
    question_offered: bool = False
    question_text: str | None = None
    """What they wrote for a person, until they decide. The one thing no event holds: a no leaves nothing."""
    erasing: bool = False
    offering_new_round: bool = False
    paused: bool = False
    flags: frozenset[str] = frozenset()
    """Raised by what the person did; those that answers raise are derived (see bot.engine.criteria)."""
    told_staff: Mapping[str, datetime] = field(default_factory=dict)
    """When staff were last told of a flag."""
    talking: str | None = None
    """The review case about which a human talks with them; the bot is silent."""
    talked: bool = False
    """Whether they have written in this talk: they know by now that what they write arrives."""
    talked_at: datetime | None = None
    """When somebody last wrote in it."""
    outcome: Outcome | None = None
    ending: str | None = None
    contact_permission: bool | None = None
    reminders_wanted: bool = False
    reminders_sent: int = 0
    recheck_wanted: bool | None = None
    recheck_invited: bool = False
    opened_at: datetime | None = None
    active_at: datetime | None = None
    """When the participant last did something."""
    finished_at: datetime | None = None


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
    return replace(conversation, **changes, revision=conversation.revision + 1, turn=turn, active_at=active)


_SAME_PROMPT = (e.Reminded, e.PersonRequested, e.WroteToTeam, e.AnswerDelayed)
"""Events after which the same message is due, so that its buttons stay good."""

_BY_TIME = (e.Reminded, e.RecheckInvited, e.Expired, e.TeamWrote, e.TalkEnded, e.AnswerDelayed)
"""Events that the participant did not cause."""

COMPREHENSION_FLAG = "comprehension_failed"
TALK = "talk"
"""Not a flag: what staff are told of when somebody writes to them."""
URGENT_FLAG = "urgent:emergency_text"
CONTACT_FLAG = "contact_requested"
QUESTION_FLAG = "question_for_team"
REPEAT_FLAG = "info:repeat_screening"


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
        case e.ConsentAcknowledged(key=key):
            return {"acknowledged": (*conversation.acknowledged, key)}
        case e.ConsentDeclined(at=at):
            return {"status": Status.DECLINED, "finished_at": at}
        case e.ConsentReopened(key=key):
            return {"acknowledged": tuple(k for k in conversation.acknowledged if k != key)}
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
        case e.MinorRecognised(question=question):
            return {"answers": {question: conversation.answers[question]}}
        case e.StopUndone():
            return {"status": Status.IN_PROGRESS, "finished_at": None}
        case e.NewRoundOffered():
            return {"offering_new_round": True}
        case e.NewRoundDeclined():
            return {"offering_new_round": False}
        case e.PersonRequested(at=at):
            return _flagged(conversation, CONTACT_FLAG, at)
        case e.QuestionTyped():
            return {"question_offered": True}
        case e.QuestionPassedOn(at=at):
            return {**_DECIDED, **_flagged(conversation, QUESTION_FLAG, at)}
        case e.QuestionDropped():
            return _DECIDED
        case e.EmergencyNoticed(at=at):
            return {"held": True, **_flagged(conversation, URGENT_FLAG, at)}
        case e.EmergencyAcknowledged():
            return {"held": False}
        case e.TeamWrote(case=case, at=at):
            return {"talking": case, "talked_at": at}
        case e.WroteToTeam(at=at):
            told = _told(conversation, TALK, at)
            return {"talked": True, "talked_at": at, "told_staff": told}
        case e.TalkEnded():
            return _NO_TALK
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
        case e.RecheckInvited():
            return {"recheck_invited": True, "offering_new_round": True}
        case e.Stopped(at=at):
            ended = {"status": Status.STOPPED, "finished_at": at}
            return {**_NOTHING_PENDING, **ended, "contact_permission": _withdrawn(conversation)}
        case e.Expired(at=at):
            return {**_NOTHING_PENDING, "status": Status.INCOMPLETE, "finished_at": at}
        case e.ErasureAsked():
            return {"erasing": True}
        case e.ErasureCancelled():
            return {"erasing": False}
        case e.Erased(at=at):
            return {**_NOTHING_PENDING, **_NOTHING_SAID, "status": Status.ERASED, "finished_at": at}
    assert_never(event)


_DECIDED: dict[str, Any] = {"question_offered": False, "question_text": None}

_NO_TALK: dict[str, Any] = {"talking": None, "talked": False, "talked_at": None}

_NOTHING_PENDING: dict[str, Any] = {
    **_DECIDED,
    "choosing_language": False,
    "choosing_change": False,
    "changing": None,
    "held": False,
    "erasing": False,
    "offering_new_round": False,
    "paused": False,
    **_NO_TALK,
    "reminders_wanted": False,
    "recheck_wanted": False,
}

_NOTHING_SAID: dict[str, Any] = {
    "answers": {},
    "flags": frozenset(),
    "told_staff": {},
    "outcome": None,
    "ending": None,
    "contact_permission": None,
    "source": None,
}


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
        "outcome": None,
        "ending": None,
        "recheck_wanted": None,
        "recheck_invited": False,
        "status": Status.IN_PROGRESS,
        "finished_at": None,
    }
