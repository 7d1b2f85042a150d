"""What time alone may do: two reminders for those who wish, an end without a verdict after thirty days."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.domain import events as e
from bot.domain.conversation import Conversation, Status
from tests.simulation.figures import Figures

_MOST = 2
_SLACK = timedelta(hours=1)
_EXPIRES = timedelta(days=30)
_REMINDS = timedelta(days=1)


class Timing:
    """Counts reminders by conversation, from what the person said about them last."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._holds = figures.holds
        self._wished: set[str] = set()
        self._sent: Counter[str] = Counter()

    def look(self, state: Conversation, event: e.Event) -> None:
        """Look at one event and the state before it."""
        key = state.id
        match event:
            case e.RemindersAnswered(wanted=wanted):
                (self._wished.add if wanted else self._wished.discard)(key)
                self._sent[key] = 0
            case e.Stopped() | e.Erased():
                self._wished.discard(key)
            case e.Reminded():
                self._reminded(state, event)
            case e.Expired():
                self._expired(state, event)
            case _:
                pass

    def _reminded(self, state: Conversation, event: e.Reminded) -> None:
        self._sent[state.id] += 1
        self._figures.counts["reminders"] += 1
        self._holds(state.id in self._wished and state.paused, "reminded, but did not wish it:", state.id)
        self._holds(self._sent[state.id] <= _MOST, "reminded too often:", state.id)
        self._holds(state.status is Status.IN_PROGRESS, "reminded after the end:", state.id)
        self._holds(_silence(state, event) >= _REMINDS - _SLACK, "reminded too early:", state.id)

    def _expired(self, state: Conversation, event: e.Expired) -> None:
        self._wished.discard(state.id)
        self._figures.counts["expired"] += 1
        self._holds(_silence(state, event) >= _EXPIRES - _SLACK, "expired too early:", state.id)
        self._holds(state.outcome is None, "expired with an outcome:", state.id)


def _silence(state: Conversation, event: e.Event) -> timedelta:
    return event.at - state.active_at if state.active_at else timedelta()
