"""Events of somebody who needs a person, or help at once."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.happened import Happened
from bot.domain.peril import Peril


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRequested(Happened):
    """The participant asked to talk to a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTyped(Happened):
    """The participant wrote something for a person. The words are kept only if they are passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPassedOn(Happened):
    """The participant wants the study team to have what they wrote; None where it may not be kept."""

    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDropped(Happened):
    """The participant does not want it passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyNoticed(Happened):
    """An emergency was told of, in words or by the button for it; `text` only once health data may be kept.

    `peril` chose the first lines of the safety text.
    """

    text: str | None
    peril: Peril = Peril.GENERAL


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAcknowledged(Happened):
    """The participant went on after the safety text."""
