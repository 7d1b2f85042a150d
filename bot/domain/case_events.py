"""What happened in a review case, in the past tense: a chain of its own beside the conversation's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.domain.staff import Role


@dataclass(frozen=True, slots=True)
class By:
    """Who did it: the id of a member of staff and the role that allowed it, or the participant, or time."""

    who: str
    role: Role | None = None


PARTICIPANT = By("participant")
SYSTEM = By("system")


class ReasonKind(StrEnum):
    """Why staff should look at a conversation."""

    URGENT = "urgent"
    CONTACT = "contact_permitted"
    PERSON = "person_requested"
    QUESTION = "question_for_team"
    UNDETERMINED = "undetermined"
    CONTRADICTION = "contradiction"
    COMPREHENSION = "comprehension_failed"
    REPEAT = "repeat_screening"
    CONTACT_WITHDRAWN = "contact_withdrawn"


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """One reason; `about` is a criterion's id where it is undetermined, a flag where answers contradict."""

    kind: ReasonKind
    about: str = ""


class Decision(StrEnum):
    """What staff decided. Exported: a stable surface."""

    MAY_BE_ELIGIBLE = "confirmed_may_be_eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNREACHABLE = "unreachable"
    WITHDREW = "withdrew"
    DUPLICATE = "duplicate"
    REFERRED = "referred"
    OTHER = "other"


class Closing(StrEnum):
    """Why a case closed without anybody's decision."""

    ERASED = "erased"
    FORGOTTEN = "forgotten"
    """A minor, or somebody who declined: nothing that was said stays."""
    WITHDREW = "withdrew"
    """The participant ended the screening, or took back the permission to be contacted."""
    SETTLED = "settled"
    """Answers were changed, and nothing is left to look at."""
    RETENTION = "retention"
    """The time for which what was said is kept is over."""


GONE = frozenset({Closing.ERASED, Closing.RETENTION})
"""What was said is gone with its key: nobody can do anything about it any more."""
EMPTYING = GONE | {Closing.FORGOTTEN}
"""What staff thought of somebody goes with what that person said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InCase:
    """Something that happened in a case at `at` (UTC)."""

    at: datetime
    by: By


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(InCase):
    """A case was opened for a conversation."""

    conversation: str
    participant: str
    trial: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonAdded(InCase):
    """There is one more reason to look at it."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRemoved(InCase):
    """A reason holds no more, since the participant changed something."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPromised(InCase):
    """The study team should answer by `due_by`."""

    due_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(InCase):
    """A member of staff took the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(InCase):
    """The case is free for anybody again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(InCase):
    """The case was given to a colleague."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed(InCase):
    """The case is out of the queue until then."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken(InCase):
    """The case is back in the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(InCase):
    """A note for colleagues; participants never see it."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySent(InCase):
    """A person from the study team wrote to the participant: an approved snippet, or words of their own."""

    text: str
    """As it was sent, plain."""
    language: str
    snippet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantWrote(InCase):
    """The participant wrote to the study team; no text where it may not be kept.

    `edited` is a message they changed afterwards: it stands beside the first one and never replaces it.
    `emergency` where they told of one, in words or by its button.
    """

    text: str | None
    edited: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkOver(InCase):
    """The talk with the participant ended: by staff, by the participant, or by a day of silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(InCase):
    """Staff decided; `criterion` names the one that is not met."""

    decision: Decision
    criterion: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionUndone(InCase):
    """The decision was taken back, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReviewAsked(InCase):
    """The trial wants a second reviewer, who is not the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReviewGiven(InCase):
    """A second reviewer agrees, or does not and says why."""

    agrees: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(InCase):
    """Something new happened after the case was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarmed(InCase):
    """The promised time passed without an answer; `told` says whether the participant was told so."""

    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(InCase):
    """The case ended without a decision."""

    why: Closing


CaseEvent: TypeAlias = (
    CaseOpened
    | ReasonAdded
    | ReasonRemoved
    | AnswerPromised
    | Claimed
    | Released
    | HandedOver
    | Snoozed
    | Woken
    | NoteAdded
    | ReplySent
    | ParticipantWrote
    | TalkOver
    | Decided
    | DecisionUndone
    | SecondReviewAsked
    | SecondReviewGiven
    | Reopened
    | Alarmed
    | CaseClosed
)
