"""Who is let in to which page, decided in one place; and the headers that every answer carries."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.domain.staff import Role
from bot.service.access import Seat, same_form_token, seat
from bot.service.ports import StoreUnavailable
from bot.service.review_ports import NotAllowed
from bot.web.arriving import check_asked, fields
from bot.web.live import OVER
from bot.web.pages import refusal
from bot.web.visit import Desk, Visit

EVERYBODY = frozenset(Role)
WORKING = frozenset({Role.COORDINATOR, Role.INVESTIGATOR})
MANAGING = frozenset({Role.ADMINISTRATOR})
ACTING = WORKING | MANAGING
READING = EVERYBODY

COOKIE = "doorstep"


@dataclass(frozen=True, slots=True)
class Needs:
    """What somebody must be to be let in."""

    roles: frozenset[Role] | None
    """Any of these; None: nobody need be signed in."""
    fresh: bool = False
    """Whether they must have shown a moment ago who they are."""
    code: bool = True
    """Whether a one-time code that is due must have been given."""
    sees_identity: bool = False


ANYBODY = Needs(None)


@dataclass(frozen=True, slots=True)
class Door:
    """One page or action of the console, and who may use it."""

    path: str
    answer: Callable[[Visit], Awaitable[Response]]
    needs: Needs
    method: str = "GET"
    name: str = field(default="")


def route(door: Door, desk: Desk) -> Route:
    """Return the route that lets in whom this door is for, and tells everybody else why not."""

    async def endpoint(request: Request) -> Response:
        check_asked(request, desk.origin)
        form = await fields(request) if request.method == "POST" else {}
        try:
            visit = await _arrive(request, desk, form)
            return guarded(_renewing(request, await _answer(door, visit)), visit)
        except StoreUnavailable:
            return refused_to_strangers(request, desk, "refused-store", 503)

    return Route(door.path, endpoint, methods=[door.method], name=door.name or None)


async def _answer(door: Door, visit: Visit) -> Response:
    try:
        return await _let_in(door, visit)
    except NotAllowed as no:
        return refusal(visit, no.key, _STATUS.get(no.key, 409))


_STATUS = {"review-unknown-case": 404}


def _renewing(request: Request, answer: Response) -> Response:
    """Return the answer; to a page that renews itself and gets no page, only that the window must load anew.

    Its script cannot see a redirect, and would take what it leads to for the page.
    """
    is_page = answer.status_code < HTTPStatus.MULTIPLE_CHOICES
    if is_page or request.method != "GET" or not _is_renewal(request):
        return answer
    status = max(answer.status_code, HTTPStatus.UNAUTHORIZED)
    return Response(status_code=status, headers={"HX-Refresh": "true"})


def _is_renewal(request: Request) -> bool:
    return "x-live" in request.headers


def refused_to_strangers(request: Request, desk: Desk, key: str, status: int) -> Response:
    """Return the page that says why not, without looking who asks: works while the store is away."""
    visit = _stranger(request, desk)
    response = guarded(refusal(visit, key, status), visit)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "10"
    return response


def _stranger(request: Request, desk: Desk) -> Visit:
    nonce = base64.b64encode(desk.new_secret()[:16]).decode()
    return Visit(request, desk, language_of(request, desk), nonce, desk.clock(), {}, None, None)


async def _arrive(request: Request, desk: Desk, form: Mapping[str, str]) -> Visit:
    visit = _stranger(request, desk)
    token = request.cookies.get(cookie_name(desk))
    by_itself = _is_renewal(request) or _streams(request)
    seated = await seat(desk.access, token, now=visit.now, by_itself=by_itself) if token else None
    return replace(visit, form=form, token=token if seated else None, seated=seated)


async def _let_in(door: Door, visit: Visit) -> Response:
    if visit.request.method == "POST" and not _own_form(visit):
        return refusal(visit, "refused-form", 403)
    if door.needs.roles is None:
        return await door.answer(visit)
    if visit.seated is None:
        return _sent_away("/sign-in", visit)
    if door.needs.code and visit.seated.waits_for_code:
        return _sent_away("/code", visit)
    return await _let_member_in(door, visit)


async def _let_member_in(door: Door, visit: Visit) -> Response:
    if not _may(door.needs, visit.seat):
        return refusal(visit, "refused-role", 403)
    if door.needs.fresh and not visit.seat.fresh(visit.now):
        return _sent_away("/prove", visit)
    return await door.answer(visit)


def _may(needs: Needs, seated: Seat) -> bool:
    if needs.sees_identity and not seated.staff.sees_identity:
        return False
    return bool(needs.roles is None or seated.staff.roles & needs.roles)


def _own_form(visit: Visit) -> bool:
    """Tell whether a form comes from a page of ours: by its origin, and by the session's own mark."""
    origin = visit.request.headers.get("origin")
    if origin is not None and origin != visit.desk.origin:
        return False
    if visit.token is None:
        return True  # whoever is not signed in has nothing that a foreign form could use
    return same_form_token(visit.token, visit.form.get("form", ""))


def _sent_away(path: str, visit: Visit) -> Response:
    """Send somebody to prove who they are, and back again afterwards; an open page is told to look."""
    if _streams(visit.request):
        return Response(OVER, media_type="text/event-stream")
    back = visit.path if visit.request.method == "GET" else "/"
    return RedirectResponse(f"{path}?next={quote(back, safe='')}", status_code=303)


def _streams(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("text/event-stream")


def back_to(visit: Visit) -> str:
    """Return where somebody wanted to go: a path of ours, whatever was asked for."""
    wanted = visit.form.get("next") or visit.request.query_params.get("next") or "/"
    return wanted if _is_ours(wanted) else "/"


def _is_ours(wanted: str) -> bool:
    try:
        parts = urlsplit(wanted)
    except ValueError:  # half an address, such as //[x
        return False
    stays = not parts.scheme and not parts.netloc and "\\" not in wanted
    return stays and wanted.startswith("/") and not wanted.startswith("//")


def language_of(request: Request, desk: Desk) -> str:
    """Return the language somebody chose, or the first their browser asks for that there is."""
    chosen = request.cookies.get("language", "")
    if chosen in desk.texts.languages:
        return chosen
    for wanted in request.headers.get("accept-language", "").split(","):
        tongue = wanted.split(";")[0].strip().lower().split("-")[0]
        for language in desk.texts.languages:
            if tongue and language.lower().split("-")[0] == tongue:
                return language
    return next(iter(desk.texts.languages))


def cookie_name(desk: Desk) -> str:
    """Return the name of the session's cookie: bound to this host by its name where https allows it."""
    return f"__Host-{COOKIE}" if desk.https else COOKIE


def guarded(response: Response, visit: Visit) -> Response:
    """Return an answer with the headers that every page carries."""
    nonce = f"'nonce-{visit.nonce}'"
    policy = (
        f"default-src 'none'; script-src {nonce}; style-src {nonce}; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if visit.desk.https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response
