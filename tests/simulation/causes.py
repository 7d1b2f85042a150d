"""What an event must have been caused by, and what must come of what was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain import events as e
from bot.domain.conversation import Conversation, Status
from bot.domain.trial import Value
from bot.engine import steps
from bot.engine.reading import normalise
from bot.engine.steps import step
from tests.conftest import oracle, shipped
from tests.engine.test_logic import by_hand
from tests.simulation.figures import Figures
from tests.simulation.said import Act
from tests.simulation.sheet import MINOR, could_mean, sheet

MOVING = frozenset(
    {
        *("accept", "again", "answer", "contact_no", "contact_yes", "continue", "decline", "drop"),
        *("erase", "go_on", "keep", "leave", "not_now", "pass_on", "pick", "recheck_no", "recheck_yes"),
        *("remind_no", "remind_yes", "start", "submit"),
    }
)
"""Taps after which another message is due, so that their own button works no more."""
_FULL: dict[str, Value] = oracle()["full_answers"]


@dataclass(frozen=True, slots=True)
class Need:
    """An event that must come of something its person said, and the state before it."""

    state: Conversation
    event: e.Event
    wanted: str
    """The tap or the command."""

    def __str__(self) -> str:
        named = (
            f"{self.event.question}={self.event.value}" if isinstance(self.event, e.AnswerRecorded) else ""
        )
        return f"{type(self.event).__name__} {named} in {self.state.id} turn {self.state.turn}"


def need(figures: Figures, state: Conversation, event: e.Event) -> Need | None:
    """Return what this event needs, if anything; an outcome is judged as well."""
    if isinstance(event, e.OutcomeReached):
        told = by_hand({**_FULL, **state.answers})
        figures.holds(event.outcome is told, "another outcome than the criteria say:", state.id, told)
    wanted = _wanted(event)
    return Need(state, event, wanted) if wanted else None


def put_down(figures: Figures, needs: list[Need], acts: list[Act]) -> None:
    """Put each event down to one thing that was said, and no two to the same."""
    taken: dict[int, Need] = {}
    for item in needs:
        found = _place(item, acts, taken, set())
        told = [(act.update, act.means, act.turn) for act in acts]
        figures.holds(found, "nobody said so:", item, told)
    for number in taken:
        acts[number].used = True


def _place(item: Need, acts: list[Act], taken: dict[int, Need], tried: set[int]) -> bool:
    for number, act in enumerate(acts):
        if number in tried or not _fits(act, item):
            continue
        tried.add(number)
        if number not in taken or _place(taken[number], acts, taken, tried):
            taken[number] = item
            return True
    return False


def _wanted(event: e.Event) -> str | None:  # noqa: C901, PLR0911 -- one line an event
    """Return the tap or the command that an event needs; None where it needs none of its own."""
    match event:
        case e.AnswerRecorded(value=value):
            return f"answer:{value}"
        case e.ConsentAcknowledged():
            return "accept"
        case e.ConsentDeclined():
            return "decline"
        case e.OutcomeReached():
            return "submit"
        case e.ContactAnswered(permitted=True):
            return "contact_yes"
        case e.RecheckAnswered(wanted=True):
            return "recheck_yes"
        case e.RemindersAnswered(wanted=wanted):
            return "remind_yes" if wanted else "remind_no"
        case e.Stopped():
            return "/stop"
        case e.Paused():
            return "/pause"
        case e.ErasureAsked():
            return "/delete"
        case e.StopUndone():
            return "go_on"
        case _:
            return None


def _fits(act: Act, item: Need) -> bool:
    state, event = item.state, item.event
    if item.wanted.startswith("/"):
        return act.text == item.wanted
    if act.offer:
        rightly = not isinstance(event, e.AnswerRecorded) or act.offer.question == event.question
        return act.taps(state.id, state.turn) and act.means == item.wanted and rightly
    if isinstance(event, e.AnswerRecorded):
        return event.value in could_mean(act.text, event.question)
    # The number of any choice; or words that stand for this one.
    return act.text.isdecimal() or normalise(act.text) in shipped().trial.lexicon.choices.get(item.wanted, ())


def expected_answer(act: Act, before: Conversation) -> tuple[str, Value] | None:
    """Return the answer that must be recorded for this act; None where it need not be one."""
    if act.offer and act.offer.question:
        return (act.offer.question, act.offer.value) if act.taps(before.id, before.turn) else None
    asked = step(shipped().trial, before)
    if act.offer or act.text in {"", "edit", "photo"} or not isinstance(asked, steps.Asking):
        return None
    value = sheet(before.language or "en").means(act.text, asked.question.key)
    # A slip of the finger must not make a minor of anybody: then their button is asked for.
    return None if value in {None, MINOR} else (asked.question.key, value)


def commanded(act: Act, before: Conversation) -> Callable[[Conversation], bool] | None:
    """Return what must hold after a command."""
    match act.text:
        case "/stop" if before.status is Status.IN_PROGRESS:
            return lambda now: now.status is Status.STOPPED and not now.contact_permission
        case "/stop":
            return lambda now: not now.contact_permission and not now.recheck_wanted
        case "/pause":
            return lambda now: now.paused
        case "/delete":
            return lambda now: now.erasing
        case _:
            return None
