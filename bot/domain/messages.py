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
class ContactSent:
    """A phone number as Telegram sends one; `own` where Telegram says that it is the sender's."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class Waited:
    """Nobody wrote for as long as the trial allows."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The bot was away so long that taps may be lost; the present message is due again."""


FromPerson: TypeAlias = (
    Started | Tapped | TokenForged | Typed | Commanded | Edited | AttachmentSent | ContactSent
)
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


ANYTIME = {"urgent": 97, "agreements": 98}
"""Choices that may be chosen from an older message too, with their places: they help, or only show."""
AT_THE_END = {"change": 90, "person": 91, "about": 92, "again": 93}
"""Choices of an end, which stands above the question who somebody is: they may leave it unanswered."""
BESIDE = {"mydata_file": 99, **AT_THE_END}
"""Choices beside the present message that go with its turn, so that a second tap does nothing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: paragraphs, and rows of choices under it."""

    parts: tuple[Text, ...]
    rows: tuple[tuple[Choice, ...], ...] = ()
    bilingual: bool = False
    """Said in every language of the trial at once: nobody has chosen one yet."""
    copy: bool = False
    """Comes with a file that holds all that is kept of its person."""
    keys: bool = False
    """Its choices stand in the place of the keyboard, the first asks for the phone number: only so can it."""
    clears: bool = False
    """Takes such choices away again; it has none of its own."""
    identifies: bool = False
    """Shows who its person is: nobody else may see it who may not see that."""
    language: str | None = None
    """Said in this language, whatever the conversation's is: a copy of what was agreed to in it."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices in reading order; a button's token names its place here."""
        return tuple(choice for row in self.rows for choice in row)


class Alert(StrEnum):
    """Why staff get one line, without content, in their group: keys of the bot's own texts."""

    URGENT = "alert-urgent"
    URGENT_ASIDE = "alert-urgent-aside"
    PERSON_REQUESTED = "alert-person-requested"
    QUESTION = "alert-question"
    CONTACT_PERMITTED = "alert-contact-permitted"
    CONTACT_WITHDRAWN = "alert-contact-withdrawn"
    CONSENT_WITHDRAWN = "alert-consent-withdrawn"
    COMPREHENSION = "alert-comprehension"
    MESSAGE = "alert-message"
    LATE = "alert-late"
