"""What came of one update: what is said to whom, and what may be counted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import events as e
from bot.domain.conversation import Conversation
from bot.domain.messages import Reply
from bot.engine.transition import Transition
from bot.service.editions import Edition


@dataclass(frozen=True, slots=True)
class Said:
    """Replies of one turn, still without words."""

    chat: int
    edition: Edition
    conversation: Conversation
    replies: tuple[Reply, ...]
    unasked: bool = False
    """Brought about by time or by staff, and its person did not write just before."""
    receipt: str = ""
    """The code that tells the person what they can prove."""


@dataclass(frozen=True, slots=True)
class Handled:
    """How one arrival was met: what its tap is answered with. Nothing here must arrive."""

    key: str
    notice: str | None = None
    chosen: str | None = None
    """The label of the button that counted."""
    answers: int = 0
    """How many were recorded."""
    outcome: str | None = None
    """What was reached, if anything was."""


def _handled(key: str, edition: Edition, transition: Transition) -> Handled:
    language = transition.conversation.language
    notice = edition.label(transition.notice, language) if transition.notice else None
    chosen = edition.label(transition.chosen, language) if transition.chosen else None
    answers = sum(isinstance(event, e.AnswerRecorded) for event in transition.events)
    reached = [event.outcome.value for event in transition.events if isinstance(event, e.OutcomeReached)]
    return Handled(key, notice, chosen, answers, reached[-1] if reached else None)
