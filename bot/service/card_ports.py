"""What the cards in the staff group need from the store: where each stands, and which are due."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.service.review_ports import CaseReading, RegisterReading


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the card of a case stands in a group."""

    case: str
    topic: int | None = None
    """The forum topic of the case, where the group has topics."""
    topic_closed: bool = False
    message: int | None = None
    """The message that is the card; None where there is only a topic yet."""
    redraw_at: datetime | None = None
    """When time alone changes what it shows."""


class CardReading(Protocol):
    """Cards, to be looked at."""

    async def due(self, group: int, now: datetime, limit: int) -> list[str]:
        """Return ids of cases whose card in this group is due, the most pressing first."""
        ...

    async def of(self, group: int, case: str) -> Placed | None:
        """Return where the card of a case stands in this group; None where it has none there."""
        ...

    async def case_at(self, group: int, message: int | None, topic: int | None) -> tuple[str, bool] | None:
        """Return the case whose card this message is (and True), or whose topic this is (and False)."""
        ...


class Cards(CardReading, Protocol):
    """Cards, to be noted."""

    async def put(self, group: int, placed: Placed) -> None:
        """Note where a card stands."""
        ...

    async def showed(self, case: str, revision: int) -> None:
        """Note which revision of its case a card shows."""
        ...

    async def take_over(self, group: int) -> None:
        """Let open cases whose card stands in another group have one in this."""
        ...

    async def skip_done(self) -> None:
        """Let cases that were done before they had a card be without one."""
        ...


class CardTransaction(Protocol):
    """A transaction in which cards are noted."""

    @property
    def cards(self) -> Cards: ...


class CardLooking(Protocol):
    """One state of the store throughout."""

    @property
    def cards(self) -> CardReading: ...
    @property
    def cases(self) -> CaseReading: ...
    @property
    def register(self) -> RegisterReading: ...
    async def editions(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Return the bodies of stored editions by content hash."""
        ...


class CardStore(Protocol):
    """The store, as cards need it."""

    def transaction(self) -> AbstractAsyncContextManager[CardTransaction]:
        """Begin a transaction."""
        ...

    def looking(self) -> AbstractAsyncContextManager[CardLooking]:
        """Look at the store as it is at one moment."""
        ...
