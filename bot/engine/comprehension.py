"""The comprehension check: which of its questions is due, and how many were right."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.conversation import Conversation
from bot.domain.trial import Trial
from bot.domain.understanding import ATTEMPTS, Check, Comprehension


def due_check(trial: Trial, conversation: Conversation) -> Check | None:
    """Return the question to be asked now; None where there is no check, or it is through."""
    if trial.comprehension is None or conversation.understood is not None:
        return None
    items = trial.comprehension.checks
    return next((item for item in items if not _is_done(item, conversation.attempts)), None)


def right_answers(comprehension: Comprehension, attempts: Mapping[str, tuple[str, ...]]) -> int:
    """Return how many questions were answered rightly, at the first try or after the explanation."""
    return sum(item.right in attempts.get(item.key, ()) for item in comprehension.checks)


def _is_done(item: Check, attempts: Mapping[str, tuple[str, ...]]) -> bool:
    tried = attempts.get(item.key, ())
    return item.right in tried or len(tried) >= ATTEMPTS
