"""Saved views of the queue: the two doors by which a member of staff keeps and forgets their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from bot.service.saved_views import forget_view, save_view, saved_views
from bot.web.doors import READING, Door, Needs
from bot.web.visit import Visit

PARAMS = ("tab", "trial", "source", "priority")
"""What of an address makes a view of the queue."""
_COOKIE = "views"
"""Where earlier versions kept views: what it says counts for nothing any more."""


class View(NamedTuple):
    """A name, and the query of the queue that it stands for."""

    name: str
    query: str


def query_of(asked: Mapping[str, str]) -> str:
    """Return the query that filters the queue as it was asked for."""
    return urlencode({name: asked[name] for name in PARAMS if asked.get(name)})


async def saved(visit: Visit) -> list[View]:
    """Return the views of whoever is signed in."""
    views = await saved_views(visit.desk.office, visit.who)
    return [View(view.name, query_of(view.asked)) for view in views]


def without_cookie(visit: Visit, response: Response) -> Response:
    """Return an answer that takes away the cookie of earlier versions where the browser still has it."""
    if _COOKIE in visit.request.cookies:
        response.delete_cookie(_COOKIE, path="/", secure=visit.desk.https, httponly=True, samesite="lax")
    return response


async def save(visit: Visit) -> Response:
    """Keep the filters that are shown, under a name."""
    asked = {each: visit.form[each] for each in PARAMS if visit.form.get(each)}
    view = await save_view(visit.desk.office, visit.who, visit.form.get("name", ""), asked)
    return RedirectResponse(f"/?{query_of(view.asked)}", status_code=303)


async def forget(visit: Visit) -> Response:
    """Forget a view."""
    await forget_view(visit.desk.office, visit.who, visit.form.get("name", ""))
    return RedirectResponse("/", status_code=303)


DOORS = (
    Door("/views", save, Needs(READING), "POST"),
    Door("/views/forget", forget, Needs(READING), "POST"),
)
