"""Trials: which ones are offered here, in which version, and in which languages."""

from __future__ import annotations

import html
import re

from starlette.responses import Response

from bot.domain.messages import Text
from bot.service.editions import Edition
from bot.web.doors import READING, Door, Needs
from bot.web.pages import page
from bot.web.visit import Visit

_TAG = re.compile(r"<[^>]*>")


async def trials(visit: Visit) -> Response:
    """Show what is offered."""
    offered = visit.desk.office.desks.editions.offered
    titles = {name: _title(visit, edition) for name, edition in offered.items()}
    return page(
        visit,
        "trials.html",
        trials=[edition.trial for _, edition in sorted(offered.items())],
        titles=titles,
        standings=visit.desk.standings(),
        languages=visit.desk.texts.languages,
    )


def _title(visit: Visit, edition: Edition) -> str:
    """Return a trial's title, plain, in the reader's language where it has one."""
    there_are = edition.trial.languages
    language = visit.language if visit.language in there_are else there_are[0]
    return html.unescape(_TAG.sub("", edition.label(Text("trial:title"), language)))


DOORS = (Door("/trials", trials, Needs(READING)),)
