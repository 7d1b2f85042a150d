"""Events about the record itself: how long it is kept, who was given a copy, what was not accepted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.happened import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoundBegan(Happened):
    """The participant began a new round, `next`: nothing of this one is due any more but its end."""

    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptShown(Happened):
    """An answer was not accepted, and this text, by its key, told why; `number` if one was typed.

    Words that were not accepted are never kept: they may be a date of birth.
    """

    question: str
    prompt: str
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequested(Happened):
    """The participant was sent a file with all that is kept of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionEnded(Happened):
    """The time for which this was to be kept, after ending so, was over: what was said is not kept."""

    ended: str
    days: int
