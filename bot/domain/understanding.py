"""Whether what a person agreed to was understood: a trial's check of it, and what happened in one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.happened import Happened

ATTEMPTS = 2
"""Each question is asked once, and once more after its explanation; then it is for a human."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question about a key fact: what may be chosen, and which of it is right."""

    key: str
    options: tuple[str, ...]
    right: str


@dataclass(frozen=True, slots=True)
class Comprehension:
    """The check of a trial: its questions, and how many must be right, at the first try or the second."""

    checks: tuple[Check, ...]
    needed: int
    stops: bool = False
    """Whether screening ends until a person has explained; else it goes on. Never an exclusion."""

    def check(self, key: str) -> Check:
        """Return the question of that key."""
        return next(item for item in self.checks if item.key == key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComprehensionAnswered(Happened):
    """One attempt at one question of the comprehension check."""

    question: str
    option: str
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComprehensionScored(Happened):
    """The comprehension check is through; where it was not passed, a person is to explain."""

    right: int
    total: int
    needed: int
    passed: bool
    stops: bool
