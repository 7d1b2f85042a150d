"""The person's side over HTTP: what the chat page and tests of any language call."""

import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.simulator.attachments import KINDS
from bot.simulator.chats import Chat, Json
from bot.simulator.errors import PersonError
from bot.simulator.faults import KINDS as FAULT_KINDS
from bot.simulator.people import Person
from bot.simulator.views import call_view, group_view, message_view, messages_view, person_view, state_view
from bot.simulator.world import Simulator

_NAMELESS = "Someone"
_MOST_SECONDS = 10 * 365 * 24 * 3600

Verb = Callable[[Simulator, Person, Json], Json]


class _NotThereError(Exception):
    """A person or chat that is not in this world."""


def person_routes(world: Simulator) -> list[Route]:
    """The routes under `/api`; a wrong request is answered 400 or 404 with `{"error": …}`."""
    doors = [
        ("GET", "/state", lambda w, _http, _body: state_view(w)),
        ("POST", "/people", _add_person),
        ("PATCH", "/people/{id:int}", _change_person),
        ("GET", "/chats/{id}/messages", _messages),
        ("POST", "/groups", _add_group),
        ("POST", "/groups/{id}/migrate", _migrate),
        ("POST", "/clock", _advance),
        ("POST", "/faults", _plan_faults),
        ("DELETE", "/faults", _clear_faults),
        ("GET", "/calls", _calls),
        *(("POST", f"/people/{{id:int}}/{name}", _as_person(verb)) for name, verb in _VERBS.items()),
    ]
    routes = [Route(f"/api{path}", _door(world, answer), methods=[how]) for how, path, answer in doors]
    files = Route("/api/files/{id}", _file(world), methods=["GET"])
    return [*routes, files, Route("/api/stream", _stream(world), methods=["GET"])]


Answer = Callable[[Simulator, Request, Json], Any]


def _door(world: Simulator, answer: Answer) -> Callable[[Request], Any]:
    async def endpoint(http: Request) -> Response:
        try:
            return JSONResponse(answer(world, http, await _body(http)))
        except _NotThereError as error:
            return JSONResponse({"error": str(error)}, 404)
        except PersonError as error:
            return JSONResponse({"error": str(error)}, 409)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return endpoint


async def _body(http: Request) -> Any:  # noqa: ANN401 - JSON from the wire may be anything
    body = await http.body()
    if not body.strip():
        return {}
    said = json.loads(body)
    # Half a surrogate pair is no text: Telegram never sends one, and no answer could carry it.
    json.dumps(said, ensure_ascii=False).encode()
    return said


def _as_person(verb: Verb) -> Answer:
    return lambda world, http, body: verb(world, _person(world, http.path_params["id"]), body)


def _person(world: Simulator, person_id: int) -> Person:
    person = world.people.get(person_id)
    if person is None:
        raise _NotThereError(f"there is no person {person_id}")
    return person


def _chat(world: Simulator, chat_id: str) -> Chat:
    chat = world.chats.get(int(chat_id))
    if chat is None:
        raise _NotThereError(f"there is no chat {chat_id}")
    return chat


# People


def _add_person(world: Simulator, _http: Request, body: Json) -> Json:
    name = str(body.get("first_name") or _NAMELESS)
    return person_view(world.person(first_name=name, language_code=body.get("language_code")))


def _change_person(world: Simulator, http: Request, body: Json) -> Json:
    person = _person(world, http.path_params["id"])
    person.rename(str(body.get("first_name") or person.first_name))
    person.language_code = body.get("language_code", person.language_code)
    world.feed.publish({"state": True})
    return person_view(person)


def _send(_world: Simulator, person: Person, body: Json) -> Json:
    text = str(body["text"])
    if not text.strip():
        raise ValueError("text is empty")
    chat_id, thread_id, reply_to = (_optional_id(body, name) for name in ("chat_id", "thread_id", "reply_to"))
    return message_view(person.send(text, chat_id=chat_id, thread_id=thread_id, reply_to=reply_to))


def _attach(_world: Simulator, person: Person, body: Json) -> Json:
    kind = body["kind"]
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    return message_view(person.attach(kind, body.get("caption"), chat_id=_optional_id(body, "chat_id")))


def _edit(_world: Simulator, person: Person, body: Json) -> Json:
    chat_id = _optional_id(body, "chat_id")
    return message_view(person.edit(int(body["message_id"]), str(body["text"]), chat_id=chat_id))


def _tap(_world: Simulator, person: Person, body: Json) -> Json:
    """By data (any at all), by label under one message, or by label wherever it was last shown."""
    chat_id, message_id = _optional_id(body, "chat_id"), _optional_id(body, "message_id")
    if message_id is None:
        return {"callback_query_id": person.tap(str(body["label"]), chat_id=chat_id)}
    if body.get("data") is not None:
        return {"callback_query_id": person.tap_data(message_id, str(body["data"]), chat_id=chat_id)}
    return {"callback_query_id": person.tap_label(message_id, str(body["label"]), chat_id=chat_id)}


def _start(_world: Simulator, person: Person, body: Json) -> Json:
    return message_view(person.start(str(body.get("payload") or "")))


def _block(_world: Simulator, person: Person, _body: Json) -> Json:
    person.block()
    return person_view(person)


def _unblock(_world: Simulator, person: Person, _body: Json) -> Json:
    person.unblock()
    return person_view(person)


def _deactivate(_world: Simulator, person: Person, _body: Json) -> Json:
    person.deactivate()
    return person_view(person)


_VERBS: dict[str, Verb] = {
    "messages": _send,
    "attachments": _attach,
    "edits": _edit,
    "taps": _tap,
    "start": _start,
    "block": _block,
    "unblock": _unblock,
    "deactivate": _deactivate,
}


def _optional_id(body: Json, name: str) -> int | None:
    value = body.get(name)
    return None if value is None else int(value)


# Groups, time, faults, calls


def _messages(world: Simulator, http: Request, _body: Json) -> list[Json]:
    chat = _chat(world, http.path_params["id"])
    return messages_view(chat, int(http.query_params.get("after", 0)))


def _add_group(world: Simulator, _http: Request, body: Json) -> Json:
    members = [_person(world, int(member)) for member in body["members"]]
    if not members:
        raise ValueError("a group needs a member")
    return group_view(world.group(str(body["title"]), members, forum=bool(body.get("forum"))))


def _migrate(world: Simulator, http: Request, _body: Json) -> Json:
    chat = _chat(world, http.path_params["id"])
    if chat.type != "group" or chat.migrated_to is not None:
        raise PersonError("only a basic group can become a supergroup")
    return group_view(world.migrate(chat))


def _advance(world: Simulator, _http: Request, body: Json) -> Json:
    seconds = float(body["advance"])
    if not 0 <= seconds <= _MOST_SECONDS:
        raise ValueError("advance is a number of seconds, not below 0")
    world.advance(seconds)
    return {"now": world.now.isoformat()}


def _plan_faults(world: Simulator, _http: Request, body: Any) -> Json:  # noqa: ANN401 - an object or a list of them
    for details in body if isinstance(body, list) else [body]:
        if details.get("kind") not in FAULT_KINDS:
            raise ValueError(f"kind is one of {', '.join(FAULT_KINDS)}")
        world.fault(**details)
    return {"planned": len(world.faults.planned)}


def _clear_faults(world: Simulator, _http: Request, _body: Json) -> Json:
    world.faults.planned.clear()
    return {"planned": 0}


def _calls(world: Simulator, http: Request, _body: Json) -> list[Json]:
    return [call_view(call) for call in world.calls(http.query_params.get("method"))]


# Files and the stream


def _file(world: Simulator) -> Callable[[Request], Any]:
    async def endpoint(http: Request) -> Response:
        stored = world.files.by_id.get(http.path_params["id"])
        if stored is None:
            return JSONResponse({"error": "there is no such file"}, 404)
        name = re.sub(r"[^\w.-]", "_", stored.name, flags=re.ASCII)
        # Always a download: a file from a bot is never shown as a page of this host.
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        }
        return Response(stored.content, media_type="application/octet-stream", headers=headers)

    return endpoint


def _stream(world: Simulator) -> Callable[[Request], Any]:
    async def endpoint(_http: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(_notices(world), media_type="text/event-stream", headers=headers)

    return endpoint


async def _notices(world: Simulator) -> AsyncIterator[str]:
    """Server-sent events until the listener leaves or the world ends.

    The first asks to read the state, since it may have changed before the listener was there.
    """
    with world.feed.listen() as notices:
        notice: Json | None = {"state": True}
        while notice is not None and not world.closing:
            yield f"data: {json.dumps(notice)}\n\n"
            notice = await notices.get()
