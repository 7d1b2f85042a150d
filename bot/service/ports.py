"""What the use cases need from outside: a store, editions of trials, a clock and a maker of ids."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.case_events import CaseEvent
from bot.domain.conversation import Conversation
from bot.domain.errors import DoorstepError
from bot.domain.events import Event
from bot.domain.messages import FromPerson, Reply, Text
from bot.domain.review import Case
from bot.domain.sharing import Identifier
from bot.domain.trial import Trial
from bot.service.record import Record


@dataclass(frozen=True, slots=True)
class Button:
    """A button as it is sent: a label with a token of ours, or with a link."""

    label: str
    token: str | None = None
    start: str | None = None
    """Opens the bot with this deep-link payload instead of sending a token."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key in the place of the phone's keyboard: tapping it sends its label, or the person's own number."""

    label: str
    asks_phone: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message in its final words: Telegram's HTML, and rows of buttons under it."""

    html: str
    rows: tuple[tuple[Button, ...], ...] = ()
    document: Document | None = None
    silent: bool = False
    """Arrives without a sound: nobody has to look at it now."""
    keys: tuple[tuple[Key, ...], ...] = ()
    clears: bool = False
    """Takes keys away that stand on the phone."""
    identifies: bool = False
    """Shows who its person is."""

    @property
    def passing(self) -> bool:
        """Whether nothing of it is kept once it was sent: what it shows is kept elsewhere, and goes there."""
        return self.document is not None or self.identifies


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update, as read: who sent what. `key` is unique for ever: bot id and update id."""

    key: str
    person: int
    """Telegram's id of the person, and of their private chat."""
    inbound: FromPerson
    phone_language: str | None = None
    told_at: datetime | None = None
    """Telegram's own time of the message, where it gives one."""
    message: int | None = None
    """Number of the message whose button was tapped, or else of the one that was written."""
    raw: str = ""
    """The update as JSON, kept only if it has to be set aside."""


@dataclass(frozen=True, slots=True)
class Person:
    """A participant as the store knows them, with all their conversations, oldest first."""

    id: str
    telegram_id: int
    conversations: tuple[Conversation, ...] = ()
    current: str | None = None
    """Id of the conversation that what they write belongs to."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation after a turn, with what happened in it."""

    person: str
    conversation: Conversation
    events: tuple[Event, ...]
    told_at: datetime | None = None
    arrived: bool = True
    """Whether the participant did something: their last activity is now."""
    due_at: datetime | None = None
    """When something will be due in it by time alone."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message due in a chat. Within a chat, messages leave in the order they were kept."""

    chat: int
    message: Message
    urgent: bool = False
    """Tells somebody in an emergency what to do: its chat comes before all others."""
    held_until: datetime | None = None
    """Leaves no sooner, unless its person writes before that: quiet hours."""
    conversation: str | None = None
    """What it belongs to, and goes with when the time of that is over; None for a line to staff."""


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A review case after a turn, with what happened in it."""

    case: Case
    events: tuple[CaseEvent, ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An update that could not be handled, set aside with the reason so that its neighbours go on."""

    key: str
    reason: str
    body: str = ""
    """The raw update as JSON, where it is known."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """That something was erased, and when, by a code that says nothing about whom."""

    code: str
    kind: str
    at: datetime


@dataclass(slots=True)
class Changes:
    """All that one batch leaves behind; kept in one transaction or not at all."""

    newcomers: list[Person] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    unshared: list[tuple[str, Identifier, int]] = field(default_factory=list)
    """Conversation, what was taken back, and the position before which no event may hold it any more."""
    current: dict[str, str] = field(default_factory=dict)
    """Person id to the conversation they now talk in."""
    forgotten: dict[str, int] = field(default_factory=dict)
    """Conversation id to the position before which nothing of what was said may stay in its events."""
    erased: list[str] = field(default_factory=list)
    """Ids of persons erased: what they said, their look-up value and their name for us are gone."""
    over: list[str] = field(default_factory=list)
    """Ids of conversations whose time is over: what was said in them is gone, how they ended stays."""
    receipts: list[Receipt] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    cases: list[KeptCase] = field(default_factory=list)
    """Review cases; for each, turn after turn in order."""


class Rendered(Protocol):
    """A reply in words."""

    @property
    def html(self) -> str: ...
    @property
    def rows(self) -> tuple[tuple[str, ...], ...]: ...


class Edition(Protocol):
    """A trial with every word of it, in one fixed version."""

    @property
    def trial(self) -> Trial: ...
    @property
    def body(self) -> bytes: ...
    def render(self, reply: Reply, language: str | None) -> Rendered:
        """Return the words of a reply; in every language where none is chosen yet."""
        ...

    def label(self, text: Text, language: str | None) -> str:
        """Return one text plain; without a language, in the trial's first."""
        ...


class Editions(Protocol):
    """The trials on offer, and older editions that conversations are pinned to."""

    @property
    def offered(self) -> Mapping[str, Edition]:
        """The newest edition of each trial, by trial id."""
        ...

    def known(self, content_hash: str) -> Edition | None:
        """Return the edition of that hash if it is at hand."""
        ...

    def renewed(self, pinned: str, newer: str) -> Edition:
        """Return an edition with the acknowledgements of a newer one; both by hash, and at hand."""
        ...

    def remember(self, body: bytes) -> Edition:
        """Compile an edition from the store and keep it at hand."""
        ...


class Quarantine(Protocol):
    """Updates that could not be handled, and what an operator can do with them."""

    async def listed(self) -> list[Quarantined]:
        """Return what is set aside, oldest first."""
        ...

    async def taken_up(self, key: str) -> None:
        """Forget one that was handled after all: its key may be claimed again in the same transaction."""
        ...


class HeldCases(Protocol):
    """Review cases that are to be changed, held against other workers until the end."""

    async def hold(self, case_ids: Collection[str]) -> dict[str, Case]:
        """Return cases by id."""
        ...

    async def of_conversations(self, conversations: Collection[str]) -> dict[str, Case]:
        """Return cases by the conversation they are about."""
        ...

    async def person_of(self, case_id: str) -> Person | None:
        """Return the participant of a case with all their conversations, their chat held; None if erased.

        Ask for this before `hold`: chats are held first, by everybody.
        """
        ...

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of cases in which something is due by time, the longest waiting first."""
        ...


class Transaction(Protocol):
    """One transaction on the store: everything is kept when it ends well, nothing when it does not."""

    async def claim(self, keys: Sequence[str], now: datetime) -> frozenset[str]:
        """Mark update keys as seen; return those that were not seen before."""
        ...

    async def people(self, telegram_ids: Sequence[int]) -> dict[int, Person]:
        """Return the participants known by these ids, who have written; unknown ones are left out."""
        ...

    async def prune(self, now: datetime) -> None:
        """Forget update keys so old that Telegram delivers them no more."""
        ...

    async def editions(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Return the bodies of stored editions by content hash."""
        ...

    async def keep_edition(
        self, body: bytes, content_hash: str, trial: str, version: str, now: datetime
    ) -> None:
        """Keep an edition for conversations to be pinned to; one kept already stays as it is."""
        ...

    async def contacts(self, trial: str) -> int:
        """Return how many conversations of a trial have permission to be contacted."""
        ...

    async def due(self, now: datetime, limit: int) -> list[Person]:
        """Return people with conversations in which something is due by time, the longest waiting first.

        Each person comes with only those conversations, held against other workers until the end.
        """
        ...

    async def record_of(self, person: str) -> Record:
        """Return all that is kept of a person, who is held by this transaction."""
        ...

    async def note_absence(self, first: datetime, last: datetime) -> None:
        """Remember to ask people again who were last seen in their conversation between these moments."""
        ...

    async def missed(self, limit: int) -> list[Person]:
        """Return the next of those to be asked again after an absence; each of them once."""
        ...

    async def last_poll(self) -> datetime | None:
        """Return when Telegram was last asked for updates."""
        ...

    async def note_poll(self, now: datetime) -> None:
        """Remember that Telegram was asked for updates now."""
        ...

    @property
    def quarantine(self) -> Quarantine:
        """What is set aside, within this transaction."""
        ...

    @property
    def cases(self) -> HeldCases:
        """Review cases, within this transaction."""
        ...

    async def keep(self, changes: Changes, now: datetime) -> None:
        """Keep all changes of a batch; Conflict where someone else changed a conversation meanwhile."""
        ...


class Store(Protocol):
    """Where everything durable lives."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction."""
        ...

    async def tidy(self, now: datetime) -> None:
        """Do what is due between transactions: destroy keys of erased people, write a checkpoint."""
        ...


class Conflict(Exception):  # noqa: N818 -- says what happened; nobody shows it to people
    """Another transaction changed the same conversation first."""


class StoreUnavailable(DoorstepError):  # noqa: N818 -- says what happened
    """The store cannot be read or written now; nothing was kept, and trying again later is right."""


NewId = Callable[[], str]
"""Makes eight random lower-case letters and digits; enters at app.py."""
