"""For how long an ended screening is kept: what its participant was told, and what they asked for since."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import keeping
from bot.domain.conversation import Conversation, Status
from bot.domain.trial import Trial
from bot.engine.assess import assess
from bot.engine.steps import recheck_days

_ENDED = (Status.COMPLETED, Status.DECLINED, Status.STOPPED, Status.INCOMPLETE)


def ended_as(talk: Conversation) -> str | None:
    """Return how a screening ended, as `policies.retention` names it; None while it is open or emptied."""
    if talk.status not in _ENDED or talk.finished_at is None or talk.deidentified_at:
        return None
    return talk.outcome.value if talk.outcome and talk.status is Status.COMPLETED else talk.status.value


def kept_until(trial: Trial, talk: Conversation) -> datetime | None:
    """Return when what was said is to go; None while it is open, or where nobody decided on a time.

    Whoever asked to be written to again is: the time is not over before that, nor before they had as long to
    answer as anybody has. They are told so before they say yes.
    """
    days = trial.retention_days.get(ended_as(talk) or "")
    if days is None or talk.finished_at is None:
        return None
    over = talk.finished_at + timedelta(days=days)
    asked = talk.invited_at or invitation_due(trial, talk)
    return max(over, asked + timedelta(days=trial.expires_after_days)) if asked else over


def invitation_due(trial: Trial, talk: Conversation) -> datetime | None:
    """Return when the invitation to look again is to be sent, if one is wished and still to come."""
    wanted = talk.recheck_wanted and not talk.recheck_invited
    if not wanted or talk.status is not Status.COMPLETED or talk.finished_at is None:
        return None
    days = recheck_days(trial, assess(trial, talk.answers))
    return talk.finished_at + timedelta(days=days) if days else None


def retention_ended(trial: Trial, talk: Conversation, now: datetime) -> keeping.RetentionEnded:
    """Return the event that says why nothing of what was said is left."""
    ended = ended_as(talk) or talk.status.value
    return keeping.RetentionEnded(at=now, ended=ended, days=trial.retention_days[ended])


def outlasts(trial: Trial, talk: Conversation) -> bool:
    """Say whether saying yes to an invitation now would mean being kept for longer."""
    days = trial.retention_days.get(ended_as(talk) or "")
    wait = recheck_days(trial, assess(trial, talk.answers))
    return bool(days and wait) and (wait or 0) + trial.expires_after_days > (days or 0)
