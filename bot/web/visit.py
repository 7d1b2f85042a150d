"""One request to the console: who makes it, in which language, and what they sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from starlette.requests import Request

from bot.service.access import Access, Seat
from bot.service.review import Office
from bot.service.review_views import Figures, LogRow
from bot.web.kept import Checked as Checked
from bot.web.kept import Kept, LastCheck
from bot.web.live import Live

Newest = tuple[int, Sequence[LogRow]]
"""How many lines of the screening log there are, and the newest of them."""
Clock = Callable[[], datetime]


class Texts(Protocol):
    """The console's own words."""

    @property
    def languages(self) -> Mapping[str, str]:
        """What each language calls itself, by its code; the first is the default."""
        ...

    def say(self, language: str, key: str, **params: str | int) -> str:
        """Return a text, plain."""
        ...


@dataclass(frozen=True, slots=True)
class LanguageState:
    """How a language of a trial stands: offered or not, approved by a committee or not."""

    language: str
    standing: str
    """approved, expired, not-yet, other-content, none; or not-offered: a file nobody gets to read."""
    approval: tuple[str, str, date, date] | None = None
    """Committee, number, the day it was approved and the day it expires."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page of the console works with: wired once by app.py."""

    office: Office
    access: Access
    texts: Texts
    clock: Clock
    new_secret: Callable[[], bytes]
    origin: str
    """Where staff reach the console, without a path: what a form must come from."""
    demo: tuple[tuple[str, str, str], ...] = ()
    """Id, name and role of members of staff whom anybody may be by a tap: in a demo on this machine only."""

    live: Live = field(default_factory=Live)
    kept: Kept[Figures] = field(default_factory=lambda: Kept(timedelta(minutes=5)))
    log: Kept[Newest] = field(default_factory=lambda: Kept(timedelta(minutes=1)))
    """The screening log is worked with: a minute, no more."""
    last_check: LastCheck = field(default_factory=LastCheck)
    check: Callable[[], Awaitable[Checked]] = field(kw_only=True)
    """Looks through the whole audit trail."""
    standings: Callable[[], Mapping[str, Sequence[LanguageState]]] = field(kw_only=True)
    """Tells how the languages of each trial stand today, by the trial's id."""

    @property
    def https(self) -> bool:
        """Whether cookies may be bound to https."""
        return self.origin.startswith("https://")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, let in."""

    request: Request
    desk: Desk
    language: str
    nonce: str
    now: datetime
    form: Mapping[str, str]
    token: str | None
    """The cookie of the session; None where nobody is signed in."""
    seated: Seat | None

    @property
    def seat(self) -> Seat:
        """Who is signed in; only for pages that nobody else is let in to."""
        if self.seated is None:
            raise LookupError("This page was shown to somebody who is not signed in.")
        return self.seated

    @property
    def who(self) -> str:
        """Id of the member of staff who asks."""
        return self.seat.staff.id

    @property
    def place(self) -> str:
        """Where this page is. Starlette's own `url` chokes on some of the hosts that a caller may name."""
        path: str = self.request.scope["path"]
        return path

    @property
    def path(self) -> str:
        """Where this page is, with its query."""
        query = self.request.scope["query_string"].decode("latin-1")
        return self.place + (f"?{query}" if query else "")

    def say(self, key: str, **params: str | int) -> str:
        """Return one of the console's texts in the visitor's language."""
        return self.desk.texts.say(self.language, key, **params)
