"""Figures: where people leave, what came out, and how soon the team answers; drawn on the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from starlette.responses import Response

from bot.domain.messages import Text
from bot.service import review_reading
from bot.service.review_views import Figures
from bot.web.doors import READING, Door, Needs
from bot.web.log import bounds, span
from bot.web.pages import page
from bot.web.visit import Visit

_PLACES = {"introduction", "acknowledgement", "review"}
_ENOUGH = 5
"""Answers below which a median says nothing."""
_MOST = 20
"""Bars of a plot; the rest is told as a sum."""
_HOURS = (1, 4, 12, 24, 48, 96)
"""Upper ends of the groups in which times to the first answer are counted."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a plot; `share` is of the longest, from 0 to 100."""

    label: str
    count: int
    share: float


async def figures(visit: Visit) -> Response:
    """Show the figures of a span of days."""
    since, until = span(visit)
    desk = visit.desk
    first, last = bounds(since, until)

    async def count() -> Figures:
        return await review_reading.figures(desk.office, visit.who, since=first, until=last)

    counted = await desk.kept.of((first, last), count, now=visit.now)
    hours = counted.hours_to_answer
    return page(
        visit,
        "figures.html",
        since=since,
        until=until,
        plots=_plots(visit, counted),
        agreement=_agreement(counted),
        median=round(median(hours), 1) if len(hours) >= _ENOUGH else None,
        answered=len(hours),
    )


def _plots(visit: Visit, counted: Figures) -> list[tuple[str, list[Bar]]]:
    """Return each plot: the key of its title, and its bars."""

    def said(prefix: str) -> Callable[[str], str]:
        return lambda name: visit.say(f"{prefix}-{name}")

    none = visit.say("figures-none")
    languages = visit.desk.texts.languages

    def language(name: str) -> str:
        return languages.get(name, name or none)

    return [
        ("figures-funnel", bars(counted.funnel.items(), said("step"))),
        ("figures-stopped", bars(_falling(counted.stopped_at), lambda name: _place(visit, name))),
        ("figures-outcomes", bars(_falling(counted.outcomes), said("outcome"))),
        ("figures-decisions", bars(_falling(counted.decisions), said("decision"))),
        ("figures-hours", bars(_grouped(counted.hours_to_answer), lambda name: name)),
        ("figures-sources", bars(_falling(counted.sources), lambda name: name or none)),
        (
            "figures-languages",
            bars(_falling(counted.languages), language),
        ),
    ]


def _place(visit: Visit, name: str) -> str:
    """Return in words where somebody stopped: a question by its short name, or what comes before or after."""
    for edition in visit.desk.office.desks.editions.offered.values():
        trial = edition.trial
        if any(question.key == name for question in trial.questions):
            language = visit.language if visit.language in trial.languages else trial.languages[0]
            return edition.label(Text(f"trial:question.{name}.short"), language)
    kind, _, about = name.partition(":")
    return visit.say(f"place-{kind}", about=about) if kind in _PLACES else name


def bars(counts: Iterable[tuple[str, int]], said: Callable[[str], str]) -> list[Bar]:
    """Return the bars of a plot, the longest a hundred long."""
    pairs = list(counts)[:_MOST]
    longest = max((count for _, count in pairs), default=0) or 1
    return [Bar(said(name), count, 100 * count / longest) for name, count in pairs]


def _falling(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _grouped(hours: tuple[float, ...]) -> list[tuple[str, int]]:
    if not hours:
        return []
    ends = (0, *_HOURS, float("inf"))
    names = [*(f"≤ {end} h" for end in _HOURS), f"> {_HOURS[-1]} h"]
    groups = zip(names, pairwise(ends), strict=True)
    return [(name, sum(low < max(each, 1e-9) <= high for each in hours)) for name, (low, high) in groups]


def _agreement(counted: Figures) -> list[tuple[str, str, int]]:
    return sorted((outcome, decision, count) for (outcome, decision), count in counted.agreement.items())


DOORS = (Door("/figures", figures, Needs(READING)),)
