"""What happened, in the past tense: the audit trail of a conversation.

A conversation is nothing but its events: see bot.domain.conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.agreeing import (
    AgreementsLeft,
    AgreementsOpened,
    AgreementsSent,
    ConsentAcknowledged,
    ConsentCarriedOver,
    ConsentDeclined,
    ConsentMessageNoted,
    ConsentReopened,
    ConsentTextChanged,
    ConsentWithdrawn,
    ContactAnswered,
    ContactReopened,
    RecheckAnswered,
    RemindersAnswered,
)
from bot.domain.asking import (
    EmergencyAcknowledged,
    EmergencyNoticed,
    PersonRequested,
    QuestionDropped,
    QuestionPassedOn,
    QuestionTyped,
)
from bot.domain.happened import Happened
from bot.domain.keeping import CopyRequested, NewRoundBegan, PromptShown, RetentionEnded
from bot.domain.sharing import IdentityDeclined, IdentityShared, IdentityWithdrawn, NameDropped, NameTyped
from bot.domain.talks import (
    AnswerDelayed,
    TalkEnded,
    TeamWrote,
    WroteToTeam,
)
from bot.domain.trial import Outcome, Value, Verdict
from bot.domain.understanding import (
    ComprehensionAnswered,
    ComprehensionScored,
)

__all__ = (  # those defined elsewhere: every event is found here
    "AgreementsLeft",
    "AgreementsOpened",
    "AgreementsSent",
    "AnswerDelayed",
    "ComprehensionAnswered",
    "ComprehensionScored",
    "ConsentAcknowledged",
    "ConsentCarriedOver",
    "ConsentDeclined",
    "ConsentMessageNoted",
    "ConsentReopened",
    "ConsentTextChanged",
    "ConsentWithdrawn",
    "ContactAnswered",
    "ContactReopened",
    "EmergencyAcknowledged",
    "EmergencyNoticed",
    "Happened",
    "IdentityDeclined",
    "IdentityShared",
    "IdentityWithdrawn",
    "NameDropped",
    "NameTyped",
    "PersonRequested",
    "QuestionDropped",
    "QuestionPassedOn",
    "QuestionTyped",
    "RecheckAnswered",
    "RemindersAnswered",
    "TalkEnded",
    "TeamWrote",
    "WroteToTeam",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningOpened(Happened):
    """A person opened a screening for a trial; `previous` is an earlier one of theirs."""

    trial: str
    content_hash: str
    language: str | None
    source: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageAsked(Happened):
    """The participant opened the language picker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChosen(Happened):
    """The participant chose the language of everything that follows."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionRead(Happened):
    """The participant went on from the summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionReopened(Happened):
    """The participant went back to the summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecorded(Happened):
    """A question was answered, for the first time or again."""

    question: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked(Happened):
    """The participant asked which answers they can change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBegan(Happened):
    """The participant went back to one question."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLeft(Happened):
    """The participant returned without changing anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReached(Happened):
    """The participant submitted their answers and was told this."""

    outcome: Outcome
    ending: str
    criteria: Mapping[str, Verdict]
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    recheck: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MinorRecognised(Happened):
    """An age below the floor was answered: everything else that was said is forgotten."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopUndone(Happened):
    """The participant goes on after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoundOffered(Happened):
    """The participant came back after an ending and was asked whether to begin anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoundDeclined(Happened):
    """The participant leaves the ended screening as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Happened):
    """The participant wants silence until they write again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Happened):
    """The participant wrote again after a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(Happened):
    """A reminder of a paused screening was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckInvited(Happened):
    """The participant was invited to go through the questions again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Happened):
    """The participant ended the screening; answers stay until retention or erasure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired(Happened):
    """Nobody wrote for so long that the screening closed as incomplete. Never an exclusion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked(Happened):
    """The participant asked to be erased and is being asked to confirm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCancelled(Happened):
    """The participant keeps their answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Happened):
    """The participant was erased; nothing of what they said is kept."""


Event: TypeAlias = (
    ScreeningOpened
    | LanguageAsked
    | LanguageChosen
    | IntroductionRead
    | IntroductionReopened
    | ConsentAcknowledged
    | ConsentDeclined
    | ConsentReopened
    | AnswerRecorded
    | ChangeAsked
    | ChangeBegan
    | ChangeLeft
    | OutcomeReached
    | ContactAnswered
    | ContactReopened
    | MinorRecognised
    | IdentityShared
    | IdentityDeclined
    | IdentityWithdrawn
    | NameTyped
    | NameDropped
    | StopUndone
    | NewRoundOffered
    | NewRoundDeclined
    | PersonRequested
    | QuestionTyped
    | QuestionPassedOn
    | QuestionDropped
    | EmergencyNoticed
    | EmergencyAcknowledged
    | TeamWrote
    | WroteToTeam
    | TalkEnded
    | AnswerDelayed
    | Paused
    | Resumed
    | RemindersAnswered
    | Reminded
    | RecheckAnswered
    | RecheckInvited
    | Stopped
    | Expired
    | NewRoundBegan
    | PromptShown
    | CopyRequested
    | RetentionEnded
    | ConsentMessageNoted
    | ConsentCarriedOver
    | ConsentTextChanged
    | ConsentWithdrawn
    | AgreementsOpened
    | AgreementsSent
    | AgreementsLeft
    | ComprehensionAnswered
    | ComprehensionScored
    | ErasureAsked
    | ErasureCancelled
    | Erased
)
