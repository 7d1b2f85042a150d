"""One turn being decided: events are applied as they happen, so that what is said fits the new state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from bot.domain import events as e
from bot.domain.conversation import (
    COMPREHENSION_FLAG,
    CONTACT_FLAG,
    QUESTION_FLAG,
    URGENT_FLAG,
    Conversation,
    apply,
    tells_staff,
)
from bot.domain.happened import Happened
from bot.domain.messages import Alert, Reply, Text
from bot.domain.trial import Trial, Value
from bot.engine.prompts import answer_lines, preceded, prompt


@dataclass(frozen=True, slots=True)
class Transition:
    """What one inbound did."""

    conversation: Conversation
    events: tuple[e.Event, ...] = ()
    replies: tuple[Reply, ...] = ()
    alerts: tuple[Alert, ...] = ()
    chosen: Text | None = None
    """The label of the button that was tapped, where it counted."""
    notice: Text | None = None
    """A short note on the tap itself; never the only place where something is said."""
    reopens: bool = False
    """The participant wants a new screening for the same trial."""


Flagged: TypeAlias = e.PersonRequested | e.QuestionPassedOn | e.EmergencyNoticed | e.ComprehensionScored

_FLAGGED: dict[type[Happened], tuple[str, Alert]] = {
    e.PersonRequested: (CONTACT_FLAG, Alert.PERSON_REQUESTED),
    e.QuestionPassedOn: (QUESTION_FLAG, Alert.QUESTION),
    e.EmergencyNoticed: (URGENT_FLAG, Alert.URGENT),
    e.ComprehensionScored: (COMPREHENSION_FLAG, Alert.COMPREHENSION),
}


@dataclass(slots=True)
class Turn:
    """Collects what one inbound does; lives only inside advance()."""

    trial: Trial
    conversation: Conversation
    now: datetime
    message: int | None = None
    """Number of the Telegram message by which they say it, where it is known."""
    newest: Trial | None = None
    """The trial as it is offered now; what they agreed to may have other words there."""
    chosen: Text | None = None
    notice: Text | None = None
    reopens: bool = False
    resumed: bool = False
    """Whether this turn ended a pause."""
    _events: list[e.Event] = field(default_factory=list)
    _replies: list[Reply] = field(default_factory=list)
    _alerts: list[Alert] = field(default_factory=list)

    def happened(self, event: e.Event) -> None:
        """Record an event and move on to the state it makes."""
        self._events.append(event)
        self.conversation = apply(self.conversation, event)

    def say(self, *replies: Reply) -> None:
        """Add messages as they are."""
        self._replies.extend(replies)

    def ask(self, *before: Text) -> None:
        """Add the message that is due now, with something said before it."""
        self.say(preceded(prompt(self.trial, self.conversation), *before))

    def alert(self, alert: Alert) -> None:
        """Tell staff, by one line without content."""
        self._alerts.append(alert)

    def flag(self, event: Flagged) -> None:
        """Record an event that staff should look at, and tell them where it is news."""
        flag, alert = _FLAGGED[type(event)]
        if tells_staff(self.conversation, flag, self.now):
            self.alert(alert)
        self.happened(event)

    def waits(self, text: str | None) -> None:
        """Hold what they wrote until they decide about it; no event, so that a no leaves nothing."""
        self.conversation = replace(self.conversation, question_text=text)

    def answer(self, question: str, value: Value) -> None:
        """Record an answer and ask what is due next; a changed one is named again."""
        changed = self.conversation.changing == question
        self.happened(e.AnswerRecorded(at=self.now, question=question, value=value))
        floor = self.trial.question(question).floor
        if floor and value == floor.option:
            self.happened(e.MinorRecognised(at=self.now, question=question))
        self.ask(*(answer_lines(self.trial, self.conversation, question) if changed else ()))

    def done(self) -> Transition:
        """Return what this turn came to."""
        return Transition(
            self.conversation,
            tuple(self._events),
            tuple(self._replies),
            tuple(self._alerts),
            self.chosen,
            self.notice,
            self.reopens,
        )
