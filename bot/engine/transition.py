"""One turn being decided: events are applied as they happen, so that what is said fits the new state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from bot.domain import events as e
from bot.domain.conversation import COMPREHENSION_FLAG, CONTACT_FLAG, QUESTION_FLAG, URGENT_FLAG, Conversation
from bot.domain.folding import apply, tells_staff
from bot.domain.happened import Happened
from bot.domain.messages import Alert, Reply, Text
from bot.domain.sharing import Identifier
from bot.domain.trial import Trial, Value
from bot.engine import steps
from bot.engine.prompts import answer_lines, preceded, prompt
from bot.engine.steps import step


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
    _before: Conversation = field(init=False)
    _events: list[e.Event] = field(default_factory=list)
    _replies: list[Reply] = field(default_factory=list)
    _alerts: list[Alert] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = self.conversation

    def happened(self, event: e.Event) -> None:
        """Record an event and move on to the state it makes.

        Who somebody is was given so that the team can reach them: it goes with the permission to do so.
        """
        self._events.append(event)
        self.conversation = apply(self.conversation, event)
        over = not self.conversation.contact_permission or isinstance(event, e.MinorRecognised)
        for kind in tuple(self.conversation.shared) if over else ():
            if kind in self.conversation.shared:  # the one before may have taken it along
                self.happened(e.IdentityWithdrawn(at=self.now, kind=kind))

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

    def waits_for_name(self, name: str) -> None:
        """Hold a name they typed until they say that it is right; no event, so that a no leaves nothing."""
        self.conversation = replace(self.conversation, name_text=name)

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
            self._said(),
            tuple(self._alerts),
            self.chosen,
            self.notice,
            self.reopens,
        )

    def _said(self) -> tuple[Reply, ...]:
        """Return what is said; what stood in the place of the keyboard goes with the step it was for."""
        left = _has_keys(self.trial, self._before) and not _has_keys(self.trial, self.conversation)
        if not left or not self._replies:
            return tuple(self._replies)
        first, *others = self._replies
        if not first.rows:
            return replace(first, clears=True), *others
        # Telegram takes keys away only with a message that has no buttons.
        buttons = replace(first, parts=(Text("choose-below"),), copy=False, identifies=False)
        return replace(first, rows=(), clears=True), buttons, *others


def _has_keys(trial: Trial, talk: Conversation) -> bool:
    if Identifier.PHONE not in trial.staff.asks or not talk.outcome:
        return False
    return isinstance(step(trial, talk), steps.AskingPhone)
