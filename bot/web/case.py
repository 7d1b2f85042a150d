"""A case: what the person said, why a human should look, and what that human can do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone

from starlette.responses import RedirectResponse, Response

from bot.domain import case_actions as a
from bot.domain.case_events import Closing, Decision
from bot.domain.review import Case, SecondReview
from bot.domain.trial import Verdict
from bot.service import register, review, review_reading
from bot.service.review_ports import NotAllowed
from bot.service.review_views import CaseView, CriterionRow
from bot.web import time_words
from bot.web.case_words import details, did, flag, ours, reasons, verdict, why
from bot.web.doors import ACTING, READING, WORKING, Door, Needs
from bot.web.pages import page
from bot.web.telegram_html import telegram_html
from bot.web.visit import Visit

_SNOOZE = {"hours": timedelta(hours=4), "tomorrow": timedelta(hours=20), "week": timedelta(days=7)}
_MORNING = time(9)
_FAR_EAST = 14 * 60
"""Minutes that a zone of the world differs from UTC at most."""
_MINUTES = re.compile("-?[0-9]{1,3}")
_FIRST = (Verdict.NOT_MET, Verdict.UNKNOWN)
"""What a reviewer came for stands above the rest."""
_WITH_MORE = (Decision.NOT_ELIGIBLE, Decision.OTHER)
"""Decisions that need a criterion or a reason, and so have buttons of their own."""
_MOST_WORDS = 3500
"""Characters of a note or a reply: with the label it still fits into one of Telegram's messages."""


async def case(visit: Visit) -> Response:
    """Show a case."""
    return await _shown(visit, with_identity=False)


async def identity(visit: Visit) -> Response:
    """Show a case with who the participant is; that it was looked at is an event."""
    return await _shown(visit, with_identity=True)


async def _shown(visit: Visit, *, with_identity: bool) -> Response:
    office, name = visit.desk.office, visit.request.path_params["case"]
    mark = await visit.desk.live.mark(office, name)
    view = await review_reading.case_view(office, name, visit.who, now=visit.now, with_identity=with_identity)
    site = time_words.site(visit, view.trial)
    staff = await register.list_staff(office)
    colleagues = [each for each in staff if each.active and each.roles & WORKING]
    return page(
        visit,
        "case.html",
        view=view,
        mark=mark,
        criteria=sorted(view.criteria, key=_weight),
        ruled_out_by=_sorted_out(view),
        emergency=_emergency(view),
        late=_sleeps_too_long(view.case),
        waits_for_second=view.case.second_review is SecondReview.ASKED,
        names={each.id: each.name for each in staff},
        gone=_gone(view),
        stands=_stands(visit, view),
        holder=view.claimed_name or "",
        written=[entry.by for entry in view.history if entry.kind == "ReplySent"],
        choices=[row.id for row in _sorted_out(view)[0]],
        colleagues=[each for each in colleagues if each.id != view.case.claimed_by],
        decisions=[each for each in Decision if each not in _WITH_MORE],
        snoozes=tuple(_SNOOZE),
        reasons=lambda every: reasons(visit, every),
        verdict=lambda row: verdict(visit, row),
        because=lambda row: why(visit, row),
        telegram_html=telegram_html,
        told=lambda each: flag(visit, each),
        ours=lambda words: ours(visit, words),
        details=lambda entry: details(visit, entry, site),
        did=lambda entry: did(visit, entry),
        ago=lambda at: time_words.ago(visit, at),
        due=lambda at, priority: time_words.due(visit, at, priority),
        site=site,
        ahead=_ahead(site, visit.now),
        may=view.actions,
        reveals=visit.seat.staff.sees_identity and view.shares_identity and view.identity is None,
    )


def _stands(visit: Visit, view: CaseView) -> str:
    """Return in a few words how a case stands, and with whom."""
    told = visit.say(f"state-{view.case.state.value}"), view.claimed_name
    return " · ".join(each for each in told if each)


_GONE = frozenset({Closing.ERASED, Closing.FORGOTTEN, Closing.RETENTION})


def _gone(view: CaseView) -> str | None:
    """Return why nothing of what was said is kept; None where it is: a gap must not read as `not asked`."""
    closed = [entry.details["why"] for entry in view.history if entry.kind == "CaseClosed"]
    return next((why for why in reversed(closed) if why in _GONE), None)


def _weight(row: CriterionRow) -> int:
    return _FIRST.index(row.verdict) if row.verdict in _FIRST else len(_FIRST)


def _sorted_out(view: CaseView) -> tuple[list[CriterionRow], list[CriterionRow]]:
    """Return the criteria that may well rule somebody out, the likeliest first; and all others."""
    rows = sorted(view.criteria, key=_weight)
    return [row for row in rows if row.verdict in _FIRST], [row for row in rows if row.verdict not in _FIRST]


def _emergency(view: CaseView) -> int | None:
    """Return which line of the talk tells of the newest emergency; None where none has."""
    lines = [at for at, line in enumerate(view.transcript) if line.event == "EmergencyNoticed"]
    return lines[-1] if lines else None


def _sleeps_too_long(case: Case) -> bool:
    """Tell whether a case comes back only after the time until when an answer was promised."""
    return bool(case.snoozed_until and case.due_by and case.snoozed_until > case.due_by)


def _words(visit: Visit, name: str) -> str:
    text = visit.form.get(name, "").strip()
    if not text:
        raise NotAllowed("review-words-missing")
    if len(text) > _MOST_WORDS:
        raise NotAllowed("review-words-too-many")
    return text


def _answer(visit: Visit) -> a.Action:
    snippet = visit.form.get("snippet", "")
    return a.Answer(snippet=snippet) if snippet else a.Answer(_words(visit, "text"))


def _decide(visit: Visit) -> a.Action:
    """Return the decision of one button, which may name its criterion: `not_eligible:E2`."""
    wanted, _, criterion = visit.form.get("decision", "").partition(":")
    if wanted not in set(Decision):
        raise NotAllowed("review-decision-missing")
    return a.Decide(
        Decision(wanted),
        criterion or None,
        visit.form.get("reason", "").strip()[:_MOST_WORDS],
    )


def _why(visit: Visit) -> str:
    return visit.form.get("reason", "").strip()[:_MOST_WORDS]


def _snooze(visit: Visit) -> a.Action:
    wanted = visit.form.get("for", "")
    if wanted not in _SNOOZE:
        raise NotAllowed("review-not-now")
    morning = _next_morning(visit) if wanted == "tomorrow" else None
    return a.Snooze(morning or visit.now + _SNOOZE[wanted])


def _ahead(site: time_words.Site, now: datetime) -> str:
    """Return how many minutes the clocks at a site are ahead of UTC tomorrow; empty where none is known."""
    offset = (now + timedelta(days=1)).astimezone(site.zone).utcoffset() if site.zone else None
    return "" if offset is None else str(offset // timedelta(minutes=1))


def _next_morning(visit: Visit) -> datetime | None:
    """Return when tomorrow's work begins at the site, or else where the browser is; None where none tells."""
    minutes = visit.form.get("zone", "")
    if not _MINUTES.fullmatch(minutes) or abs(int(minutes)) > _FAR_EAST:
        return None
    zone = timezone(timedelta(minutes=int(minutes)))
    tomorrow = visit.now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, _MORNING, zone).astimezone(UTC)


_ACTIONS: dict[str, Callable[[Visit], a.Action]] = {
    "release": lambda _: a.Release(),
    "hand-over": lambda visit: a.HandOver(visit.form.get("to", "")),
    "snooze": _snooze,
    "wake": lambda _: a.Wake(),
    "note": lambda visit: a.Note(_words(visit, "text")),
    "answer": _answer,
    "end-talk": lambda _: a.EndTalk(),
    "decide": _decide,
    "undo": lambda visit: a.Undo(_words(visit, "reason")),
    "second": lambda visit: a.GiveSecond(visit.form.get("agrees") == "yes", _why(visit)),
}


_FREEING = {"release", "hand-over", "end-talk"}
"""What an administrator may do for a colleague who is away."""


_SHOWN = {"note": "notes-here", "answer": "talk-here", "end-talk": "talk-here"}
"""Where on the page an action shows. Never a field: a browser would put the cursor there."""


def _door(name: str, make: Callable[[Visit], a.Action]) -> Door:
    async def do(visit: Visit) -> Response:
        which = visit.request.path_params["case"]
        await review.act(visit.desk.office, which, make(visit), visit.who, now=visit.now)
        return RedirectResponse(f"/cases/{which}#{_SHOWN.get(name, 'head')}", status_code=303)

    return Door(f"/cases/{{case}}/{name}", do, Needs(ACTING if name in _FREEING else WORKING), "POST")


DOORS = (
    Door("/cases/{case}", case, Needs(READING)),
    Door("/cases/{case}/identity", identity, Needs(READING, fresh=True, sees_identity=True)),
    *(_door(name, make) for name, make in _ACTIONS.items()),
)
