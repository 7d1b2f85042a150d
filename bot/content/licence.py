"""How long the approvals of what is on offer hold, asked again and again while the bot runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.content.approvals import Approval, Standing, day_of, judge
from bot.domain.trial import Trial
from bot.service.lapse import Notice

_AHEAD = timedelta(days=30)
"""So long before the end the operator is told each day: a committee takes weeks."""


@dataclass(slots=True)
class Approved:
    """Implements bot.service.lapse.Licence by the approvals of all trials; `offered` is what is told of."""

    approvals: tuple[Approval, ...]
    offered: tuple[Trial, ...]
    closed: bool = False
    """Whether nobody is screened whatever was approved: the operator winds it down."""
    _told_on: date | None = field(default=None)

    def holds(self, trial: Trial, now: datetime) -> bool:
        """Say whether each language of the trial, a person may change it, is approved at this time."""
        return not self.closed and all(
            judge(self.approvals, trial.content_hash, language, day_of(now)).standing is Standing.APPROVED
            for language in trial.languages
        )

    def notices(self, now: datetime) -> list[Notice]:
        """Return each trial whose approval ends soon or has ended; only once a day."""
        today = day_of(now)
        if today == self._told_on:
            return []
        self._told_on = today
        return [Notice(trial.id, ends) for trial in self.offered if (ends := self._notice(trial, now))]

    def ends(self, trial: Trial, now: datetime) -> date | None:
        """Return the day on which the first language's approval expires; None where one holds no more."""
        if not self.holds(trial, now):
            return None
        return min(self._last(trial.content_hash, language) for language in trial.languages)

    def _last(self, content_hash: str, language: str) -> date:
        return max(
            each.expires_on
            for each in self.approvals
            if (each.content_hash, each.language) == (content_hash, language)
        )

    def _notice(self, trial: Trial, now: datetime) -> str | None:
        end = self.ends(trial, now)
        if end is None:
            return "none holds, nobody is screened"
        if end - day_of(now) <= _AHEAD:
            return f"expires on {end}, from then on nobody is screened"
        return None


def states(licence: Approved, now: datetime) -> dict[str, str]:
    """Return for each trial on offer the day its approval expires, or that it does not hold."""
    return {trial.id: str(licence.ends(trial, now) or "does not hold") for trial in licence.offered}
