"""What must hold of review cases whatever staff, participants and time do to them, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import case_actions as a
from bot.domain import case_events as c
from bot.domain import events as e
from bot.domain.case_events import Closing, Decision, Reason, ReasonKind
from bot.domain.conversation import Conversation
from bot.domain.folding import apply
from bot.domain.review import Case, Priority, SecondReview, State, priority
from bot.domain.staff import Role, Staff
from bot.domain.trial import Outcome, StaffPolicy, Trial, Value
from bot.engine.noticing import Turned, heard, may_write_to, noticed, reasons
from bot.engine.review import TABLE, Refusal, Whose, act, after, alarms, by_time, possible
from tests.conftest import NOW, shipped

TRIAL = shipped().trial
FREE = replace(TRIAL, staff=StaffPolicy(free_text=True))
TWICE = replace(TRIAL, staff=StaffPolicy(free_text=True, second_review=True))
HOUR = timedelta(hours=1)

WANG = Staff("wang", "Wang", frozenset({Role.COORDINATOR}))
LI = Staff("li", "Li", frozenset({Role.INVESTIGATOR}))
AUDIT = Staff("audit", "Audit", frozenset({Role.AUDITOR}))
ADMIN = Staff("admin", "Admin", frozenset({Role.ADMINISTRATOR}))
EVERYBODY = (WANG, LI, AUDIT, ADMIN)

SAMPLES: dict[type[a.Action], a.Action] = {
    a.Claim: a.Claim(),
    a.Release: a.Release(),
    a.HandOver: a.HandOver("li"),
    a.Snooze: a.Snooze(NOW + 100 * HOUR),
    a.Wake: a.Wake(),
    a.Note: a.Note("called, no answer"),
    a.Answer: a.Answer("Good morning", language="en"),
    a.EndTalk: a.EndTalk(),
    a.Decide: a.Decide(Decision.UNREACHABLE),
    a.Undo: a.Undo("a slip"),
    a.GiveSecond: a.GiveSecond(agrees=True),
}

ACTIONS = st.one_of(
    st.sampled_from([*SAMPLES.values()]),
    st.builds(a.HandOver, st.sampled_from(["wang", "li"])),
    st.builds(a.Snooze, st.sampled_from([NOW - HOUR, NOW + HOUR, NOW + 900 * HOUR])),
    st.builds(a.Note, st.sampled_from(["", "  ", "a note"])),
    st.builds(
        a.Decide,
        st.sampled_from(Decision),
        st.sampled_from([None, "I1", "XX"]),
        st.sampled_from(["", "because"]),
    ),
    st.builds(a.Undo, st.sampled_from(["", "a slip"])),
    st.builds(a.GiveSecond, st.booleans(), st.sampled_from(["", "no lavage"])),
)
Move = tuple[Staff, a.Action] | str
MOVES: st.SearchStrategy[list[Move]] = st.lists(
    st.tuples(st.sampled_from(EVERYBODY), ACTIONS)
    | st.sampled_from(["write", "leave", "ask", "stop", "time"]),
    max_size=30,
)


def opened(*kinds: ReasonKind) -> Case:
    chosen = kinds or (ReasonKind.CONTACT,)
    events: list[c.CaseEvent] = [
        c.CaseOpened(at=NOW, by=c.PARTICIPANT, conversation="talk", participant="mei", trial=TRIAL.id)
    ]
    events += [c.ReasonAdded(at=NOW, by=c.PARTICIPANT, reason=Reason(kind)) for kind in chosen]
    events.append(c.AnswerPromised(at=NOW, by=c.SYSTEM, due_by=NOW + 48 * HOUR))
    return after(Case("case"), tuple(events))


def done(case: Case, action: a.Action, by: Staff = WANG, trial: Trial = FREE) -> Case:
    events = act(trial, case, action, by, NOW)
    assert not isinstance(events, Refusal), events
    return after(case, events)


def refused(case: Case, action: a.Action, by: Staff = WANG, trial: Trial = FREE) -> str:
    events = act(trial, case, action, by, NOW)
    assert isinstance(events, Refusal), events
    return events.key


def in_state(state: State) -> Case:
    """Return a case of that state; held ones are Wang's."""
    case = opened()
    match state:
        case State.OPEN:
            return case
        case State.CLAIMED:
            return done(case, a.Claim())
        case State.WAITING:
            return done(case, SAMPLES[a.Answer])
        case State.RESOLVED:
            return done(case, SAMPLES[a.Decide])
        case State.REOPENED:
            return done(done(case, SAMPLES[a.Decide]), SAMPLES[a.Undo])


def test_the_table_names_states_and_actions_that_there_are() -> None:
    assert {action for _, action in TABLE} == set(get_args(a.Action)) == set(SAMPLES)
    assert {state for state, _ in TABLE} == set(State)


@pytest.mark.parametrize(("state", "action"), list(product(State, SAMPLES)))
@pytest.mark.parametrize("by", EVERYBODY, ids=lambda staff: staff.id)
def test_each_action_is_in_the_table_or_refused(state: State, action: type[a.Action], by: Staff) -> None:
    case = in_state(state)
    permission = TABLE.get((state, action))
    came = act(FREE, case, SAMPLES[action], by, NOW)
    if permission is None:
        assert isinstance(came, Refusal)
        return
    others = case.claimed_by not in {None, by.id}
    senior = bool(by.roles & {Role.INVESTIGATOR, Role.ADMINISTRATOR})
    lawful = bool(by.roles & permission.roles) and (
        permission.whose is Whose.ANY or not others or (permission.whose is Whose.OWN_OR_SENIOR and senior)
    )
    if not lawful:
        assert isinstance(came, Refusal)
    elif not isinstance(came, Refusal):
        assert {event.by.role for event in came if event.by != c.SYSTEM} <= by.roles
    assert (action.__name__ in possible(case, by)) <= lawful


@pytest.mark.parametrize("action", SAMPLES.values(), ids=lambda action: type(action).__name__)
@pytest.mark.parametrize("state", State)
def test_an_auditor_and_whoever_left_change_nothing(state: State, action: a.Action) -> None:
    assert refused(in_state(state), action, AUDIT) == "review-not-allowed"
    assert refused(in_state(state), action, replace(LI, active=False)) == "review-not-allowed"
    assert possible(in_state(state), AUDIT) == possible(in_state(state), replace(LI, active=False)) == set()


class Play:
    """One case and the talk it is about, kept in step as the use cases keep them."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.case = opened()
        self.talk = Conversation("talk", trial=TRIAL.id, contact_permission=True, talking=None)
        self.history: list[c.CaseEvent] = []
        self.now: datetime = NOW

    def add(self, events: tuple[c.CaseEvent, ...]) -> None:
        before = self.case
        self.case = after(self.case, events)
        self.history += events
        assert self.case.revision == before.revision + len(events)

    def turn(self, *happened: e.Event) -> None:
        before = self.talk
        for event in happened:
            self.talk = apply(self.talk, event)
        turned = Turned("mei", before, self.talk, happened)
        if turned.talking == self.case.id:
            self.add(heard(TRIAL, self.case, turned, self.now))
        self.add(noticed(TRIAL, self.case, turned, self.now))

    def staff(self, by: Staff, action: a.Action) -> None:
        events = act(self.trial, self.case, action, by, self.now)
        if isinstance(events, Refusal):
            return
        if isinstance(action, a.Answer):
            self.talk = apply(self.talk, e.TeamWrote(at=self.now, case="case"))
        self.add(events)
        if self.talk.talking and not self.case.talking:
            self.talk = apply(self.talk, e.TalkEnded(at=self.now, by="staff"))

    def move(self, what: Move) -> None:
        self.now += 7 * HOUR
        match what:
            case (by, action):
                self.staff(by, action)
            case "write" if self.talk.talking:
                self.turn(e.WroteToTeam(at=self.now, text="hello"))
            case "leave" if self.talk.talking:
                self.turn(e.TalkEnded(at=self.now, by="participant"))
            case "ask":
                self.turn(e.PersonRequested(at=self.now))
            case "stop":
                self.turn(e.Stopped(at=self.now))
            case "time":
                self.add(by_time(self.case, self.now, told=True))
            case _:
                pass


@settings(max_examples=400)
@given(MOVES, st.booleans())
def test_a_case_is_its_events_and_nothing_is_lost(moves: list[Move], twice: bool) -> None:  # noqa: FBT001 -- drawn
    play = Play(TWICE if twice else FREE)
    start = play.case
    for move in moves:
        play.move(move)
        case = play.case
        assert (case.state in {State.CLAIMED, State.WAITING}) == (case.claimed_by is not None)
        assert case.talking == (play.talk.talking == case.id)
        if case.state is State.RESOLVED:
            assert case.due_at is None, "what is done is not waited for"
            assert case.ruling or case.closed, "it was decided or closed, never just gone"
        if case.ruling is None:
            assert case.second_review in {SecondReview.NOT_ASKED, SecondReview.DISAGREED}
        assert case.reasons or case.closed
        assert case.notes == sum(isinstance(each, c.NoteAdded) for each in play.history)
    assert after(start, tuple(play.history)) == play.case


def test_a_case_is_won_by_the_first() -> None:
    case = done(opened(), a.Claim(), LI)
    assert refused(case, a.Claim(), WANG) == "review-taken"
    assert act(FREE, case, a.Claim(), LI, NOW) == ()
    assert done(case, a.HandOver("wang"), LI).claimed_by == "wang"
    assert refused(case, a.Release(), WANG) == "review-not-yours"
    assert done(case, a.Release(), ADMIN).claimed_by is None


def test_answering_and_deciding_take_a_free_case() -> None:
    assert done(opened(), SAMPLES[a.Answer]).claimed_by == "wang"
    events = act(FREE, opened(), SAMPLES[a.Decide], WANG, NOW)
    assert not isinstance(events, Refusal)
    assert [type(event).__name__ for event in events] == ["Claimed", "Decided"]


def test_a_second_reviewer_is_another_person() -> None:
    case = done(opened(), a.Decide(Decision.MAY_BE_ELIGIBLE), trial=TWICE)
    assert (case.state, case.second_review) == (State.OPEN, SecondReview.ASKED)
    assert refused(case, a.GiveSecond(agrees=True), WANG, TWICE) == "review-own-decision"
    assert refused(case, a.Decide(Decision.OTHER, reason="x"), LI, TWICE) == "review-second-asked"
    assert refused(case, a.GiveSecond(agrees=False), LI, TWICE) == "review-reason-needed"
    agreed = done(case, a.GiveSecond(agrees=True), LI, TWICE)
    assert (agreed.state, agreed.second_review) == (State.RESOLVED, SecondReview.AGREED)
    against = done(case, a.GiveSecond(agrees=False, reason="no lavage"), LI, TWICE)
    assert (against.state, against.ruling) == (State.REOPENED, None)


def test_decisions_say_why() -> None:
    assert refused(opened(), a.Decide(Decision.NOT_ELIGIBLE)) == "review-criterion-needed"
    assert refused(opened(), a.Decide(Decision.NOT_ELIGIBLE, "XX")) == "review-criterion-needed"
    assert refused(opened(), a.Decide(Decision.OTHER)) == "review-reason-needed"
    decided = done(opened(), a.Decide(Decision.NOT_ELIGIBLE, "I3"))
    assert decided.ruling
    assert decided.ruling.criterion == "I3"
    assert refused(decided, a.Undo(" ")) == "review-reason-needed"
    assert done(decided, a.Undo("a slip")).ruling is None


def test_a_decision_taken_back_is_due_again() -> None:
    decided = done(opened(), SAMPLES[a.Decide])
    assert decided.due_by is None
    assert done(decided, a.Undo("a slip")).due_by == NOW + 48 * HOUR
    asked = done(opened(), a.Decide(Decision.MAY_BE_ELIGIBLE), trial=TWICE)
    assert done(asked, a.GiveSecond(agrees=False, reason="no"), LI, TWICE).due_by == NOW + 48 * HOUR


@pytest.mark.parametrize("action", [a.Claim(), a.HandOver("li")])
def test_whoever_takes_a_case_has_it_before_them(action: a.Action) -> None:
    aside = replace(opened(), snoozed_until=NOW + 24 * HOUR)
    assert done(aside, action).snoozed_until is None


def test_free_text_only_where_the_trial_allows_it() -> None:
    assert refused(opened(), a.Answer("Hello", language="en"), trial=TRIAL) == "review-snippets-only"
    assert refused(opened(), a.Answer("x", "unheard", "en"), trial=TRIAL) == "review-no-snippet"
    done(opened(), a.Answer("x", TRIAL.snippets[0], "en"), trial=TRIAL)


def test_a_promise_that_is_over_alarms_once() -> None:
    case = opened()
    assert not alarms(case, NOW + 47 * HOUR)
    late = after(case, by_time(case, NOW + 48 * HOUR, told=True))
    assert late.alarmed
    assert by_time(late, NOW + 500 * HOUR, told=True) == ()
    assert late.due_at is None


@pytest.mark.parametrize("outcome", Outcome)
def test_everybody_who_says_yes_to_contact_gets_a_case(outcome: Outcome) -> None:
    talk = Conversation("talk", trial=TRIAL.id, outcome=outcome, contact_permission=True)
    assert Reason(ReasonKind.CONTACT) in reasons(TRIAL, talk)
    assert priority(reasons(TRIAL, talk)) is Priority.WANTED
    turned = Turned(
        "mei", replace(talk, contact_permission=None), talk, (e.ContactAnswered(at=NOW, permitted=True),)
    )
    case = after(Case("case"), noticed(TRIAL, Case(""), turned, NOW))
    assert (case.state, case.due_by) == (State.OPEN, NOW + 48 * HOUR)


def test_criteria_that_are_undetermined_are_named() -> None:
    answers: dict[str, Value] = {"age": 45, "willing": "yes", "dm": "yes", "mda5": "not_sure"}
    talk = Conversation("talk", trial=TRIAL.id, answers=answers, outcome=Outcome.NEEDS_REVIEW)
    found = reasons(TRIAL, talk)
    assert Reason(ReasonKind.UNDETERMINED, "I1") in found
    assert priority(found) is Priority.UNDETERMINED


def test_nobody_who_said_no_is_written_to() -> None:
    asked = Conversation("talk", flags=frozenset({"contact_requested"}))
    assert may_write_to(TRIAL, asked)
    assert not may_write_to(TRIAL, replace(asked, contact_permission=False))
    assert not may_write_to(TRIAL, replace(asked, answers={"age": "under_18"}))
    assert not may_write_to(TRIAL, Conversation("talk"))


def test_taking_back_the_permission_closes_what_was_only_about_it() -> None:
    said_no = (e.ContactAnswered(at=NOW, permitted=False),)
    talk = Conversation("talk", trial=TRIAL.id, contact_permission=False)
    turned = Turned("mei", replace(talk, contact_permission=True), talk, said_no)
    closed = after(opened(), noticed(TRIAL, opened(), turned, NOW))
    assert (closed.state, closed.closed) == (State.RESOLVED, Closing.WITHDREW)
    urgent = opened(ReasonKind.CONTACT, ReasonKind.URGENT)
    talk = replace(talk, flags=frozenset({"urgent:emergency_text"}))
    turned = Turned("mei", replace(talk, contact_permission=True), talk, said_no)
    left = after(urgent, noticed(TRIAL, urgent, turned, NOW))
    assert (left.state, Reason(ReasonKind.CONTACT_WITHDRAWN) in left.reasons) == (State.OPEN, True)
