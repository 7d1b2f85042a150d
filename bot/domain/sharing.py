"""Who somebody is, as far as they chose to say so: a phone number and a name, each asked once and last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.happened import Happened


class Identifier(StrEnum):
    """What a person may share with the site."""

    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Shared:
    """What they shared, and when."""

    value: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityShared(Happened):
    """The participant shared their own phone number or a name; what it is goes with its withdrawal."""

    kind: Identifier
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDeclined(Happened):
    """The participant does not share it, and is not asked again."""

    kind: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityWithdrawn(Happened):
    """It is not kept any more: taken back, or what it was given for is over."""

    kind: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTyped(Happened):
    """The participant typed a name and is shown it. The words are kept only once they say it is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameDropped(Happened):
    """It is not right; they type it again."""
