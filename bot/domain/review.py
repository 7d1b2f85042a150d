"""A review case: nothing but its events, applied in order. What may be done to it: bot.engine.review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, assert_never

from bot.domain import case_events as e
from bot.domain.case_events import Closing, Decision, Reason, ReasonKind


class State(StrEnum):
    """Where a case stands. Exported: a stable surface."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    """Staff wrote; it is the participant's turn."""
    RESOLVED = "resolved"
    REOPENED = "reopened"


FREE = frozenset({State.OPEN, State.REOPENED})
"""States in which nobody works on a case."""


class Priority(IntEnum):
    """How much a case presses; the smallest comes first."""

    URGENT = 0
    WANTED = 1
    """Somebody wants to be contacted, or asked something."""
    UNDETERMINED = 2
    INFO = 3


_PRESSING = {
    ReasonKind.URGENT: Priority.URGENT,
    ReasonKind.CONTACT: Priority.WANTED,
    ReasonKind.PERSON: Priority.WANTED,
    ReasonKind.QUESTION: Priority.WANTED,
    ReasonKind.UNDETERMINED: Priority.UNDETERMINED,
    ReasonKind.CONTRADICTION: Priority.UNDETERMINED,
    ReasonKind.COMPREHENSION: Priority.UNDETERMINED,
    ReasonKind.REPEAT: Priority.INFO,
    ReasonKind.CONTACT_WITHDRAWN: Priority.INFO,
}


def priority(reasons: Iterable[Reason]) -> Priority:
    """Return how much these reasons press: as much as the one that presses most."""
    return min((_PRESSING[reason.kind] for reason in reasons), default=Priority.INFO)


class SecondReview(StrEnum):
    """Whether a second reviewer looked at the decision."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    AGREED = "agreed"
    DISAGREED = "disagreed"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What staff decided, and who and when; `criterion` names the one that is not met."""

    decision: Decision
    criterion: str | None
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation that a human should look at."""

    id: str
    """Eight random letters and digits."""
    conversation: str = ""
    participant: str = ""
    """The participant's row, which staff never see; they see the participant code."""
    trial: str = ""
    source: str | None = None
    state: State = State.OPEN
    reasons: tuple[Reason, ...] = ()
    claimed_by: str | None = None
    """Id of the member of staff who works on it."""
    snoozed_until: datetime | None = None
    due_by: datetime | None = None
    """Until when the participant was to hear from the team; None once they did."""
    alarmed: bool = False
    """Whether that time has passed, and all were told."""
    talking: bool = False
    """Whether a human talks with the participant, and the bot is silent."""
    notes: int = 0
    ruling: Ruling | None = None
    second_review: SecondReview = SecondReview.NOT_ASKED
    closed: Closing | None = None
    opened_at: datetime | None = None
    changed_at: datetime | None = None
    answered_at: datetime | None = None
    """When staff first wrote to the participant."""
    revision: int = 0
    """How many events made this state."""

    @property
    def priority(self) -> Priority:
        """How much it presses."""
        return priority(self.reasons)

    @property
    def due_at(self) -> datetime | None:
        """When time alone does something to it next: it wakes, or the promised time is over."""
        promised = None if self.alarmed else self.due_by
        return min((at for at in (self.snoozed_until, promised) if at), default=None)


def replay(case_id: str, history: Iterable[e.CaseEvent]) -> Case:
    """Return the case that these events made."""
    case = Case(case_id)
    for event in history:
        case = apply(case, event)
    return case


def apply(case: Case, event: e.CaseEvent) -> Case:
    """Return the case after one more event."""
    return replace(case, **_changes(case, event), revision=case.revision + 1, changed_at=event.at)


def _changes(case: Case, event: e.CaseEvent) -> dict[str, Any]:  # noqa: C901, PLR0911, PLR0912 -- one line an event
    match event:
        case e.CaseOpened():
            return _opened(event)
        case e.ReasonAdded(reason=reason):
            return {"reasons": tuple(sorted({*case.reasons, reason}))}
        case e.ReasonRemoved(reason=reason):
            return {"reasons": tuple(each for each in case.reasons if each != reason)}
        case e.AnswerPromised(due_by=due_by):
            return {"due_by": due_by, "alarmed": False}
        case e.Claimed(by=by):
            return {"claimed_by": by.who, "state": State.CLAIMED}
        case e.Released():
            return {"claimed_by": None, "state": State.OPEN}
        case e.HandedOver(to=to):
            return {"claimed_by": to, "state": State.CLAIMED if case.state in FREE else case.state}
        case e.Snoozed(until=until):
            return {"snoozed_until": until}
        case e.Woken():
            return {"snoozed_until": None}
        case e.NoteAdded():
            return {"notes": case.notes + 1}
        case e.ReplySent(at=at):
            first = case.answered_at or at
            return {**_KEPT_PROMISE, "state": State.WAITING, "talking": True, "answered_at": first}
        case e.ParticipantWrote():
            return {"state": State.CLAIMED if case.state is State.WAITING else case.state}
        case e.TalkOver():
            return {"talking": False}
        case e.Decided(decision=decision, criterion=criterion, reason=reason, by=by, at=at):
            ruling = Ruling(decision, criterion, reason, by.who, at)
            return {**_DONE, "ruling": ruling, "second_review": SecondReview.NOT_ASKED}
        case e.DecisionUndone():
            return {**_AGAIN, "second_review": SecondReview.NOT_ASKED}
        case e.SecondReviewAsked():
            return {"state": State.OPEN, "second_review": SecondReview.ASKED}
        case e.SecondReviewGiven(agrees=True):
            return {**_DONE, "second_review": SecondReview.AGREED}
        case e.SecondReviewGiven():
            return {**_AGAIN, "second_review": SecondReview.DISAGREED}
        case e.Reopened():
            return {**_AGAIN, "second_review": SecondReview.NOT_ASKED, "closed": None}
        case e.Alarmed():
            return {"alarmed": True}
        case e.CaseClosed(why=why):
            return _closed(why)
    assert_never(event)


_KEPT_PROMISE: dict[str, Any] = {"due_by": None, "alarmed": False}
_DONE: dict[str, Any] = {
    **_KEPT_PROMISE,
    "state": State.RESOLVED,
    "claimed_by": None,
    "snoozed_until": None,
}
_AGAIN: dict[str, Any] = {"state": State.REOPENED, "claimed_by": None, "ruling": None, "snoozed_until": None}


def _opened(event: e.CaseOpened) -> dict[str, Any]:
    return {
        "conversation": event.conversation,
        "participant": event.participant,
        "trial": event.trial,
        "source": event.source,
        "opened_at": event.at,
    }


def _closed(why: Closing) -> dict[str, Any]:
    over = {**_DONE, "closed": why, "talking": False}
    if why not in e.EMPTYING:
        return over
    return {**over, "reasons": (), "ruling": None, "second_review": SecondReview.NOT_ASKED, "notes": 0}
