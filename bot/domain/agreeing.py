"""What happened about what a person agreed to: each acknowledgement and each permission on its own.

`digest` is the SHA-256 of the exact text they saw, `edition` the content hash of the edition whose words it
was, `version` that edition's label. Events written before these were recorded have them empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.happened import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAcknowledged(Happened):
    """One acknowledgement was given. Not informed consent, which happens at the site."""

    key: str
    language: str
    digest: str
    edition: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDeclined(Happened):
    """One acknowledgement was declined: nothing about health is asked or kept."""

    key: str
    language: str
    digest: str
    edition: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentReopened(Happened):
    """The participant went back to an acknowledgement, to read and decide again."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAnswered(Happened):
    """The participant said whether the study team may contact them."""

    permitted: bool
    language: str = ""
    digest: str = ""
    edition: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReopened(Happened):
    """The participant asks for a person after a no: they are asked again about contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersAnswered(Happened):
    """The participant said whether to be reminded of what they paused."""

    wanted: bool
    language: str = ""
    digest: str = ""
    edition: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckAnswered(Happened):
    """The participant said whether to be asked again once a temporary reason may be over."""

    wanted: bool
    language: str = ""
    digest: str = ""
    edition: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentMessageNoted(Happened):
    """The number of the Telegram message by which the event before was said; an erasure takes it away."""

    key: str
    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCarriedOver(Happened):
    """An acknowledgement of the round before holds here too: its exact text has not changed."""

    key: str
    language: str
    digest: str
    edition: str
    version: str
    given_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTextChanged(Happened):
    """Texts of acknowledgements are others in the edition named: these are asked anew, in its words."""

    keys: tuple[str, ...]
    edition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Happened):
    """The participant took back one acknowledgement or permission."""

    key: str
    language: str
    digest: str
    edition: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementsOpened(Happened):
    """The participant looks at what they agreed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementsSent(Happened):
    """The participant was sent a copy of what they agreed to, word for word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementsLeft(Happened):
    """The participant returned from what they agreed to."""
