"""What may be done to a review case, by whom, and what follows: a table, and pure functions on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import assert_never

from bot.domain import case_actions as a
from bot.domain import case_events as e
from bot.domain.case_events import GONE, By, Decision
from bot.domain.review import FREE, Case, SecondReview, State, apply
from bot.domain.staff import Role, Staff
from bot.domain.trial import Trial


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something may not be done: the key of a text in console.ftl."""

    key: str


class Whose(Enum):
    """Of whom a case must be for an action."""

    ANY = "any"
    OWN = "own"
    OWN_OR_SENIOR = "own or senior"
    """A case of one's own, or anybody's for investigators and administrators."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Which roles may do an action in a state, and to whose case."""

    roles: frozenset[Role]
    whose: Whose = Whose.ANY


REVIEWERS = frozenset({Role.COORDINATOR, Role.INVESTIGATOR})
SENIOR = frozenset({Role.INVESTIGATOR, Role.ADMINISTRATOR})
_ANYONE = Permission(REVIEWERS)
_OWN = Permission(REVIEWERS, Whose.OWN)
_FREEING = Permission(REVIEWERS | SENIOR, Whose.OWN_OR_SENIOR)

_ON_FREE: Mapping[type[a.Action], Permission] = {
    a.Claim: _ANYONE,
    a.HandOver: Permission(REVIEWERS | SENIOR),
    a.Snooze: _ANYONE,
    a.Wake: _ANYONE,
    a.Note: _ANYONE,
    a.Answer: _ANYONE,
    a.EndTalk: _ANYONE,
    a.Decide: _ANYONE,
    a.Undo: _ANYONE,
    a.GiveSecond: _ANYONE,
}
_ON_HELD: Mapping[type[a.Action], Permission] = {
    a.Claim: _OWN,
    a.Release: _FREEING,
    a.HandOver: _FREEING,
    a.Snooze: _OWN,
    a.Wake: _OWN,
    a.Note: _ANYONE,
    a.Answer: _OWN,
    a.EndTalk: _FREEING,
    a.Decide: _OWN,
    a.Undo: _OWN,
    a.GiveSecond: _OWN,
}
_ON_DONE: Mapping[type[a.Action], Permission] = {
    a.Note: _ANYONE,
    a.EndTalk: _ANYONE,
    a.Undo: _ANYONE,
}
TABLE: Mapping[tuple[State, type[a.Action]], Permission] = {
    (state, action): permission
    for state, row in {
        State.OPEN: _ON_FREE,
        State.REOPENED: _ON_FREE,
        State.CLAIMED: _ON_HELD,
        State.WAITING: _ON_HELD,
        State.RESOLVED: _ON_DONE,
    }.items()
    for action, permission in row.items()
}
"""Every action that a state knows; what is not here is refused."""


def act(
    trial: Trial, case: Case, action: a.Action, by: Staff, now: datetime
) -> tuple[e.CaseEvent, ...] | Refusal:
    """Return what an action comes to, or why it may not be done. Claiming one's own case again is nothing."""
    permission = TABLE.get((case.state, type(action)))
    if not by.active or not by.roles & (permission.roles if permission else REVIEWERS | SENIOR):
        return Refusal("review-not-allowed")
    if case.closed in GONE:
        return Refusal("review-erased")
    if permission is None:
        return Refusal("review-not-now")
    role = _role(permission, case, by)
    if role is None:
        return Refusal("review-taken" if isinstance(action, a.Claim) else "review-not-yours")
    return _refused(trial, case, action, by, now) or _done(trial, case, action, By(by.id, role), now)


def possible(case: Case, by: Staff) -> frozenset[str]:
    """Return the names of the actions that somebody may begin now, for the buttons of a page or a card."""
    offered = (action for state, action in TABLE if state is case.state)
    return frozenset(
        action.__name__
        for action in offered
        if by.active
        and case.closed not in GONE
        and by.roles & TABLE[case.state, action].roles
        and _role(TABLE[case.state, action], case, by)
        and not _pointless(case, action, by)
    )


def _role(permission: Permission, case: Case, by: Staff) -> Role | None:
    """Return the role by which somebody may do it to this very case."""
    held = by.roles & permission.roles
    others = case.claimed_by not in {None, by.id}
    if permission.whose is Whose.OWN and others:
        return None
    if permission.whose is Whose.OWN_OR_SENIOR and others:
        held &= SENIOR
    return min(held, default=None)


def _pointless(case: Case, action: type[a.Action], by: Staff) -> bool:  # noqa: PLR0911 -- a list
    """Say whether an action would be refused whatever it says."""
    asked = case.second_review is SecondReview.ASKED
    if action is a.Claim:
        return case.claimed_by == by.id
    if action is a.Wake:
        return case.snoozed_until is None
    if action is a.EndTalk:
        return not case.talking
    if action is a.Undo:
        return case.ruling is None
    if action is a.Decide:
        return asked
    if action is a.GiveSecond:
        return not asked or (case.ruling is not None and case.ruling.by == by.id)
    return False


def _refused(trial: Trial, case: Case, action: a.Action, by: Staff, now: datetime) -> Refusal | None:  # noqa: C901, PLR0911 -- one line an action
    match action:
        case a.Snooze(until=until) if until <= now:
            return Refusal("review-past")
        case a.Note(text=text) if not text.strip():
            return Refusal("review-empty")
        case a.Answer():
            return _refused_answer(trial, action)
        case a.Decide():
            return _refused_decision(trial, case, action)
        case a.Undo(reason=reason):
            if case.ruling is None:
                return Refusal("review-nothing-to-undo")
            return None if reason.strip() else Refusal("review-reason-needed")
        case a.EndTalk() if not case.talking:
            return Refusal("review-no-talk")
        case a.GiveSecond():
            return _refused_second(case, action, by)
        case _:
            return None


def _refused_answer(trial: Trial, action: a.Answer) -> Refusal | None:
    if action.snippet is None and not trial.staff.free_text:
        return Refusal("review-snippets-only")
    if action.snippet is not None and action.snippet not in trial.snippets:
        return Refusal("review-no-snippet")
    return None if action.text.strip() else Refusal("review-empty")


def _refused_decision(trial: Trial, case: Case, action: a.Decide) -> Refusal | None:
    if case.second_review is SecondReview.ASKED:
        return Refusal("review-second-asked")
    known = {criterion.id for criterion in trial.criteria}
    if action.decision is Decision.NOT_ELIGIBLE and action.criterion not in known:
        return Refusal("review-criterion-needed")
    if action.decision is Decision.OTHER and not action.reason.strip():
        return Refusal("review-reason-needed")
    return None


def _refused_second(case: Case, action: a.GiveSecond, by: Staff) -> Refusal | None:
    if case.second_review is not SecondReview.ASKED or case.ruling is None:
        return Refusal("review-no-second")
    if case.ruling.by == by.id:
        return Refusal("review-own-decision")
    return None if action.agrees or action.reason.strip() else Refusal("review-reason-needed")


def _done(trial: Trial, case: Case, action: a.Action, by: By, now: datetime) -> tuple[e.CaseEvent, ...]:  # noqa: C901, PLR0911 -- one line an action
    taken = _taken(case, by, now)
    match action:
        case a.Claim():
            return (*_woken(case, by, now), *taken)
        case a.Release():
            return (e.Released(at=now, by=by),)
        case a.HandOver(to=to):
            given = (e.HandedOver(at=now, by=by, to=to),) if to != case.claimed_by else ()
            return (*_woken(case, by, now), *given) if given else ()
        case a.Snooze(until=until):
            return (e.Snoozed(at=now, by=by, until=until),)
        case a.Wake():
            return _woken(case, by, now)
        case a.Note(text=text):
            return (e.NoteAdded(at=now, by=by, text=text.strip()),)
        case a.Answer(text=text, language=language, snippet=snippet):
            sent = e.ReplySent(at=now, by=by, text=text, language=language, snippet=snippet)
            return (*taken, *_woken(case, by, now), sent)
        case a.EndTalk():
            return (e.TalkOver(at=now, by=by),)
        case a.Decide():
            return (*taken, *_decided(trial, case, action, by, now))
        case a.Undo(reason=reason):
            # Somebody has to look at it again, and in time: the promise went with the decision.
            return (e.DecisionUndone(at=now, by=by, reason=reason.strip()), promise(trial, now))
        case a.GiveSecond(agrees=agrees, reason=reason):
            given_now = e.SecondReviewGiven(at=now, by=by, agrees=agrees, reason=reason.strip())
            return (given_now,) if agrees else (given_now, promise(trial, now))
    assert_never(action)


def _taken(case: Case, by: By, now: datetime) -> tuple[e.CaseEvent, ...]:
    """Return the claim that comes with work on a free case."""
    return (e.Claimed(at=now, by=by),) if case.state in FREE else ()


def _woken(case: Case, by: By, now: datetime) -> tuple[e.CaseEvent, ...]:
    return (e.Woken(at=now, by=by),) if case.snoozed_until else ()


def _decided(trial: Trial, case: Case, action: a.Decide, by: By, now: datetime) -> tuple[e.CaseEvent, ...]:
    criterion = action.criterion if action.decision is Decision.NOT_ELIGIBLE else None
    over = (e.TalkOver(at=now, by=by),) if case.talking else ()
    decided = e.Decided(
        at=now, by=by, decision=action.decision, criterion=criterion, reason=action.reason.strip()
    )
    second = (e.SecondReviewAsked(at=now, by=e.SYSTEM),) if trial.staff.second_review else ()
    return (*over, decided, *second)


def by_time(case: Case, now: datetime, *, told: bool) -> tuple[e.CaseEvent, ...]:
    """Return what time alone does to a case at this moment; `told` is whether the participant is told too."""
    events: list[e.CaseEvent] = []
    if case.snoozed_until and case.snoozed_until <= now:
        events.append(e.Woken(at=now, by=e.SYSTEM))
    if alarms(case, now):
        events.append(e.Alarmed(at=now, by=e.SYSTEM, told=told))
    return tuple(events)


def alarms(case: Case, now: datetime) -> bool:
    """Say whether the promised time of a case is over, and nobody has been told yet."""
    return case.due_by is not None and case.due_by <= now and not case.alarmed


def promise(trial: Trial, now: datetime) -> e.AnswerPromised:
    """Return the promise to answer within the time that the trial names."""
    within = timedelta(hours=trial.staff.answer_within_hours)
    return e.AnswerPromised(at=now, by=e.SYSTEM, due_by=now + within)


def after(case: Case, events: tuple[e.CaseEvent, ...]) -> Case:
    """Return the case that these events make of it."""
    for event in events:
        case = apply(case, event)
    return case
