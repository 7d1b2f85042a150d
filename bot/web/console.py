"""The console as a whole: its doors, and the files that its pages load."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.web import signing_in
from bot.web.doors import EVERYBODY, Door, Needs, route
from bot.web.pages import HERE, page
from bot.web.visit import Desk, Visit


async def _home(visit: Visit) -> Response:
    return page(visit, "base.html")


DOORS = (*signing_in.DOORS, Door("/", _home, Needs(EVERYBODY)))


def console_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the console."""
    files = Mount("/console", StaticFiles(directory=HERE / "static"))
    return [files, *(route(door, desk) for door in DOORS)]
