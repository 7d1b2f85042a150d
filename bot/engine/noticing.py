"""What a participant's turn means for the study team: why a case opens, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import case_events as c
from bot.domain import events as e
from bot.domain.case_events import Closing, Reason, ReasonKind
from bot.domain.conversation import (
    COMPREHENSION_FLAG,
    CONTACT_FLAG,
    QUESTION_FLAG,
    REPEAT_FLAG,
    URGENT_FLAG,
    Conversation,
    Status,
)
from bot.domain.review import Case, Priority, State, priority
from bot.domain.trial import Outcome, Trial, Verdict
from bot.engine.assess import assess
from bot.engine.review import after, promise
from bot.engine.steps import is_minor


@dataclass(frozen=True, slots=True)
class Turned:
    """One turn of a conversation, as far as staff may have to hear of it."""

    participant: str
    before: Conversation | None
    talk: Conversation
    events: tuple[e.Event, ...]

    @property
    def talking(self) -> str | None:
        """The case about which a human talks with them, or did until this turn."""
        return (self.before.talking if self.before else None) or self.talk.talking


_ASKED = (e.PersonRequested, e.QuestionPassedOn, e.EmergencyNoticed)
_FORGETTING = (e.MinorRecognised, e.ConsentDeclined)
_TELLING = (*_ASKED, *_FORGETTING, e.OutcomeReached, e.ContactAnswered, e.ConsentWithdrawn, e.Stopped)
_BY_FLAG = {
    URGENT_FLAG: ReasonKind.URGENT,
    CONTACT_FLAG: ReasonKind.PERSON,
    QUESTION_FLAG: ReasonKind.QUESTION,
    COMPREHENSION_FLAG: ReasonKind.COMPREHENSION,
}
_ASSESSED = frozenset({ReasonKind.UNDETERMINED, ReasonKind.CONTRADICTION})
_CONTACT, _WITHDRAWN = Reason(ReasonKind.CONTACT), Reason(ReasonKind.CONTACT_WITHDRAWN)


def concerns(trial: Trial, turned: Turned) -> bool:
    """Say whether a turn may matter to staff: most do not, and cost nothing."""
    return turned.talking is not None or _tells(trial, turned)


def _tells(trial: Trial, turned: Turned) -> bool:
    flags = turned.before.flags if turned.before else frozenset()
    return turned.talk.flags != flags or _any(turned, _TELLING) or _comes_back(trial, turned)


def _comes_back(trial: Trial, turned: Turned) -> bool:
    """Say whether somebody goes on who had stopped, declined, or said by a slip to be a minor."""
    return turned.before is not None and _out(trial, turned.before) and not _out(trial, turned.talk)


def _out(trial: Trial, talk: Conversation) -> bool:
    """Say whether somebody is not to be written to, whatever they asked before."""
    return talk.status in {Status.ERASED, Status.STOPPED, Status.DECLINED} or is_minor(trial, talk)


def reasons(trial: Trial, talk: Conversation) -> tuple[Reason, ...]:
    """Return why staff should look at a conversation, in order; empty where nothing calls for them."""
    found = {Reason(kind) for flag, kind in _BY_FLAG.items() if flag in talk.flags}
    if talk.contact_permission:
        found.add(_CONTACT)
    if talk.outcome:
        found.update(_undecided(trial, talk))
    if found and REPEAT_FLAG in talk.flags:
        found.add(Reason(ReasonKind.REPEAT))
    return tuple(sorted(found))


def _undecided(trial: Trial, talk: Conversation) -> Iterator[Reason]:
    result = assess(trial, talk.answers)
    odd = {item.flag for criterion in trial.criteria for item in criterion.contradictions}
    yield from (Reason(ReasonKind.CONTRADICTION, flag) for flag in result.flags if flag in odd)
    if result.outcome is not Outcome.NEEDS_REVIEW:
        return
    unknown = [name for name, verdict in result.criteria.items() if verdict is Verdict.UNKNOWN]
    yield from (Reason(ReasonKind.UNDETERMINED, name) for name in unknown or [""])


def noticed(trial: Trial, case: Case, turned: Turned, now: datetime) -> tuple[c.CaseEvent, ...]:
    """Return what a turn does to the case of its conversation; one of revision 0 does not exist yet."""
    if turned.talk.status is Status.ERASED:
        return ()  # the store empties whatever there is of the erased
    if _any(turned, _FORGETTING):
        return _closed(case, Closing.FORGOTTEN, now) if case.revision else ()
    if _any(turned, (e.Stopped,)):
        done = case.state is State.RESOLVED or not case.revision
        return () if done else _closed(case, Closing.WITHDREW, now)
    return _weighed(trial, case, turned, now) if _tells(trial, turned) else ()


def _any(turned: Turned, kinds: tuple[type[e.Event], ...]) -> bool:
    return any(isinstance(event, kinds) for event in turned.events)


def _closed(case: Case, why: Closing, now: datetime) -> tuple[c.CaseEvent, ...]:
    return () if case.closed is why else (c.CaseClosed(at=now, by=c.PARTICIPANT, why=why),)


def _weighed(trial: Trial, case: Case, turned: Turned, now: datetime) -> tuple[c.CaseEvent, ...]:
    added, removed = _changed(trial, case, turned)
    if not case.revision and not added:
        return ()
    asked = _asked(turned)
    events: list[c.CaseEvent] = [] if case.revision else [_opened(turned, now)]
    again = asked or priority(added) < Priority.INFO or _goes_on(trial, case, turned)
    if case.state is State.RESOLVED and again:
        events.append(c.Reopened(at=now, by=c.PARTICIPANT))
    elif asked and case.snoozed_until:
        events.append(c.Woken(at=now, by=c.PARTICIPANT))
    events += [c.ReasonAdded(at=now, by=c.PARTICIPANT, reason=reason) for reason in sorted(added)]
    events += [c.ReasonRemoved(at=now, by=c.PARTICIPANT, reason=reason) for reason in sorted(removed)]
    if _again(case, turned):
        events += [
            c.ParticipantWrote(at=now, by=c.PARTICIPANT, text=event.text, emergency=True)
            for event in turned.events
            if isinstance(event, e.EmergencyNoticed)
        ]
    events += _ended(trial, after(case, tuple(events)), turned, now)
    return tuple(events)


def _goes_on(trial: Trial, case: Case, turned: Turned) -> bool:
    """Say whether somebody comes back, and waits for the team as before: nobody there had decided that."""
    left = case.closed in {Closing.WITHDREW, Closing.FORGOTTEN} and _comes_back(trial, turned)
    return left and priority(reasons(trial, turned.talk)) < Priority.INFO


def _again(case: Case, turned: Turned) -> bool:
    """Say whether emergency words came to a case that has that reason already: nothing else would show it."""
    return turned.talking is None and Reason(ReasonKind.URGENT) in case.reasons


def _changed(trial: Trial, case: Case, turned: Turned) -> tuple[set[Reason], set[Reason]]:
    wanted, had = set(reasons(trial, turned.talk)), set(case.reasons)
    removed = {_WITHDRAWN} & had if _CONTACT in wanted else set()
    if _any(turned, (e.OutcomeReached,)):
        removed |= {reason for reason in had - wanted if reason.kind in _ASSESSED}
    if _CONTACT in had - wanted:
        removed.add(_CONTACT)
        wanted.add(_WITHDRAWN)
    return wanted - had, removed


def _asked(turned: Turned) -> bool:
    """Say whether the participant asked for something: that presses anew, however often it happened."""
    yes = any(isinstance(event, e.ContactAnswered) and event.permitted for event in turned.events)
    return yes or _any(turned, _ASKED)


def _opened(turned: Turned, now: datetime) -> c.CaseOpened:
    return c.CaseOpened(
        at=now,
        by=c.PARTICIPANT,
        conversation=turned.talk.id,
        participant=turned.participant,
        trial=turned.talk.trial,
        source=turned.talk.source,
    )


def _ended(trial: Trial, case: Case, turned: Turned, now: datetime) -> tuple[c.CaseEvent, ...]:
    """Return the promise that follows, or the end of a case about which nobody needs to do anything."""
    if case.state is State.RESOLVED:
        return ()
    if case.priority is Priority.INFO:
        withdrew = _WITHDRAWN in case.reasons
        return _closed(case, Closing.WITHDREW if withdrew else Closing.SETTLED, now)
    fresh = case.revision <= len(case.reasons) + 1 or case.state is State.REOPENED
    return (promise(trial, now),) if case.due_by is None and (fresh or _asked(turned)) else ()


def heard(trial: Trial, case: Case, turned: Turned, now: datetime) -> tuple[c.CaseEvent, ...]:
    """Return what a turn does to the case that a human talks with the participant about."""
    events: list[c.CaseEvent] = []
    for event in turned.events:
        if isinstance(event, e.WroteToTeam | e.EmergencyNoticed):
            events += _written(trial, after(case, tuple(events)), event, now)
    over = turned.talk.talking != case.id
    if over and case.talking:
        events.append(c.TalkOver(at=now, by=_who_ended(turned.events)))
    return tuple(events)


def _written(
    trial: Trial, case: Case, event: e.WroteToTeam | e.EmergencyNoticed, now: datetime
) -> Iterator[c.CaseEvent]:
    if case.state is State.RESOLVED:
        yield c.Reopened(at=now, by=c.PARTICIPANT)
    elif case.snoozed_until:
        yield c.Woken(at=now, by=c.PARTICIPANT)
    edited = isinstance(event, e.WroteToTeam) and event.edited
    urgent = isinstance(event, e.EmergencyNoticed)
    yield c.ParticipantWrote(at=now, by=c.PARTICIPANT, text=event.text, edited=edited, emergency=urgent)
    if case.due_by is None:
        yield promise(trial, now)


def _who_ended(events: Sequence[e.Event]) -> c.By:
    by_time = any(isinstance(event, e.TalkEnded | e.Expired) for event in events) and not any(
        isinstance(event, e.TalkEnded) and event.by == "participant" for event in events
    )
    return c.SYSTEM if by_time else c.PARTICIPANT


def may_write_to(trial: Trial, talk: Conversation) -> bool:
    """Say whether staff may write to a participant: they said yes to contact, or asked and did not say no."""
    if _out(trial, talk):
        return False
    asked = talk.flags & {CONTACT_FLAG, QUESTION_FLAG, URGENT_FLAG}
    return talk.contact_permission if talk.contact_permission is not None else bool(asked)
