"""Whether the bot is alive, and whether it can do its work: for whoever watches the machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

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
    return Starlette(routes=[*routes, *console], exception_handlers={**(refusals or {})})
