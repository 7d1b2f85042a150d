"""What signing in needs from the store."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.domain.access import Factor, Session
from bot.service.review_ports import Register


class Doors(Protocol):
    """Sign-in links, sessions and second factors. Only digests of what people hold are kept."""

    async def put_link(self, digest: bytes, staff: str, now: datetime, until: datetime) -> None:
        """Keep a sign-in link; older ones of the same member of staff open nothing any more."""
        ...

    async def links_since(self, staff: str, since: datetime) -> int:
        """Return how many links were made for somebody since then."""
        ...

    async def link(self, digest: bytes, now: datetime) -> str | None:
        """Return whose unused, unexpired link this is."""
        ...

    async def use_link(self, digest: bytes, now: datetime) -> str | None:
        """Use up a link and return whose it was; None for all but one who try."""
        ...

    async def begin_session(self, session: Session) -> None:
        """Keep a new session."""
        ...

    async def keep_session(self, session: Session) -> bool:
        """Keep a changed session; False where it was ended meanwhile, and stays so."""
        ...

    async def session(self, digest: bytes, *, hold: bool = False) -> Session | None:
        """Return the session of that digest; on `hold` nobody else changes it meanwhile.

        None also for one that this installation did not write so.
        """
        ...

    async def end_session(self, digest: bytes) -> None:
        """Forget a session."""
        ...

    async def end_sessions_of(self, staff: str) -> None:
        """Forget all sessions and links of a member of staff."""
        ...

    async def factor(self, staff: str, *, hold: bool = False) -> Factor | None:
        """Return the second factor of a member of staff; on `hold` nobody else takes a code meanwhile.

        LOST for one that this installation did not write so.
        """
        ...

    async def begin_factor(self, staff: str, factor: Factor) -> bool:
        """Keep the second factor of somebody who has none; False where they have one."""
        ...

    async def keep_factor(self, staff: str, factor: Factor) -> None:
        """Keep a changed second factor."""
        ...

    async def forget_factor(self, staff: str) -> bool:
        """Forget the second factor of a member of staff; tell whether they had one."""
        ...

    async def prune(self, before: datetime) -> None:
        """Forget links made, and sessions begun, before that moment."""
        ...


class AccessTransaction(Protocol):
    """A transaction in which somebody signs in."""

    @property
    def doors(self) -> Doors:
        """Links, sessions and factors, within this transaction."""
        ...

    @property
    def register(self) -> Register:
        """The staff register, within this transaction."""
        ...


class AccessStore(Protocol):
    """The store, as signing in needs it."""

    def transaction(self) -> AbstractAsyncContextManager[AccessTransaction]:
        """Begin a transaction."""
        ...

    def looking(self) -> AbstractAsyncContextManager[AccessTransaction]:
        """Look at the store as it is at one moment; nothing can be kept."""
        ...
