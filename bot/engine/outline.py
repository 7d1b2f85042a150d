"""Which questions are due, in which order, and which answers count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.trial import Question, Stop, Trial, Verdict
from bot.domain.truth import Truth
from bot.engine.criteria import Answers, evaluate, verdict

_TRUTH = {Verdict.MET: Truth.YES, Verdict.NOT_MET: Truth.NO, Verdict.UNKNOWN: Truth.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Progress:
    """The place of a question among those expected; `exact` where no branch is open any more."""

    number: int
    total: int
    exact: bool


def next_question(trial: Trial, answers: Answers) -> Question | None:
    """Return the first question still due, or None where the answers suffice."""
    for question in _path(trial, answers):
        if question.key not in answers:
            return question
    return None


def counting(trial: Trial, answers: Answers) -> Answers:
    """Return the answers that count, in the order of the questions.

    An answer to a question that another answer has hidden does not count, nor anything beyond a hard stop.
    """
    return {question.key: answers[question.key] for question in answered(trial, answers)}


def answered(trial: Trial, answers: Answers) -> tuple[Question, ...]:
    """Return the questions whose answers count, in order."""
    return tuple(q for q in _path(trial, answers, soft=False) if q.key in answers)


def stopped_at(trial: Trial, answers: Answers) -> Stop | None:
    """Return the first stop point that these answers end at, if any."""
    given: dict[str, int | str] = {}
    for question in _visible(trial, answers):
        if question.key not in answers:
            return None
        given[question.key] = answers[question.key]
        stop = _stop_after(trial, question, given)
        if stop:
            return stop
    return None


def progress(trial: Trial, answers: Answers, question: Question) -> Progress:
    """Return where `question` stands among the questions this person can expect."""
    expected = [q for q in trial.questions if _may_show(q, answers)]
    certain = all(
        q.shown_when is None or evaluate(q.shown_when, answers) is not Truth.UNKNOWN for q in expected
    )
    return Progress(expected.index(question) + 1, len(expected), exact=certain)


def _path(trial: Trial, answers: Answers, *, soft: bool = True) -> Iterator[Question]:
    """Yield the questions in order, up to where the answers given stop the screening.

    With `soft` a stop point at a section's end counts too; without, only a hard one.
    """
    given: dict[str, int | str] = {}
    for question in _visible(trial, answers):
        yield question
        if question.key in answers:
            given[question.key] = answers[question.key]
        stop = _stop_after(trial, question, given)
        if stop and (soft or stop.hard):
            return


def _visible(trial: Trial, answers: Answers) -> Iterator[Question]:
    shown: dict[str, int | str] = {}
    for question in trial.questions:
        if question.shown_when is None or evaluate(question.shown_when, shown) is Truth.YES:
            yield question
            if question.key in answers:
                shown[question.key] = answers[question.key]


def _may_show(question: Question, answers: Answers) -> bool:
    return question.shown_when is None or evaluate(question.shown_when, answers) is not Truth.NO


def _stop_after(trial: Trial, question: Question, given: Answers) -> Stop | None:
    for stop in trial.stops:
        if stop.after == question.key and any(
            _truth(trial, name, given) in stop.on for name in stop.criteria
        ):
            return stop
    return None


def _truth(trial: Trial, criterion_id: str, answers: Answers) -> Truth | None:
    criterion = next(item for item in trial.criteria if item.id == criterion_id)
    return _TRUTH.get(verdict(criterion, answers))
