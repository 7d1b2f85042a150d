"""Kleene's three-valued logic: what is not known never becomes a no."""

from __future__ import annotations

from enum import Enum


class Truth(Enum):
    """Whether something holds: yes, no, or not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __and__(self, other: Truth) -> Truth:
        if Truth.NO in (self, other):
            return Truth.NO
        if Truth.UNKNOWN in (self, other):
            return Truth.UNKNOWN
        return Truth.YES

    def __or__(self, other: Truth) -> Truth:
        return ~(~self & ~other)

    def __invert__(self) -> Truth:
        return _OPPOSITE[self]

    def __bool__(self) -> bool:
        """Refuse: `if truth:` would quietly turn unknown into yes."""
        raise TypeError("A Truth has three values; compare it with `is Truth.YES`.")


_OPPOSITE = {Truth.YES: Truth.NO, Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN}
