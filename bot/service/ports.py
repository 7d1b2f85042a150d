"""What the use cases need from outside: a store, editions of trials, a clock and a maker of ids."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.case_events import CaseEvent
from bot.domain.conversation import Conversation
from bot.domain.errors import DoorstepError
from bot.domain.events import Event
from bot.domain.messages import FromPerson
from bot.domain.review import Case
from bot.domain.sharing import Identifier
from bot.service.message import Message
from bot.service.record import Record


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

    async def try_blocked(self) -> None:
        """Let what waits for those who blocked the bot be tried once more: a change of mind may be lost."""
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
