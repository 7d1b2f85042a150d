"""What a member of staff may want to do to a case, not yet judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.case_events import Decision


@dataclass(frozen=True, slots=True)
class Claim:
    """Take the case; exactly one of those who try wins."""


@dataclass(frozen=True, slots=True)
class Release:
    """Give it back to everybody."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give it to a colleague."""

    to: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """Put it away until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Wake:
    """Take it out again before its time."""


@dataclass(frozen=True, slots=True)
class Note:
    """Write something down for colleagues."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Write to the participant: an approved snippet by its key, or words of one's own. Claims a free case."""

    text: str = ""
    snippet: str | None = None
    language: str = ""
    """Filled in by the use case, as is the text of a snippet."""


@dataclass(frozen=True, slots=True)
class EndTalk:
    """End the talk: the bot goes on."""


@dataclass(frozen=True, slots=True)
class Decide:
    """Decide; not eligible needs a criterion, other needs a reason. Claims a free case."""

    decision: Decision
    criterion: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take a decision back, and say why."""

    reason: str


@dataclass(frozen=True, slots=True)
class GiveSecond:
    """Agree with a colleague's decision, or not and say why."""

    agrees: bool
    reason: str = ""


Action: TypeAlias = (
    Claim | Release | HandOver | Snooze | Wake | Note | Answer | EndTalk | Decide | Undo | GiveSecond
)
