"""Whether the bot is alive, and whether it can do its work: for whoever watches the machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]
Readiness = Callable[[], Mapping[str, bool]]
"""Says of each thing the bot needs whether it works now."""


def create_app(
    readiness: Readiness,
    webhook: tuple[str, Endpoint] | None = None,
    metrics: Endpoint | None = None,
    beside: Callable[[], Mapping[str, object]] = dict,
    console: Sequence[BaseRoute] = (),
    refusals: Mapping[int, Callable[[Request, Exception], Awaitable[Response]]] | None = None,
) -> Starlette:
    """Return the app: /healthz always answers, /readyz answers 503 while something is not working.

    /metrics is there where it is given. With a webhook, Telegram's calls are answered at its path. What
    `beside` tells stands at /readyz too, and is no reason to take a worker out of service. A console has the
    other paths, and says by status what is the matter where there is no page.
    """

    async def healthy(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        works = dict(readiness())
        return JSONResponse({**works, **beside()}, status_code=200 if all(works.values()) else 503)

    routes: list[BaseRoute] = [Route("/healthz", healthy), Route("/readyz", ready)]
    if metrics:
        routes.append(Route("/metrics", metrics))
    if webhook:
        path, endpoint = webhook
        routes.append(Route(path, endpoint, methods=["POST"]))
    app = Starlette(
        routes=[*routes, *console],
        exception_handlers={ClientDisconnect: _gone, **(refusals or {})},
        middleware=[Middleware(_Guarded)],
    )
    app.router.redirect_slashes = False  # it would send people to whatever host they named
    return app


async def _gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)  # nobody is there to read it


_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class _Guarded:
    """Puts the headers that every answer carries on those of which nobody thought."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)
