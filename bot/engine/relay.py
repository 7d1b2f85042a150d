"""The bot steps aside: a human talks with the participant."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.conversation import TALK
from bot.domain.folding import tells_staff
from bot.domain.messages import Alert, Edited, FromPerson, Reply, Text, Typed
from bot.engine import steps
from bot.engine.prompts import prompt
from bot.engine.reading import normalise
from bot.engine.steps import is_minor, may_keep_health_text, step
from bot.engine.transition import Turn

LEAVE = "leave_talk"


def passes_on(turn: Turn, inbound: FromPerson) -> bool:
    """Pass on what a participant writes while a human talks with them; False where it is not for that person.

    The bot says nothing to it but the first time, or where the words may not be kept.
    """
    if not isinstance(step(turn.trial, turn.conversation), steps.Talking):
        return False
    match inbound:
        case Typed(text) if not _leaves(turn, text):
            _pass_on(turn, text, edited=False)
        case Edited(text):
            _pass_on(turn, text, edited=True)
        case _:
            return False
    return True


def _leaves(turn: Turn, text: str) -> bool:
    # The label or its words, but never a number: that may be an answer to the person.
    return normalise(text) in turn.trial.lexicon.choices.get(LEAVE, frozenset())


def _pass_on(turn: Turn, text: str, *, edited: bool) -> None:
    talk, kept = turn.conversation, _may_keep(turn)
    if tells_staff(talk, TALK, turn.now):
        turn.alert(Alert.MESSAGE)
    turn.happened(e.WroteToTeam(at=turn.now, text=text if kept else None, edited=edited))
    if not kept:
        turn.ask(Text("talk-not-kept"))
    elif not talk.talked:
        turn.ask()


def _may_keep(turn: Turn) -> bool:
    talk = turn.conversation
    return may_keep_health_text(turn.trial, talk) and not is_minor(turn.trial, talk)


def leave_talk(turn: Turn, by: str = "participant") -> None:
    """End the talk: the bot says so, and goes on."""
    turn.happened(e.TalkEnded(at=turn.now, by=by))
    turn.ask(Text("talk-silent" if by == "silence" else "talk-ended"))


def speak_for_team(turn: Turn, case: str, text: str) -> None:
    """Let a person from the study team say something; the first time it is said what happens now."""
    first = turn.conversation.talking is None
    turn.happened(e.TeamWrote(at=turn.now, case=case))
    begins = Text("talk-begins" if _may_keep(turn) else "talk-begins-early")
    said = (Text("team-message", {"text": text}), *((begins,) if first else ()))
    due = prompt(turn.trial, turn.conversation)
    talking = isinstance(step(turn.trial, turn.conversation), steps.Talking)
    turn.say(Reply(said, due.rows) if talking else Reply(said))


def tell_late(turn: Turn) -> None:
    """Say honestly that nobody from the team has answered within the time they have for it."""
    turn.happened(e.AnswerDelayed(at=turn.now))
    turn.ask(Text("answer-late"))
