"""Saved views of the queue: filters under a name, kept in the browser of whoever saved them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from bot.service.review_ports import NotAllowed
from bot.web.doors import READING, Door, Needs
from bot.web.visit import Visit

COOKIE = "views"
PARAMS = ("tab", "trial", "source", "priority")
"""What of an address makes a view of the queue."""
MOST = 8
"""A browser keeps 4 KB in a cookie; the oldest view makes room."""
_LONGEST = 40
_A_YEAR = 365 * 24 * 3600


class View(NamedTuple):
    """A name, and the query of the queue that it stands for."""

    name: str
    query: str


_KEPT = TypeAdapter(list[tuple[str, dict[str, str]]])


def query_of(asked: Mapping[str, str]) -> str:
    """Return the query that filters the queue as it was asked for."""
    return urlencode({name: asked[name][: _LONGEST * 2] for name in PARAMS if asked.get(name)})


def saved(visit: Visit) -> list[View]:
    """Return the views of this browser; a cookie that is none of ours holds none."""
    return [View(name, query_of(asked)) for name, asked in _read(visit)]


async def save(visit: Visit) -> Response:
    """Keep the filters that are shown, under a name; the same name means the newer ones."""
    name = " ".join(visit.form.get("name", "").split())[:_LONGEST]
    if not name:
        raise NotAllowed("review-words-missing")
    asked = {each: visit.form[each] for each in PARAMS if visit.form.get(each)}
    others = [kept for kept in _read(visit) if kept[0] != name]
    return _keep(visit, [*others, (name, asked)][-MOST:], query_of(asked))


async def forget(visit: Visit) -> Response:
    """Forget a view."""
    return _keep(visit, [kept for kept in _read(visit) if kept[0] != visit.form.get("name")], "")


def _read(visit: Visit) -> list[tuple[str, dict[str, str]]]:
    written = visit.request.cookies.get(COOKIE, "")
    try:
        return _KEPT.validate_json(base64.urlsafe_b64decode(written.encode()))[:MOST] if written else []
    except (ValidationError, binascii.Error, UnicodeError):
        return []


def _keep(visit: Visit, views: list[tuple[str, dict[str, str]]], query: str) -> Response:
    response = RedirectResponse(f"/?{query}" if query else "/", status_code=303)
    written = base64.urlsafe_b64encode(json.dumps(views).encode()).decode()
    response.set_cookie(
        COOKIE, written, max_age=_A_YEAR, path="/", secure=visit.desk.https, httponly=True, samesite="lax"
    )
    return response


DOORS = (
    Door("/views", save, Needs(READING), "POST"),
    Door("/views/forget", forget, Needs(READING), "POST"),
)
