"""One line a conversation, for the study team and for analysis. A stable surface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain.conversation import Conversation, Status
from bot.domain.review import Case
from bot.domain.trial import Trial
from bot.engine.assess import assess
from bot.engine.outline import counting


def export_row(
    trial: Trial,
    conversation: Conversation,
    participant: str,
    case: Case | None = None,
    *,
    with_answers: bool = False,
) -> dict[str, Any]:
    """Return what is exported of a conversation, as plain JSON values.

    Criteria, flags and the last question are derived from the answers that count; the outcome is what the
    participant was told, and null before that.
    """
    answers = counting(trial, conversation.answers)
    result = assess(trial, conversation.answers)
    reached = conversation.outcome is not None
    erased = conversation.status is Status.ERASED
    row: dict[str, Any] = {
        "participant": participant,
        "conversation": conversation.id,
        "trial": conversation.trial,
        "trial_version": trial.version,
        "content_hash": conversation.content_hash,
        "language": None if erased else conversation.language,
        "source": conversation.source,
        "status": conversation.status.value,
        "outcome": conversation.outcome.value if conversation.outcome else None,
        "criteria": {} if erased else {name: verdict.value for name, verdict in result.criteria.items()},
        "flags": sorted({*conversation.flags, *result.flags}),
        "recheck": list(result.recheck) if reached else [],
        "acknowledged": list(conversation.acknowledged),
        "contact_permission": conversation.contact_permission,
        "review": _review(case),
        "last_question": list(answers)[-1] if answers else None,
        "previous": conversation.previous,
        "started_at": _iso(conversation.opened_at),
        "finished_at": _iso(conversation.finished_at),
    }
    if with_answers:
        row["answers"] = dict(answers)
    return row


def _review(case: Case | None) -> dict[str, str | None]:
    """Return what staff decided, in codes only: what they wrote stays where it is."""
    ruling = case.ruling if case else None
    return {
        "status": case.state.value if case else None,
        "decision": ruling.decision.value if ruling else None,
        "reason": ruling.criterion if ruling else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
