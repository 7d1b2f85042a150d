"""A talk as the person saw it: what they were shown, and between it what they did."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import datetime

from bot.domain import events as e
from bot.domain.conversation import Conversation
from bot.domain.messages import Text
from bot.engine.copies import name_of
from bot.service.editions import Edition
from bot.service.review_ports import Seen, Story
from bot.service.review_views import Line, Speaker


def transcript(edition: Edition, story: Story) -> list[Line]:
    """Return the lines in order of time; of one moment, what the person did comes before what it led to."""
    talk = story.conversation
    team = {event.at for event in story.events if isinstance(event, e.TeamWrote)}
    lines = [line for event in story.events for line in _done(edition, talk, event)]
    # Who somebody is stands behind a door of its own.
    lines += [_shown(seen, team) for seen in story.seen if not seen.message.identifies]
    return sorted(lines, key=lambda line: line.at)  # stable: events stand before messages


def _shown(seen: Seen, team: set[datetime]) -> Line:
    speaker = Speaker.TEAM if seen.at in team else Speaker.BOT
    buttons = seen.message.keys or seen.message.rows
    rows = tuple(tuple(button.label for button in row) for row in buttons)
    return Line(seen.at, speaker, seen.message.html, rows, sent=seen.sent)


_BY_TIME = (e.Reminded, e.RecheckInvited, e.Expired, e.AnswerDelayed)
_SHOWN_ANYWAY = (e.TeamWrote, e.ConsentMessageNoted)
"""Events that another line stands for already."""


def _done(edition: Edition, talk: Conversation, event: e.Event) -> Iterator[Line]:
    if isinstance(event, _SHOWN_ANYWAY):
        return
    by_time = isinstance(event, _BY_TIME) or (isinstance(event, e.TalkEnded) and event.by != "participant")
    words = _words(edition, talk, event)
    speaker = Speaker.SYSTEM if by_time else Speaker.PARTICIPANT
    about = _about(edition, talk, event)
    yield Line(
        event.at, speaker, html.escape(words or "", quote=False), event=type(event).__name__, about=about
    )


def _about(edition: Edition, talk: Conversation, event: e.Event) -> str:
    """Return the short name of the agreement that an event is about."""
    match event:
        case (
            e.ConsentAcknowledged(key=key)
            | e.ConsentDeclined(key=key)
            | e.ConsentReopened(key=key)
            | e.ConsentCarriedOver(key=key)
            | e.ConsentWithdrawn(key=key)
        ):
            return edition.label(name_of(edition.trial, key), _language(edition, talk))
        case _:
            return ""


def _words(edition: Edition, talk: Conversation, event: e.Event) -> str | None:
    """Return what the participant wrote or chose, where it is kept; None where only that it happened."""
    match event:
        case e.AnswerRecorded(question=question, value=value):
            option = edition.trial.question(question).option(value)
            key = f"trial:question.{question}.option.{option.key}" if option else None
            return edition.label(Text(key), _language(edition, talk)) if key else str(value)
        case e.QuestionPassedOn(text=text) | e.EmergencyNoticed(text=text) | e.WroteToTeam(text=text):
            return text
        case e.ContactAnswered(permitted=permitted):
            answer = "yes" if permitted else "no"
            return edition.label(Text(f"trial:contact_request.{answer}"), _language(edition, talk))
        case e.LanguageChosen(language=language):
            return edition.label(Text(f"language-name:{language}"), None)
        case _:
            return None


def _language(edition: Edition, talk: Conversation) -> str | None:
    return talk.language if talk.language in edition.trial.languages else None
