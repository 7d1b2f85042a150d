"""Staff and roles: everybody on the team sees who is on it; administrators keep the register."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import RedirectResponse, Response

from bot.domain.staff import Role, Staff
from bot.service import codes, register
from bot.service.review_ports import NotAllowed
from bot.web.doors import MANAGING, READING, Door, Needs
from bot.web.pages import page
from bot.web.visit import Visit

_LONGEST_NAME = 100
_LONGEST_ID = 15
"""Digits of a Telegram account: they have at most 52 bits."""


async def team(visit: Visit) -> Response:
    """Show who is on the team, and who was."""
    everybody = await register.list_staff(visit.desk.office)
    manages = bool(visit.seat.staff.roles & MANAGING)
    return page(
        visit,
        "team.html",
        here=[each for each in everybody if each.active],
        left=[each for each in everybody if not each.active],
        roles=tuple(Role),
        manages=manages and visit.seat.fresh(visit.now),
        could_manage=manages,
    )


async def add(visit: Visit) -> Response:
    """Put somebody on the register."""
    name = visit.form.get("name", "").strip()[:_LONGEST_NAME]
    if not name:
        raise NotAllowed("review-words-missing")
    await register.add_staff(
        visit.desk.office,
        name,
        _roles(visit),
        telegram_id=_account(visit),
        sees_identity=_ticked(visit, "identity"),
        by=visit.who,
        now=visit.now,
    )
    return _back()


def _account(visit: Visit) -> int | None:
    """Return the Telegram account by which somebody will sign in; None where they will do without."""
    digits = visit.form.get("telegram", "").strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_ID and int(digits)):
        raise NotAllowed("review-telegram-odd")
    return int(digits)


def _roles(visit: Visit) -> frozenset[Role]:
    return frozenset(role for role in Role if _ticked(visit, f"role-{role.value}"))


def _ticked(visit: Visit, name: str) -> bool:
    return visit.form.get(name) == "yes"


async def change(visit: Visit, member: Staff) -> None:
    """Change what somebody may do."""
    await register.change_staff(
        visit.desk.office,
        member.id,
        _roles(visit),
        sees_identity=_ticked(visit, "identity"),
        by=visit.who,
        now=visit.now,
    )


async def remove(visit: Visit, member: Staff) -> None:
    """Take somebody off the register: signed out at once, and what they held is free again."""
    await register.remove_staff(visit.desk.office, member.id, by=visit.who, now=visit.now)


async def reset_factor(visit: Visit, member: Staff) -> None:
    """Let somebody who lost their authenticator set up another."""
    await codes.reset_factor(visit.desk.access, member.id, by=visit.who, now=visit.now)


def _of_member(
    do: Callable[[Visit, Staff], Awaitable[None]], done: str
) -> Callable[[Visit], Awaitable[Response]]:
    async def answer(visit: Visit) -> Response:
        member = await register.staff_by_id(visit.desk.office, visit.request.path_params["staff"])
        if member is None:
            raise NotAllowed("review-no-member")
        await do(visit, member)
        return _back(done)

    return answer


def _back(done: str = "") -> Response:
    """Show the team again; `done` names what the page says was done."""
    return RedirectResponse(f"/staff?done={done}" if done else "/staff", status_code=303)


_GRAVE = Needs(MANAGING, fresh=True)
DOORS = (
    Door("/staff", team, Needs(READING)),
    Door("/staff", add, _GRAVE, "POST"),
    Door("/staff/{staff}/roles", _of_member(change, "roles"), _GRAVE, "POST"),
    Door("/staff/{staff}/authenticator", _of_member(reset_factor, "reset"), _GRAVE, "POST"),
    Door("/staff/{staff}/remove", _of_member(remove, "removed"), _GRAVE, "POST"),
)
