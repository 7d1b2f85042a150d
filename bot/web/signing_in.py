"""Signing in and out: the link from the bot, the one-time code, and showing once more who one is."""

from __future__ import annotations

import segno
from starlette.responses import RedirectResponse, Response

from bot.domain.access import LONGEST
from bot.service import access, codes
from bot.service.review_ports import NotAllowed
from bot.web.doors import ANYBODY, EVERYBODY, Door, Needs, back_to, cookie_name
from bot.web.pages import page
from bot.web.visit import Visit

_SIGNED_IN = Needs(EVERYBODY, code=False)
_A_YEAR = 365 * 24 * 3600
_TRY_AGAIN = frozenset({"review-code-wrong", "review-code-locked"})
"""After these another code may be typed; after all else this session is over, or has no use for one."""


async def sign_in(visit: Visit) -> Response:
    """Tell how to sign in."""
    if visit.seated and not visit.seated.waits_for_code:
        return RedirectResponse("/", status_code=303)
    return page(visit, "sign_in.html", demo=visit.desk.demo, next=back_to(visit))


async def link(visit: Visit) -> Response:
    """Show the one button behind a link. Looking uses up nothing: previews and scanners open links too."""
    secret = visit.request.path_params["secret"]
    opens = await access.link_opens(visit.desk.access, secret, now=visit.now)
    return page(visit, "link.html", 200 if opens else 410, opens=opens)


async def use_link(visit: Visit) -> Response:
    """Sign in with a link."""
    secret = visit.request.path_params["secret"]
    token = await access.redeem(visit.desk.access, secret, now=visit.now)
    return _let_in(visit, token)


async def use_demo(visit: Visit) -> Response:
    """Sign in by a tap, in a demo."""
    staff = visit.form.get("staff", "")
    if staff not in {each[0] for each in visit.desk.demo}:
        raise NotAllowed("review-link-over")
    return _let_in(visit, await access.enter_demo(visit.desk.access, staff, now=visit.now))


def _let_in(visit: Visit, token: str) -> Response:
    response = RedirectResponse(back_to(visit), status_code=303)
    response.set_cookie(
        cookie_name(visit.desk),
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=visit.desk.https,
        httponly=True,
        samesite="lax",  # strict would drop it on the way from the link in Telegram
    )
    return response


async def code(visit: Visit) -> Response:
    """Ask for a one-time code; whoever has no app set up yet is shown how, if they just signed in."""
    if visit.seat.enrolled:
        return _code_page(visit, "")
    if not visit.seat.waits_for_code:
        return RedirectResponse(back_to(visit), status_code=303)
    if not visit.seat.fresh(visit.now):
        return page(visit, "prove.html")
    return _code_page(visit, await codes.enrol(visit.desk.access, visit.seat, now=visit.now))


def _code_page(visit: Visit, secret: str, wrong: str = "") -> Response:
    address = codes.provisioning(visit.seat.staff, secret, "Doorstep") if secret else ""
    picture = segno.make(address).svg_data_uri(scale=5, border=2, dark="#000", light="#fff") if secret else ""
    status = 422 if wrong else 200
    return page(visit, "code.html", status, secret=secret, picture=picture, next=back_to(visit), wrong=wrong)


async def give_code(visit: Visit) -> Response:
    """Take a one-time code."""
    try:
        await codes.confirm(visit.desk.access, visit.seat, visit.form.get("code", ""), now=visit.now)
    except NotAllowed as no:
        if no.key not in _TRY_AGAIN:
            raise
        return _code_page(visit, await _shown(visit), visit.say(no.key))
    return RedirectResponse(back_to(visit), status_code=303)


async def _shown(visit: Visit) -> str:
    """Return the secret that is being set up here, for as long as it may be shown."""
    if visit.seat.enrolled or not visit.seat.fresh(visit.now):
        return ""
    return await codes.enrol(visit.desk.access, visit.seat, now=visit.now)


async def prove(visit: Visit) -> Response:
    """Ask somebody to show once more who they are: by a code, or a new link where they have none."""
    if visit.seat.enrolled:
        return _code_page(visit, "")
    if visit.desk.demo:
        return page(visit, "sign_in.html", demo=visit.desk.demo, next=back_to(visit))
    return page(visit, "prove.html")


async def sign_out(visit: Visit) -> Response:
    """End this session."""
    await access.sign_out(visit.desk.access, visit.seat, now=visit.now)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(cookie_name(visit.desk), path="/", secure=visit.desk.https, httponly=True)
    return response


async def choose_language(visit: Visit) -> Response:
    """Show the console in another language from now on, in this browser."""
    response = RedirectResponse(back_to(visit), status_code=303)
    wanted = visit.form.get("language", "")
    if wanted in visit.desk.texts.languages:
        response.set_cookie(
            "language", wanted, max_age=_A_YEAR, path="/", secure=visit.desk.https, httponly=True
        )
    return response


DOORS = (
    Door("/sign-in", sign_in, ANYBODY),
    Door("/sign-in/{secret}", link, ANYBODY),
    Door("/sign-in/{secret}", use_link, ANYBODY, "POST"),
    Door("/demo", use_demo, ANYBODY, "POST"),
    Door("/code", code, _SIGNED_IN),
    Door("/code", give_code, _SIGNED_IN, "POST"),
    Door("/prove", prove, _SIGNED_IN),
    Door("/sign-out", sign_out, _SIGNED_IN, "POST"),
    Door("/language", choose_language, ANYBODY, "POST"),
)
