"""What staff look at: the queue, a case, the screening log, the figures. Nothing here changes a case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from bot.service.review import Office
from bot.service.review_ports import Counts, Cursor, Filters
from bot.service.review_views import CaseView, Figures, LogRow, QueuePage, QueueRow

PAGE = 50


async def queue(
    office: Office,
    wanted: Filters,
    who: str,
    *,
    after: Cursor | None = None,
    now: datetime,
    limit: int = PAGE,
) -> QueuePage:
    """Return a page of the queue: the most pressing first, of those what is due first."""
    raise NotImplementedError


async def counts(office: Office, who: str, *, now: datetime) -> Counts:
    """Return the figures beside the queue's tabs; counting ends at 1,000."""
    raise NotImplementedError


async def search(office: Office, code: str, who: str, *, now: datetime) -> list[QueueRow]:
    """Return the cases of a participant code, a talk's code (as /mydata tells it), or a case's id."""
    raise NotImplementedError


async def case_view(
    office: Office, case_id: str, who: str, *, now: datetime, with_identity: bool = False
) -> CaseView:
    """Return all that a case page shows; with the identity, that was looked at is an event.

    NotAllowed where there is no such case, or where this member of staff may not see the identity.
    """
    raise NotImplementedError


async def screening_log(office: Office, who: str, *, since: datetime | None = None) -> AsyncIterator[LogRow]:
    """Yield a row a conversation, in order of opening: what a screening log has, without names."""
    raise NotImplementedError
    yield


async def figures(office: Office, who: str, *, since: datetime, until: datetime) -> Figures:
    """Return what the dashboard plots, of conversations opened in a span of time.

    Opens each of them: about a second for some thousands. Whoever shows it keeps it for a while.
    """
    raise NotImplementedError
