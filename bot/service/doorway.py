"""What is said to people who are not in a screening yet: whom nothing is kept of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.messages import Choice, Commanded, Reply, Text
from bot.engine.advance import advance, peril_told
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


def turned_away(edition: Edition, earlier: Conversation | None, arrival: Arrival) -> AtTheDoor:
    """Say kindly that nobody is screened now; safety comes first here too."""
    talk = Conversation("", language=language_at_first(edition, earlier, arrival))
    return _safety_first([edition], talk, Reply((CLOSED_TO_NEW,)), arrival)


def which_trial(offered: Mapping[str, Edition], arrival: Arrival) -> AtTheDoor:
    """Ask which of several trials somebody came for."""
    edition = next(iter(offered.values()))
    talk = Conversation("", language=spoken(arrival.phone_language, edition.trial.languages))
    rows = tuple((_study(name, other, talk.language),) for name, other in offered.items())
    return _safety_first([*offered.values()], talk, Reply((Text("choose-study"),), rows), arrival)


def not_handled(offered: Mapping[str, Edition], arrival: Arrival) -> AtTheDoor:
    """Say that what somebody sent is set aside, in every language: nothing that is kept of them is needed."""
    reply = Reply((Text("not-handled"), Text("if-urgent")), bilingual=True)
    return _safety_first([*offered.values()], Conversation(""), reply, arrival)


def _safety_first(editions: list[Edition], talk: Conversation, reply: Reply, arrival: Arrival) -> AtTheDoor:
    # Of the kind that the first of these trials hears in what arrived.
    kinds = (peril_told(each.trial, arrival.inbound) for each in editions)
    kind = next((kind for kind in kinds if kind), None)
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
