"""What staff are shown, ready for a page or a card: plain data, nothing sealed, no keys to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.case_events import Reason
from bot.domain.conversation import Status
from bot.domain.review import Case, Priority, State
from bot.domain.trial import CriterionKind, Outcome, Verdict
from bot.service.review_ports import Cursor


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in the queue."""

    case: str
    code: str
    trial: str
    source: str | None
    state: State
    priority: Priority
    reasons: tuple[Reason, ...]
    opened_at: datetime
    due_by: datetime | None
    overdue: bool
    snoozed_until: datetime | None
    claimed_by: str | None
    """Id of a member of staff."""
    claimed_name: str | None
    talking: bool
    decided_by: str | None = None
    """Id of whoever decided, while a second opinion is waited for."""
    decided_name: str | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue; `next` is where the following one begins, None at the end."""

    rows: tuple[QueueRow, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Said:
    """A question and what was answered: in the person's language, and in English where there is any."""

    question: str
    key: str
    asked: str
    answered: str | None
    asked_in_english: str | None
    answered_in_english: str | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion: the registry's wording, what was asked and answered for it, the verdict, and why."""

    id: str
    kind: CriterionKind
    wording: str
    verdict: Verdict
    why: str
    """Key of a console text: `why-met`, `why-not-met`, `why-left-open`, `why-contradiction`, …"""
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """What staff should notice about a conversation: the name it has in the record, and how it came about."""

    name: str
    words: Mapping[str, str] = field(default_factory=dict)
    """The answers that raised it, as they are called, by language of the trial; empty where none did."""


class Speaker(StrEnum):
    """Who said a line of the transcript."""

    BOT = "bot"
    PARTICIPANT = "participant"
    TEAM = "team"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript. `html` is what was shown, escaped but for Telegram's own tags."""

    at: datetime
    speaker: Speaker
    html: str
    buttons: tuple[tuple[str, ...], ...] = ()
    event: str | None = None
    """The kind of event this stands for, where nobody said anything in words."""
    about: str = ""
    """Which agreement or permission the event is about, by its short name."""
    sent: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's history: kind of event, who, and the rest as text by name."""

    at: datetime
    kind: str
    by: str
    """A member of staff's name, or `participant`, or `system`."""
    role: str | None
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a participant is; shown only to those who may see it, and each look is an event."""

    name: str | None
    phone: str | None
    telegram_id: int | None


@dataclass(frozen=True, slots=True)
class Snippet:
    """An approved reply: in the person's language as it would be sent, and in English."""

    key: str
    text: str
    in_english: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that a case page shows."""

    case: Case
    code: str
    trial: str
    trial_titles: Mapping[str, str]
    """By language of the trial, its own first."""
    language: str | None
    status: Status
    outcome: Outcome | None
    flags: tuple[Flag, ...]
    recheck: tuple[str, ...]
    contact_permission: bool | None
    criteria: tuple[CriterionRow, ...]
    transcript: tuple[Line, ...]
    history: tuple[Entry, ...]
    snippets: tuple[Snippet, ...]
    free_text: bool
    may_write: bool
    """Whether the participant may be written to: they asked, or said yes."""
    actions: frozenset[str]
    """Names of the actions (`Claim`, `Decide`, …) that this member of staff could do now."""
    claimed_name: str | None
    shares_identity: bool
    """Whether the participant left a name or a phone number."""
    identity: Identity | None
    """None where it was not asked for, or may not be seen."""
    quiet_until: datetime | None = None
    """In quiet hours: when they are over, and somebody who did not write just before is written to again."""
    earlier: tuple[str, ...] = ()
    """Ids of cases about earlier rounds of the same person."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the screening log: no names, no free text."""

    code: str
    trial: str
    screened_on: date
    language: str | None
    source: str | None
    status: Status
    outcome: Outcome | None
    not_met: tuple[str, ...]
    undetermined: tuple[str, ...]
    review: State | None
    decision: str | None
    criterion: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the dashboard plots, of conversations opened in a span of time."""

    funnel: Mapping[str, int]
    """opened, introduced, acknowledged, first_answer, submitted, contact_permitted: in this order."""
    stopped_at: Mapping[str, int]
    """Of those who did not finish: how many by the question they saw last."""
    outcomes: Mapping[str, int]
    sources: Mapping[str, int]
    languages: Mapping[str, int]
    statuses: Mapping[str, int]
    decisions: Mapping[str, int]
    hours_to_answer: tuple[float, ...] = ()
    """Sorted: from the opening of a case to the first words of the team."""
    agreement: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(outcome of the bot, decision of staff) to how often."""
