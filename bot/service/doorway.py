"""What is said to people who are not in a screening yet: whom nothing is kept of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.messages import Choice, Commanded, Reply, Text
from bot.domain.peril import Peril
from bot.engine.advance import advance
from bot.engine.prompts import safety_text
from bot.engine.transition import Transition
from bot.service.editions import Edition
from bot.service.lapse import CLOSED_TO_NEW
from bot.service.links import spoken
from bot.service.ports import Arrival


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """A reply to somebody who is in no conversation, and whose words it is in."""

    edition: Edition
    talk: Conversation
    reply: Reply


def turned_away(edition: Edition, earlier: Conversation | None, arrival: Arrival, now: datetime) -> AtTheDoor:
    """Say kindly that nobody is screened now; safety comes first here too."""
    talk = Conversation("", language=language_at_first(edition, earlier, arrival))
    return _safety_first([edition], talk, Reply((CLOSED_TO_NEW,)), arrival, now)


def which_trial(offered: Mapping[str, Edition], arrival: Arrival, now: datetime) -> AtTheDoor:
    """Ask which of several trials somebody came for."""
    edition = next(iter(offered.values()))
    talk = Conversation("", language=spoken(arrival.phone_language, edition.trial.languages))
    rows = tuple((_study(name, other, talk.language),) for name, other in offered.items())
    return _safety_first([*offered.values()], talk, Reply((Text("choose-study"),), rows), arrival, now)


def _safety_first(
    editions: list[Edition], talk: Conversation, reply: Reply, arrival: Arrival, now: datetime
) -> AtTheDoor:
    kind = _peril(editions, talk, arrival, now)
    if kind:
        reply = replace(reply, parts=(safety_text(kind), *reply.parts))
        talk = replace(talk, held=True, peril=kind)
    return AtTheDoor(editions[0], talk, reply)


def language_at_first(edition: Edition, earlier: Conversation | None, arrival: Arrival) -> str | None:
    """Return the language of the round before, or else of the phone; None where the trial has neither."""
    if earlier and earlier.language in edition.trial.languages:
        return earlier.language
    return spoken(arrival.phone_language, edition.trial.languages)


def first_words(edition: Edition, opened: Transition, arrival: Arrival, now: datetime) -> Transition:
    """Answer what a stranger wrote: safety first, a command after the introduction; the rest is greeted."""
    answered = advance(edition.trial, opened.conversation, arrival.inbound, now=now)
    events = (*opened.events, *answered.events)
    if answered.conversation.held:
        return replace(answered, events=events)
    if isinstance(arrival.inbound, Commanded):
        return replace(answered, events=events, replies=(*opened.replies[:-1], *answered.replies))
    return opened


def _study(name: str, edition: Edition, language: str | None) -> Choice:
    # The title in its own edition's words: the message around it is in those of another.
    spoken_there = language if language in edition.trial.languages else None
    title = edition.label(Text("trial:title"), spoken_there)
    return Choice(f"study:{name}", Text("study-link", {"title": title, "trial": name}))


def _peril(editions: Iterable[Edition], talk: Conversation, arrival: Arrival, now: datetime) -> Peril | None:
    """Return the kind of emergency that the first of these trials hears in what arrived."""
    answered = (advance(each.trial, talk, arrival.inbound, now=now).conversation for each in editions)
    return next((after.peril for after in answered if after.held), None)
