"""From verdicts to an outcome, an ending, and what staff need to know (CLINICAL 1.5 and 1.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.trial import Criterion, Outcome, Stop, Trial, Verdict
from bot.domain.truth import Truth
from bot.engine.criteria import Answers, evaluate, verdict
from bot.engine.outline import counting, stopped_at


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a set of answers amounts to; a pure function of the trial and the answers."""

    outcome: Outcome
    ending: str
    """Which closing text belongs to it."""
    criteria: Mapping[str, Verdict]
    reasons: tuple[str, ...]
    """Ids of the criteria not met, in the registry's order."""
    flags: tuple[str, ...]
    recheck: tuple[str, ...]
    """What to look at again; empty unless everything not met is temporary."""
    offers_contact: bool


def assess(trial: Trial, answers: Answers) -> Assessment:
    """Return what these answers amount to."""
    answers = counting(trial, answers)
    criteria = {criterion.id: verdict(criterion, answers) for criterion in trial.criteria}
    unmet = [criterion for criterion in trial.criteria if criteria[criterion.id] is Verdict.NOT_MET]
    stop = stopped_at(trial, answers)
    outcome = _outcome(criteria)
    recheck = _recheck(unmet)
    return Assessment(
        outcome=outcome,
        ending=_ending(outcome, stop, criteria, recheck),
        criteria=criteria,
        reasons=tuple(criterion.id for criterion in unmet),
        flags=tuple(sorted(set(_flags(trial, answers)))),
        recheck=recheck,
        offers_contact=_offers_contact(stop, criteria),
    )


def _outcome(criteria: Mapping[str, Verdict]) -> Outcome:
    # Nothing known at all is no reason to say that a study may fit: hence the last line.
    known = set(criteria.values())
    if Verdict.NOT_MET in known:
        return Outcome.LIKELY_NOT_ELIGIBLE
    if Verdict.UNKNOWN in known or Verdict.MET not in known:
        return Outcome.NEEDS_REVIEW
    return Outcome.MAY_BE_ELIGIBLE


def _recheck(unmet: list[Criterion]) -> tuple[str, ...]:
    names = [criterion.recheck for criterion in unmet]
    return tuple(sorted(name for name in names if name)) if all(names) else ()


def _ending(
    outcome: Outcome, stop: Stop | None, criteria: Mapping[str, Verdict], recheck: tuple[str, ...]
) -> str:
    if stop and stop.ending and _fails(stop, criteria):
        return stop.ending
    if outcome is Outcome.LIKELY_NOT_ELIGIBLE and recheck:
        return "likely_not_for_now"
    return outcome.value


def _fails(stop: Stop, criteria: Mapping[str, Verdict]) -> bool:
    return any(criteria[name] is Verdict.NOT_MET for name in stop.criteria)


def _offers_contact(stop: Stop | None, criteria: Mapping[str, Verdict]) -> bool:
    return not (stop and not stop.offers_contact and _fails(stop, criteria))


def _flags(trial: Trial, answers: Answers) -> Iterator[str]:
    for key, value in answers.items():
        option = trial.question(key).option(value)
        if option:
            yield from option.flags
            if option.declines:
                yield f"declined_answer:{key}"
    for criterion in trial.criteria:
        for item in criterion.contradictions:
            if evaluate(item.when, answers) is Truth.YES:
                yield item.flag
