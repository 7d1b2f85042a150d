"""The bot's side over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.simulator.dispatch import Answer, Request, answer
from bot.simulator.errors import ApiError
from bot.simulator.multipart import read_multipart
from bot.simulator.schema import Upload
from bot.simulator.world import Simulator

CUT = "simulator.cut"  # the scope key under which the server offers to break the connection
_BAD_BODY = {"ok": False, "error_code": 400, "description": "Bad Request: can't parse JSON"}


class _DroppedResponse(Response):
    """Breaks the connection instead of answering."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - the ASGI types are loose
        cut: Callable[[], None] | None = scope.get(CUT)
        if cut is None:
            await super().__call__(scope, receive, send)
            return
        cut()
        while (await receive())["type"] != "http.disconnect":
            pass


def bot_routes(world: Simulator) -> list[Route]:
    """The routes a bot library calls."""

    async def method(http: HttpRequest) -> Response:
        try:
            values, uploads = await _read(http)
        except ValueError:
            return JSONResponse(_BAD_BODY, 400)
        asked = Request(http.path_params["token"], http.path_params["method"], values, uploads)
        given = await _unless_gone(http, world, asked)
        return _DroppedResponse(status_code=502) if given is None or given.cut else _respond(given)

    async def file(http: HttpRequest) -> Response:
        return _file(world, http.path_params["token"], http.path_params["path"])

    return [
        Route("/bot{token}/{method}", method, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", file, methods=["GET"]),
    ]


async def _unless_gone(http: HttpRequest, world: Simulator, asked: Request) -> Answer | None:
    """The answer, or none where the bot hung up first: a dead bot must not look as if it still polled."""
    if asked.method.lower() != "getupdates":
        return await answer(world, asked)
    call = asyncio.ensure_future(answer(world, asked))
    gone = asyncio.ensure_future(http.receive())
    try:
        await asyncio.wait({call, gone}, return_when=asyncio.FIRST_COMPLETED)
        return call.result() if call.done() else None
    finally:
        for task in (call, gone):
            task.cancel()
        await asyncio.gather(call, gone, return_exceptions=True)


def _respond(given: Answer) -> Response:
    retry_after = given.body.get("parameters", {}).get("retry_after")
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return JSONResponse(given.body, given.status, headers)


async def _read(http: HttpRequest) -> tuple[dict[str, Any], dict[str, Upload]]:
    """The parameters, from the query and from whichever kind of body there is."""
    values: dict[str, Any] = dict(http.query_params)
    body = await http.body()
    kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    uploads: dict[str, Upload] = {}
    if kind == "multipart/form-data":
        fields, uploads = read_multipart(http.headers["content-type"], body)
        values |= fields
    elif kind == "application/json" and body.strip():
        values |= _json_object(body)
    elif body:
        values |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return values, uploads


def _json_object(body: bytes) -> dict[str, Any]:
    values = json.loads(body)
    if not isinstance(values, dict):
        raise ValueError("an object is expected")  # noqa: TRY004 - one kind of error means a bad body
    return values


def _file(world: Simulator, token: str, path: str) -> Response:
    try:
        world.authenticate(token)
    except ApiError as error:
        return JSONResponse({"ok": False, "error_code": 401, "description": error.description}, 401)
    stored = world.files.at_path(path)
    if stored is None:
        return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
    name = re.sub(r"[^\w.-]", "_", stored.name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(stored.content, media_type="application/octet-stream", headers=headers)
