"""What becomes due by time alone: a reminder, an invitation to look again, or an expiry."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from bot.domain.conversation import Conversation, Status
from bot.domain.trial import Trial
from bot.engine.assess import assess
from bot.engine.steps import recheck_days


class Due(Enum):
    """What is due."""

    REMINDER = "reminder"
    RECHECK = "recheck"
    EXPIRY = "expiry"
    SILENCE = "silence"


SILENCE = timedelta(days=1)
"""After so long without a word a talk with a human is over, so that nobody types answers into the void."""


def due_next(trial: Trial, conversation: Conversation) -> tuple[datetime, Due] | None:
    """Return what time will bring about next in this conversation, and when; None where nothing will."""
    due = [_silence(conversation), _of_screening(trial, conversation)]
    return min((each for each in due if each), key=lambda each: each[0], default=None)


def _silence(conversation: Conversation) -> tuple[datetime, Due] | None:
    since = conversation.talked_at if conversation.talking else None
    return (since + SILENCE, Due.SILENCE) if since else None


def _of_screening(trial: Trial, conversation: Conversation) -> tuple[datetime, Due] | None:
    if conversation.active_at is None:
        return None
    if conversation.status is Status.IN_PROGRESS:
        expiry = conversation.active_at + timedelta(days=trial.expires_after_days), Due.EXPIRY
        reminder = _reminder(trial, conversation, conversation.active_at)
        return min(expiry, reminder, key=lambda due: due[0]) if reminder else expiry
    return _recheck(trial, conversation)


def due_now(trial: Trial, conversation: Conversation, now: datetime) -> Due | None:
    """Return what is due at this moment."""
    due = due_next(trial, conversation)
    return due[1] if due and due[0] <= now else None


def _reminder(trial: Trial, conversation: Conversation, since: datetime) -> tuple[datetime, Due] | None:
    sent = conversation.reminders_sent
    if not (conversation.paused and conversation.reminders_wanted and sent < len(trial.reminder_days)):
        return None
    return since + timedelta(days=trial.reminder_days[sent]), Due.REMINDER


def _recheck(trial: Trial, conversation: Conversation) -> tuple[datetime, Due] | None:
    wanted = conversation.recheck_wanted and not conversation.recheck_invited
    if not wanted or conversation.status is not Status.COMPLETED or conversation.finished_at is None:
        return None
    days = recheck_days(trial, assess(trial, conversation.answers))
    return (conversation.finished_at + timedelta(days=days), Due.RECHECK) if days else None
