"""What happens between a participant and a human."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.happened import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWrote(Happened):
    """A person from the study team wrote: the bot is silent from now on. `case` is what it is about."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WroteToTeam(Happened):
    """The participant wrote to that person; None where it may not be kept.

    `edited` is a message they changed afterwards; the first one stays as it was.
    """

    text: str | None
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEnded(Happened):
    """The talk with a person ended; the bot goes on."""

    by: str
    """`staff`, `participant` or `silence`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDelayed(Happened):
    """The participant was told that the study team is late to answer."""
