"""The queue: who needs the team now, why, and since when."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from bot.domain.case_actions import Claim
from bot.domain.review import FREE, Priority
from bot.service import review, review_reading
from bot.service.access import seat
from bot.service.review_ports import Counts, Cursor, Filters
from bot.service.saved_views import MOST
from bot.web import time_words
from bot.web.case_words import reasons
from bot.web.doors import READING, WORKING, Door, Needs
from bot.web.live import Stream
from bot.web.pages import page
from bot.web.views import PARAMS, saved, without_cookie
from bot.web.visit import Visit

TABS = ("free", "mine", "all", "away", "done")


async def queue(visit: Visit) -> Response:
    """Show the queue: what presses most comes first."""
    office = visit.desk.office
    asked = visit.request.query_params
    found = asked.get("q", "").strip()
    tab = asked.get("tab", "free") if asked.get("tab") in TABS else "free"
    mark = await visit.desk.live.mark(office, None)
    counts = await review_reading.counts(office, visit.who, now=visit.now)
    if found:
        rows, more = tuple(await review_reading.search(office, found, visit.who, now=visit.now)), None
    else:
        shown = await review_reading.queue(
            office, filters(tab, asked, visit.who), visit.who, after=_cursor(asked), now=visit.now
        )
        rows, more = shown.rows, shown.next
    answer = page(
        visit,
        "queue.html",
        rows=rows,
        mark=mark,
        tab=tab,
        found=found,
        counts=counts,
        tabs=_tabs(asked, counts),
        views=[] if found else await saved(visit),
        most_views=MOST,
        view={name: asked[name] for name in PARAMS if asked.get(name)} | {"tab": tab},
        next=f"?{_query(asked, tab=tab, after=_written(more))}" if more else None,
        trials=sorted(office.desks.editions.offered),
        asked=asked,
        claims=bool(visit.seat.staff.roles & WORKING),
        free=FREE,
        priorities=tuple(Priority),
        reasons=lambda every: reasons(visit, every),
        ago=lambda at: time_words.ago(visit, at),
        due=lambda at, priority: time_words.due(visit, at, priority),
        site=lambda trial: time_words.site(visit, trial),
    )
    return without_cookie(visit, answer)


async def live(visit: Visit) -> Response:
    """Tell an open page when what it shows has changed: the queue, or the case that it names."""
    desk, token, asked = visit.desk, visit.token or "", visit.request.query_params

    async def still() -> bool:
        return await seat(desk.access, token, now=desk.clock(), by_itself=True) is not None

    follower = desk.live.join(desk.office, asked.get("case"), token, still, asked.get("mark", ""))
    # Whoever is put off stays as loaded, and asks again after a while that doubles, up to a minute.
    return Stream(desk.live, follower) if follower else Response(status_code=429)


async def claim(visit: Visit) -> Response:
    """Take a case, and open it."""
    case = visit.request.path_params["case"]
    await review.act(visit.desk.office, case, Claim(), visit.who, now=visit.now)
    return RedirectResponse(f"/cases/{case}", status_code=303)


def filters(tab: str, asked: QueryParams, who: str) -> Filters:
    """Return what a tab and the query ask for; what is no value of ours asks for nothing."""
    priority = asked.get("priority", "")
    return Filters(
        resolved=tab == "done",
        snoozed=tab == "away",
        unclaimed=tab == "free",
        claimed_by=who if tab == "mine" else None,
        trial=asked.get("trial") or None,
        source=asked.get("source") or None,
        priority=Priority[priority.upper()] if priority.upper() in Priority.__members__ else None,
    )


def _tabs(asked: QueryParams, counts: Counts) -> list[tuple[str, str, str]]:
    numbers = {"free": counts.unclaimed, "mine": counts.mine, "away": counts.snoozed}
    return [(tab, f"?{_query(asked, tab=tab)}", _number(numbers.get(tab), counts.most)) for tab in TABS]


def _number(count: int | None, most: int) -> str:
    if count is None:
        return ""
    return f"{most}+" if count >= most else str(count)


def _query(asked: QueryParams, **changed: str) -> str:
    kept = {name: asked[name] for name in PARAMS if asked.get(name)}
    return urlencode(kept | changed)


def _cursor(asked: QueryParams) -> Cursor | None:
    parts = asked.get("after", "").split("~")
    try:
        priority, at, case = parts
        return Cursor(Priority(int(priority)), _moment(at), case)
    except (ValueError, OverflowError):
        return None  # the first page, for an address that somebody cut


def _moment(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return at.astimezone(UTC)


def _written(cursor: Cursor) -> str:
    return f"{cursor.priority}~{cursor.at.isoformat()}~{cursor.id}"


DOORS = (
    Door("/", queue, Needs(READING)),
    Door("/live", live, Needs(READING)),
    Door("/cases/{case}/claim", claim, Needs(WORKING), "POST"),
)
