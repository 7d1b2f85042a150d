"""Every state of the flow that can be reached, found by walking it: never a list written by hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.content.shelf import Edition
from bot.domain.conversation import Conversation, Status
from bot.domain.messages import ANYTIME, Commanded, FromPerson, Inbound, Started, Tapped, Typed, Waited
from bot.engine import steps
from bot.engine.advance import advance, open_screening
from bot.engine.assess import assess
from bot.engine.commands import COMMANDS
from bot.engine.prompts import prompt
from bot.engine.steps import is_minor, step
from tests.conftest import NOW

CODE = "hostile1"
_SAID: tuple[FromPerson, ...] = (
    Started(),
    *(Commanded(name) for name in COMMANDS if name != "start"),
    Typed("I cannot breathe"),
    Typed("will my insurance pay for it?"),
    Typed("47"),
    Typed("Anna Li"),
    Typed("17"),
)
_LONG = timedelta(days=400)

Signature = tuple[object, ...]


def every_state(edition: Edition) -> list[Conversation]:
    """Return one conversation for each place where the flow can stand, in each language and in none."""
    found: dict[Signature, Conversation] = {}
    for language in (None, *edition.trial.languages):
        _walk(edition, language, found)
    return list(found.values())


def _walk(edition: Edition, language: str | None, found: dict[Signature, Conversation]) -> None:
    opened = open_screening(
        edition.trial, CODE, language=language, source="flyer-7", previous=None, now=NOW
    ).conversation
    waiting = deque([opened])
    while waiting:
        talk = waiting.popleft()
        name = signature(edition, talk)
        if name in found:
            continue
        found[name] = talk
        waiting.extend(_after(edition, talk))


def _after(edition: Edition, talk: Conversation) -> Iterator[Conversation]:
    choices = prompt(edition.trial, talk).choices
    said = (*(Tapped(talk.id, talk.turn, place) for place in range(len(choices))), *_SAID)
    said = (*said, *(Tapped(talk.id, talk.turn, place) for place in ANYTIME.values()))
    moments: list[tuple[Inbound, datetime]] = [*((inbound, NOW) for inbound in said), (Waited(), NOW + _LONG)]
    for inbound, now in moments:
        after = advance(edition.trial, talk, inbound, now=now).conversation
        if after.status is not Status.ERASED:
            yield after


def signature(edition: Edition, talk: Conversation) -> Signature:
    """Return what tells two places in the flow apart."""
    where = step(edition.trial, talk)
    at = where.question.key if isinstance(where, steps.Asking) else None
    item = where.item.key if isinstance(where, steps.Acknowledging) else None
    check = where.check.key if isinstance(where, steps.Checking) else None
    beneath = (talk.introduced, talk.changing is not None, talk.recheck_wanted)
    suggested = assess(edition.trial, talk.answers)
    fits = (suggested.offers_contact, bool(suggested.recheck), is_minor(edition.trial, talk))
    ended = (talk.status, talk.outcome, talk.ending, talk.contact_permission)
    return (talk.language, type(where).__name__, at, item, check, *beneath, *fits, *ended)
