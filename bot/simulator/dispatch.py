"""One call from token and method to an answer: faults, limits, arguments, the method itself, the record."""

import asyncio
import inspect
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.simulator.bots import Bot
from bot.simulator.calls import Call
from bot.simulator.chats import Json
from bot.simulator.errors import ApiError, too_many_requests
from bot.simulator.faults import Fault
from bot.simulator.limits import LIMITED
from bot.simulator.methods import HANDLERS
from bot.simulator.methods.context import Context
from bot.simulator.schema import NAMES, Arguments, Upload, read_arguments
from bot.simulator.world import Simulator

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it came in."""

    token: str
    method: str
    values: Mapping[str, Any]
    uploads: Mapping[str, Upload]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status and a body, or (`cut`) nothing but a broken connection."""

    status: int
    body: Json
    cut: bool = False


async def answer(world: Simulator, request: Request) -> Answer:
    """Answer one call as the Bot API would; every call of a known bot is recorded."""
    try:
        bot = world.authenticate(request.token)
    except ApiError as error:
        return _refusal(error)
    journal = world.journal
    journal.in_flight += 1
    journal.last = asyncio.get_running_loop().time()
    try:
        return await _answer_bot(world, bot, request)
    finally:
        journal.in_flight -= 1
        journal.last = asyncio.get_running_loop().time()


async def _answer_bot(world: Simulator, bot: Bot, request: Request) -> Answer:
    method = NAMES.get(request.method.lower())
    if method is None:
        _log.warning("method not found", extra={"reason": request.method[:64]})
        given = _refusal(ApiError(404, "Not Found: method not found"))
        _record(world, bot, request.method, request, given)
        return given
    outage = world.faults.outage(world.now)
    fault = outage or world.faults.take(method, request.values.get("chat_id"))
    given = await _with_fault(world, bot, method, request, fault)
    _record(world, bot, method, request, given)
    if fault is not None and fault.kind == "lost":
        await _pause(world, fault.seconds)
        return Answer(given.status, given.body, cut=True)
    if outage is None and world.faults.outage(world.now) is not None:
        return Answer(given.status, given.body, cut=True)  # it began while the answer was awaited
    return given


async def _with_fault(
    world: Simulator, bot: Bot, method: str, request: Request, fault: Fault | None
) -> Answer:
    if fault is not None and (refusal := fault.refusal()) is not None:
        return _refusal(refusal)
    if fault is not None and fault.kind == "outage" and fault.refused:
        return _refusal(ApiError(502, "Bad Gateway"))
    if fault is not None and fault.kind in {"cut", "outage"}:
        return Answer(0, {}, cut=True)
    if fault is not None and fault.kind == "slow":
        await _pause(world, fault.seconds)
    try:
        return Answer(200, {"ok": True, "result": await _call(world, bot, method, request)})
    except ApiError as error:
        return _refusal(error)


async def _call(world: Simulator, bot: Bot, method: str, request: Request) -> object:
    args = read_arguments(method, request.values, request.uploads)
    _check_limits(world, method, args)
    result = HANDLERS[method](Context(world, bot, args))
    return await result if inspect.isawaitable(result) else result


def _check_limits(world: Simulator, method: str, args: Arguments) -> None:
    chat_id = args.values.get("chat_id")
    if method in LIMITED and isinstance(chat_id, int):
        wait = world.limits.retry_after(chat_id, world.now)
        if wait > 0:
            raise too_many_requests(wait)


async def _pause(world: Simulator, seconds: float) -> None:
    """Wait as a slow network would, on the loop's clock or, where that is ahead, on the world's.

    The end of the world ends the wait.
    """
    loop = asyncio.get_running_loop()
    until, there = loop.time() + seconds, world.now + timedelta(seconds=seconds)
    while loop.time() < until and world.now < there and not world.closing:
        await world.signal.wait(until - loop.time())


def _refusal(error: ApiError) -> Answer:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = dict(error.parameters)
    return Answer(error.code, body)


def _record(world: Simulator, bot: Bot, method: str, request: Request, given: Answer) -> None:
    known = NAMES.get(method.lower())
    try:
        args = read_arguments(known, request.values, request.uploads) if known else Arguments({})
    except ApiError:
        args = Arguments(dict(request.values))
    params = {**args.values, **{name: upload.name for name, upload in request.uploads.items()}}
    call = Call(method, params, given.status, given.body, world.now, bot.id, args.unknown)
    world.journal.calls.append(call)
