"""The screening log: a line a conversation, by code; and the same as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, time, timedelta

from starlette.responses import Response

from bot.domain.staff import Exported
from bot.service import register, review_reading
from bot.service.review_views import LogRow
from bot.web.doors import READING, Door, Needs
from bot.web.pages import page
from bot.web.visit import Newest, Visit

_SHOWN = 200
_USUALLY = timedelta(days=90)
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula: a source comes from a link that anybody can make."""
COLUMNS = (
    "code",
    "trial",
    "screened_on",
    "language",
    "source",
    "status",
    "outcome",
    "not_met",
    "undetermined",
    "review",
    "decision",
    "criterion",
)


async def log(visit: Visit) -> Response:
    """Show the newest lines."""
    since, until = span(visit)
    count, rows = await visit.desk.log.of(
        bounds(since, until), lambda: _newest(visit, since, until), now=visit.now
    )
    return page(visit, "log.html", rows=rows, count=count, since=since, until=until)


async def _newest(visit: Visit, since: date, until: date) -> Newest:
    count, newest = 0, deque[LogRow](maxlen=_SHOWN)
    async for row in _rows(visit, since, until):
        newest.appendleft(row)
        count += 1
    return count, newest


async def as_file(visit: Visit) -> Response:
    """Return the lines as CSV; that they left is an event."""
    since, until = span(visit)
    async with visit.desk.log.one:  # each conversation is opened: for one reader at a time
        rows = [cells(row) async for row in _rows(visit, since, until)]
    exported = Exported(at=visit.now, by=visit.who, what="screening-log", rows=len(rows))
    await register.record(visit.desk.office, exported)
    name = f"screening-log-{since}-{until}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(rows), media_type="text/csv; charset=utf-8", headers=headers)


def span(visit: Visit) -> tuple[date, date]:
    """Return the days that are asked for, first and last; else the last ninety."""
    asked = visit.form or visit.request.query_params
    until = _day(asked.get("until", "")) or visit.now.date()
    return _day(asked.get("since", "")) or until - _USUALLY, until


def _day(text: str) -> date | None:
    """Return a day; None for what is none, or lies where there is no ninety days before, or no day after."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def bounds(since: date, until: date) -> tuple[datetime, datetime]:
    """Return the moments at which two days begin and end, in UTC."""
    return datetime.combine(since, time(), UTC), datetime.combine(until + timedelta(days=1), time(), UTC)


def _rows(visit: Visit, since: date, until: date) -> AsyncIterator[LogRow]:
    first, last = bounds(since, until)
    return review_reading.screening_log(visit.desk.office, visit.who, since=first, until=last)


def cells(row: LogRow) -> list[str]:
    """Return a line's cells, none of which a spreadsheet would run."""
    values = (getattr(row, column) for column in COLUMNS)
    return [_tame(" ".join(value) if isinstance(value, tuple) else str(value or "")) for value in values]


def _tame(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def written(rows: Iterable[list[str]]) -> str:
    """Return CSV with a heading, marked as UTF-8 for spreadsheets."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return "\ufeff" + file.getvalue()


DOORS = (
    Door("/log", log, Needs(READING)),
    Door("/log/file", as_file, Needs(READING, fresh=True), "POST"),
)
