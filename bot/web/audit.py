"""The audit trail of the installation: who signed in, looked, exported, or changed who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from starlette.responses import Response

from bot.domain.staff import IdentityViewed, InstallationEvent
from bot.service import register
from bot.web import time_words
from bot.web.doors import READING, Door, Needs
from bot.web.pages import page
from bot.web.visit import Checked, Visit

_PAGE = 100


async def audit(visit: Visit) -> Response:
    """Show what happened, the newest first."""
    return await _shown(visit, None)


async def check(visit: Visit) -> Response:
    """Check every chain of events from its first link, or show what was found within the last minute."""
    desk = visit.desk
    return await _shown(visit, await desk.last_check.of(desk.check, desk.clock))


async def _shown(visit: Visit, last: tuple[datetime, Checked] | None) -> Response:
    checked_at, checked = last or (None, None)
    asked = visit.request.query_params.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < len(str(2**31)) else None
    office = visit.desk.office
    found = await register.recorded(office, before=before, limit=_PAGE)
    names = {each.id: each.name for each in await register.list_staff(office)}
    return page(
        visit,
        "audit.html",
        lines=[(position, event, _said(visit, event, names), _case(event)) for position, event in found],
        names=names,
        older=found[-1][0] if len(found) == _PAGE else None,
        checked=checked,
        checked_at=checked_at,
        in_utc=time_words.in_utc,
    )


_APART = frozenset({"at", "by", "staff", "case"})
_NAMED = frozenset({"link", "code", "screening-log", "conversations", "conversations-with-answers"})


def _said(visit: Visit, event: InstallationEvent, names: Mapping[str, str]) -> str:
    """Return in words what an event says beside its kind, its time and who did it."""
    told = {each.name: getattr(event, each.name) for each in fields(event) if each.name not in _APART}
    parts = [names.get(getattr(event, "staff", ""), "")]
    parts += [visit.say(f"role-{role}") for role in sorted(told.pop("roles", ()))]
    parts += [visit.say("sees-identity")] if told.pop("sees_identity", False) else []
    parts += [_in_words(visit, value) for value in told.values()]
    return " · ".join(part for part in parts if part)


def _case(event: InstallationEvent) -> str | None:
    """Return the case that an event is about."""
    return event.case if isinstance(event, IdentityViewed) else None


def _in_words(visit: Visit, value: object) -> str:
    """Return a way of signing in, a kind of export or a moment in words; everything else as it stands."""
    if isinstance(value, datetime):
        return time_words.in_utc(value)
    return visit.say(f"how-{value}") if value in _NAMED else str(value)


DOORS = (
    Door("/audit", audit, Needs(READING)),
    Door("/audit", check, Needs(READING), "POST"),
)
