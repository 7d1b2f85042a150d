"""What the use cases of staff need from the store: cases, the staff register, what the person saw."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from bot.domain.case_events import CaseEvent
from bot.domain.conversation import Conversation
from bot.domain.errors import Refused
from bot.domain.events import Event
from bot.domain.review import Case, Priority, State
from bot.domain.staff import InstallationEvent, Staff
from bot.service.message import Message
from bot.service.ports import HeldCases, Transaction
from bot.service.saved_view_ports import SavedViews, SavedViewsReading

UNRESOLVED = frozenset(State) - {State.RESOLVED}


class NotAllowed(Refused):
    """A request of staff that may not be carried out; `key` is a text of console.ftl."""

    def __init__(self, key: str) -> None:
        """`key` begins with `review-`."""
        super().__init__(key)
        self.key = key


class Cursor(NamedTuple):
    """Where a page of the queue ends; the next begins behind it."""

    priority: int
    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases of the queue are wanted; None means any."""

    resolved: bool = False
    """True: those that are done, the newest first; else those that are not, the most pressing first."""
    trial: str | None = None
    priority: Priority | None = None
    state: State | None = None
    source: str | None = None
    claimed_by: str | None = None
    """Id of a member of staff."""
    unclaimed: bool = False
    snoozed: bool = False
    """True: only those put away for now; else only those that are not."""


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case, with the participant's code, and where it stands among those that press as much."""

    case: Case
    code: str
    due_by: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it was sent to a participant, or is still to be."""

    at: datetime
    message: Message
    sent: bool


@dataclass(frozen=True, slots=True)
class Story:
    """All that is kept of one conversation: its state, what happened, and what the person was shown."""

    conversation: Conversation
    events: Sequence[Event] = ()
    seen: Sequence[Seen] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases there are by what is asked most; never more than `most` are counted."""

    unclaimed: int
    mine: int
    overdue: int
    snoozed: int
    urgent_mine: int
    urgent_elsewhere: int
    """Urgent ones that a colleague holds."""
    most: int


@dataclass(frozen=True, slots=True)
class Tally:
    """One conversation as the dashboard and the screening log count it."""

    code: str
    conversation: Conversation
    case: Case | None
    history: Sequence[CaseEvent] = field(default_factory=tuple)


class Revisions(NamedTuple):
    """What differs where the page of a case would show something else."""

    case: int
    talk: int
    """Events of its conversation: the participant goes on without the case."""
    waits: bool
    """Whether something is on its way to the participant."""


class CaseReading(Protocol):
    """Review cases, to be shown: nothing is held, nobody waits."""

    async def page(self, wanted: Filters, after: Cursor | None, limit: int) -> list[StoredCase]:
        """Return the next cases of the queue, in order."""
        ...

    async def counts(self, staff: str, now: datetime, most: int) -> Counts:
        """Return how many are unclaimed, this person's, overdue and snoozed; counting ends at `most`."""
        ...

    async def look(self, case_id: str) -> StoredCase | None:
        """Return a case."""
        ...

    async def find(self, code: str) -> list[StoredCase]:
        """Return the cases of a participant code, a conversation's code or a case's id."""
        ...

    async def first_revisions(self, limit: int) -> list[tuple[str, int]]:
        """Return id and revision of the first cases of the queue, in order."""
        ...

    async def revisions(self, case_ids: Collection[str]) -> dict[str, Revisions]:
        """Return what changes with what the pages of cases show, by id: one query for all of them."""
        ...

    async def history(self, case_id: str) -> list[CaseEvent]:
        """Return what is kept of a case's events, oldest first."""
        ...

    async def story(self, conversation: str) -> Story | None:
        """Return what is kept of a conversation; None where there is none of that id."""
        ...

    def tallies(self, since: datetime | None, until: datetime | None) -> AsyncIterator[Tally]:
        """Yield every conversation opened in a span of time with its case, in order of opening."""
        ...


class Cases(HeldCases, Protocol):
    """Review cases, to be changed."""

    async def look(self, case_id: str) -> StoredCase | None:
        """Return a case without holding it: to know what it is about."""
        ...

    async def claimed(self, staff: str) -> list[str]:
        """Return the ids of the cases somebody holds."""
        ...


class RegisterReading(Protocol):
    """The staff register, to be looked at."""

    async def every(self) -> list[Staff]:
        """Return all who ever were on it, by name."""
        ...

    async def by_id(self, staff: str) -> Staff | None:
        """Return a member of staff, also one who left."""
        ...

    async def by_telegram(self, telegram_id: int) -> Staff | None:
        """Return the member of staff with that Telegram account; those who left have none any more."""
        ...

    async def recorded(self, before: int | None, limit: int) -> list[tuple[int, InstallationEvent]]:
        """Return events of the installation with their positions, the newest first."""
        ...


class Register(RegisterReading, Protocol):
    """The staff register, and the chain of events of the installation."""

    async def put(self, staff: Staff, now: datetime) -> None:
        """Keep a member of staff, new or changed. Conflict where the Telegram account is another's."""
        ...

    async def record(self, event: InstallationEvent) -> None:
        """Append an event to the installation's chain."""
        ...


class SignIns(Protocol):
    """What somebody signed in with, as far as the register ends it."""

    async def forget_factor(self, staff: str) -> bool:
        """Forget the second factor of a member of staff; tell whether they had one."""
        ...

    async def end_sessions_of(self, staff: str) -> None:
        """Forget all sessions and links of a member of staff."""
        ...


class ReviewTransaction(Transaction, Protocol):
    """A transaction in which staff work."""

    @property
    def doors(self) -> SignIns:
        """What staff signed in with, within this transaction."""
        ...

    @property
    def cases(self) -> Cases:
        """Review cases, within this transaction."""
        ...

    @property
    def register(self) -> Register:
        """The staff register, within this transaction."""
        ...

    @property
    def saved_views(self) -> SavedViews:
        """Saved views of the queue, within this transaction."""
        ...


class Reading(Protocol):
    """One state of the store throughout, which holds up nobody."""

    @property
    def cases(self) -> CaseReading:
        """Review cases."""
        ...

    @property
    def register(self) -> RegisterReading:
        """The staff register."""
        ...

    @property
    def saved_views(self) -> SavedViewsReading:
        """Saved views of the queue."""
        ...

    async def editions(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Return the bodies of stored editions by content hash."""
        ...


class ReviewStore(Protocol):
    """The store, as the use cases of staff need it."""

    def transaction(self) -> AbstractAsyncContextManager[ReviewTransaction]:
        """Begin a transaction."""
        ...

    def looking(self) -> AbstractAsyncContextManager[Reading]:
        """Look at the store as it is at one moment."""
        ...
