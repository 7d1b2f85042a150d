"""What arrived (Inbound) and what is to be said (Reply): keys and parameters, no words yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Started:
    """/start, with the payload of a deep link: `<trial-id>` or `<trial-id>_<source>`."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button was tapped: the conversation, turn and option its token names (untrusted)."""

    conversation: str
    turn: int
    option: int


@dataclass(frozen=True, slots=True)
class TokenForged:
    """A button was tapped whose data we never made."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Text that is not a command."""

    text: str


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command other than /start, without its slash."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """An earlier message was edited; answers never change by that."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentSent:
    """A photo, file, voice note or the like, which is never downloaded."""

    caption: str = ""


@dataclass(frozen=True, slots=True)
class Waited:
    """Nobody wrote for as long as the trial allows."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The bot was away so long that taps may be lost; the present message is due again."""


FromPerson: TypeAlias = Started | Tapped | TokenForged | Typed | Commanded | Edited | AttachmentSent
Inbound: TypeAlias = FromPerson | Waited | Returned

Param: TypeAlias = "str | int | Text | tuple[Text, ...]"


@dataclass(frozen=True, slots=True)
class Text:
    """One approved text by its key; `trial:` keys are the trial's words, the others the bot's own."""

    key: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what choosing it means, and its label."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: paragraphs, and rows of choices under it."""

    parts: tuple[Text, ...]
    rows: tuple[tuple[Choice, ...], ...] = ()
    bilingual: bool = False
    """Said in every language of the trial at once: nobody has chosen one yet."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices in reading order; a button's token names its place here."""
        return tuple(choice for row in self.rows for choice in row)


class Alert(StrEnum):
    """Why staff get one line, without content, in their group: keys of the bot's own texts."""

    URGENT = "alert-urgent"
    PERSON_REQUESTED = "alert-person-requested"
    QUESTION = "alert-question"
    CONTACT_PERMITTED = "alert-contact-permitted"
    CONTACT_WITHDRAWN = "alert-contact-withdrawn"
    MESSAGE = "alert-message"
    LATE = "alert-late"
