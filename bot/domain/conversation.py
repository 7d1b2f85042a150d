"""The state of one screening: nothing but its events, applied in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.consent import Agreed
from bot.domain.peril import Peril
from bot.domain.sharing import Identifier, Shared
from bot.domain.trial import Outcome, Value


class Status(StrEnum):
    """Where a screening stands as a whole. Exported: a stable surface."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DECLINED = "declined"
    STOPPED = "stopped"
    INCOMPLETE = "incomplete"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One participant's screening for one trial, pinned to the content it began with."""

    id: str
    """Eight random letters and digits, made by the app; stands in every button."""
    trial: str = ""
    content_hash: str = ""
    language: str | None = None
    source: str | None = None
    previous: str | None = None
    status: Status = Status.IN_PROGRESS
    revision: int = 0
    """How many events made this state."""
    turn: int = 0
    """Grows whenever another message is due; a button of an earlier turn is stale."""
    introduced: bool = False
    acknowledged: tuple[str, ...] = ()
    agreed: Agreed = field(default_factory=dict)
    """What holds of acknowledgements and permissions, with its exact text: see bot.domain.consent."""
    renewed_by: str | None = None
    """Content hash of the edition whose acknowledgements count, where their texts changed meanwhile."""
    renewing: tuple[str, ...] = ()
    """Acknowledgements that were given, and are asked again because their text changed."""
    reading_agreements: bool = False
    """Looking at what they agreed to."""
    attempts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was chosen in the comprehension check, by its questions."""
    understood: bool | None = None
    """Whether the comprehension check was passed; None until it is through."""
    answers: Mapping[str, Value] = field(default_factory=dict)
    choosing_language: bool = False
    choosing_change: bool = False
    changing: str | None = None
    """The question being answered again."""
    held: bool = False
    """Waiting for Continue after the safety text."""
    peril: Peril = Peril.GENERAL
    """What the safety text shown last was about."""
    question_offered: bool = False
    question_text: str | None = None
    """What they wrote for a person, until they decide. The one thing no event holds: a no leaves nothing."""
    erasing: bool = False
    offering_new_round: bool = False
    paused: bool = False
    flags: frozenset[str] = frozenset()
    """Raised by what the person did; those that answers raise are derived (see bot.engine.criteria)."""
    told_staff: Mapping[str, datetime] = field(default_factory=dict)
    """When staff were last told of a flag."""
    talking: str | None = None
    """The review case about which a human talks with them; the bot is silent."""
    talked: bool = False
    """Whether they have written in this talk: they know by now that what they write arrives."""
    talked_at: datetime | None = None
    """When somebody last wrote in it."""
    outcome: Outcome | None = None
    ending: str | None = None
    contact_permission: bool | None = None
    shared: Mapping[Identifier, Shared] = field(default_factory=dict)
    """Who they are, as far as they chose to say so for the site."""
    share_answered: tuple[Identifier, ...] = ()
    """What of it they were asked and have answered."""
    name_typed: bool = False
    name_text: str | None = None
    """A name they typed, until they say it is right. No event holds it: a no leaves nothing."""
    reminders_wanted: bool = False
    reminders_sent: int = 0
    recheck_wanted: bool | None = None
    recheck_invited: bool = False
    invited_at: datetime | None = None
    """When the invitation to look again was sent."""
    opened_at: datetime | None = None
    active_at: datetime | None = None
    """When the participant last did something."""
    finished_at: datetime | None = None
    deidentified_at: datetime | None = None
    """When the time for which it was kept was over: nothing is left but how it ended."""


TALK = "talk"
"""Not a flag: what staff are told of when somebody writes to them."""
URGENT_FLAG = "urgent:emergency_text"
CONTACT_FLAG = "contact_requested"
QUESTION_FLAG = "question_for_team"
REPEAT_FLAG = "info:repeat_screening"
COMPREHENSION_FLAG = "comprehension_failed"
