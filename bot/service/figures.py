"""The screening log, and the figures that a dashboard plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.conversation import Conversation, Status
from bot.domain.review import Case
from bot.domain.trial import Trial, Verdict
from bot.engine.assess import assess
from bot.engine.outline import next_question
from bot.service.review import Office, edition_of
from bot.service.review_ports import NotAllowed, Reading, Tally
from bot.service.review_views import Figures, LogRow

STEPS = ("opened", "introduced", "acknowledged", "first_answer", "submitted", "contact_permitted")
_HOUR = timedelta(hours=1)


async def screening_log(
    office: Office, who: str, *, since: datetime | None = None, until: datetime | None = None
) -> AsyncIterator[LogRow]:
    """Yield a row a conversation, in order of opening: what a screening log has, without names."""
    async for trial, tally in _tallies(office, who, since, until):
        if tally.conversation.opened_at:
            yield _log_row(trial, tally, tally.conversation.opened_at)


async def figures(office: Office, who: str, *, since: datetime, until: datetime) -> Figures:
    """Return what the dashboard plots, of conversations opened in a span of time.

    Opens each of them: about a second for some thousands. Whoever shows it keeps it for a while.
    """
    sums = _Sums()
    async for trial, tally in _tallies(office, who, since, until):
        sums.add(trial, tally)
    return sums.done()


async def _tallies(
    office: Office, who: str, since: datetime | None, until: datetime | None
) -> AsyncIterator[tuple[Trial, Tally]]:
    async with office.store.looking() as reading:
        found = await reading.register.by_id(who)
        if found is None or not found.active:
            raise NotAllowed("review-not-allowed")
        async for tally in reading.cases.tallies(since, until):
            yield await _trial(office, reading, tally), tally


async def _trial(office: Office, reading: Reading, tally: Tally) -> Trial:
    edition = await edition_of(reading, office.desks.editions, tally.conversation.content_hash)
    return edition.trial


def _log_row(trial: Trial, tally: Tally, opened_at: datetime) -> LogRow:
    talk, ruling = tally.conversation, tally.case.ruling if tally.case else None
    erased = talk.status is Status.ERASED
    verdicts = {} if erased or not talk.outcome else assess(trial, talk.answers).criteria
    return LogRow(
        code=tally.code,
        trial=talk.trial,
        screened_on=opened_at.date(),
        language=talk.language,
        source=talk.source,
        status=talk.status,
        outcome=talk.outcome,
        not_met=tuple(name for name, verdict in verdicts.items() if verdict is Verdict.NOT_MET),
        undetermined=tuple(name for name, verdict in verdicts.items() if verdict is Verdict.UNKNOWN),
        review=tally.case.state if tally.case else None,
        decision=ruling.decision.value if ruling else None,
        criterion=ruling.criterion if ruling else None,
    )


def _steps() -> Counter[str]:
    return Counter(dict.fromkeys(STEPS, 0))


@dataclass(slots=True)
class _Sums:
    """Counts conversation after conversation."""

    funnel: Counter[str] = field(default_factory=_steps)
    stopped_at: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    agreement: Counter[tuple[str, str]] = field(default_factory=Counter)
    hours: list[float] = field(default_factory=list)

    def add(self, trial: Trial, tally: Tally) -> None:
        talk = tally.conversation
        self.statuses[talk.status.value] += 1
        self.funnel.update(_reached(trial, talk))
        self.sources[talk.source or ""] += 1
        self.languages[talk.language or ""] += 1
        if talk.outcome:
            self.outcomes[talk.outcome.value] += 1
        elif talk.status is not Status.ERASED:
            self.stopped_at[_last_seen(trial, talk)] += 1
        if tally.case:
            self._add_case(talk, tally.case)

    def _add_case(self, talk: Conversation, case: Case) -> None:
        if case.answered_at and case.opened_at:
            self.hours.append((case.answered_at - case.opened_at) / _HOUR)
        if case.ruling:
            self.decisions[case.ruling.decision.value] += 1
            if talk.outcome:
                self.agreement[talk.outcome.value, case.ruling.decision.value] += 1

    def done(self) -> Figures:
        return Figures(
            funnel={name: self.funnel[name] for name in STEPS},
            stopped_at=self.stopped_at,
            outcomes=self.outcomes,
            sources=self.sources,
            languages=self.languages,
            statuses=self.statuses,
            decisions=self.decisions,
            hours_to_answer=tuple(sorted(self.hours)),
            agreement=self.agreement,
        )


def _reached(trial: Trial, talk: Conversation) -> Iterator[str]:
    """Yield the steps that somebody came to: each only where the one before it was reached."""
    reached: Sequence[bool] = (
        True,
        talk.introduced,
        _agreed(trial, talk),
        bool(talk.answers),
        talk.outcome is not None,
        bool(talk.contact_permission),
    )
    for name, here in zip(STEPS, reached, strict=True):
        if not here:
            return
        yield name


def _agreed(trial: Trial, talk: Conversation) -> bool:
    return {item.key for item in trial.acknowledgements} <= set(talk.acknowledged)


def _last_seen(trial: Trial, talk: Conversation) -> str:
    """Return what somebody without a result saw last: a question's key, or where they were before any."""
    if not talk.introduced:
        return "introduction"
    for item in trial.acknowledgements:
        if item.key not in talk.acknowledged:
            return f"acknowledgement:{item.key}"
    question = next_question(trial, talk.answers)
    return question.key if question else "review"
