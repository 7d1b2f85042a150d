"""The console as a whole: its doors, and the files that its pages load."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.web import case, queue, signing_in
from bot.web.doors import route
from bot.web.pages import HERE
from bot.web.visit import Desk

DOORS = (*signing_in.DOORS, *queue.DOORS, *case.DOORS)


def console_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the console."""
    files = Mount("/console", StaticFiles(directory=HERE / "static"))
    return [files, *(route(door, desk) for door in DOORS)]
