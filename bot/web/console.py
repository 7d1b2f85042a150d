"""The console as a whole: its doors, the files that its pages load, and what is said where nothing is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.web import audit, case, figures, log, queue, signing_in, team, trials, views
from bot.web.doors import refused_to_strangers, route
from bot.web.pages import FILES
from bot.web.visit import Desk

DOORS = (
    *signing_in.DOORS,
    *queue.DOORS,
    *views.DOORS,
    *case.DOORS,
    *figures.DOORS,
    *log.DOORS,
    *audit.DOORS,
    *trials.DOORS,
    *team.DOORS,
)
Handler = Callable[[Request, Exception], Awaitable[Response]]


def console_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the console."""
    return [Mount("/console", _Files(directory=FILES)), *(route(door, desk) for door in DOORS)]


def console_refusals(desk: Desk) -> Mapping[int, Handler]:
    """Return what answers, by status, where no page does."""
    return {status: _refusing(desk, status) for status in (400, 404, 405, 413, 421, 500)}


def _refusing(desk: Desk, status: int) -> Handler:
    async def refuse(request: Request, error: Exception) -> Response:
        response = refused_to_strangers(request, desk, f"refused-{status}", status)
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
        return response

    return refuse


class _Files(StaticFiles):
    """Style, script and icon. Their addresses change with what is in them, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if "\0" in path:  # no file system looks such a name up
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        kept = "public, max-age=31536000, immutable" if scope["query_string"] else "no-cache"
        response.headers["Cache-Control"] = kept
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response
