"""What follows from a yes or a no to being contacted, reminded, or asked again."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.messages import Alert, Text
from bot.engine.consent import answer_contact, answer_recheck, answer_reminders
from bot.engine.prompts import end, end_beside, preceded, prompt
from bot.engine.transition import Turn


def contact_answered(turn: Turn, *, permitted: bool) -> None:
    """Record whether the team may make contact, and tell them where it may."""
    answer_contact(turn, permitted=permitted)
    if permitted:
        turn.alert(Alert.CONTACT_PERMITTED)
    _close(turn, Text("trial:contact.granted" if permitted else "trial:contact.refused"))


def reminders_answered(turn: Turn, *, wanted: bool) -> None:
    """Record whether they wish to be reminded."""
    answer_reminders(turn, wanted=wanted)
    if wanted:
        turn.ask(Text("reminders-on"))
    else:  # not offered again in the same breath
        due = prompt(turn.trial, turn.conversation)
        turn.say(replace(due, parts=(Text("reminders-off"), Text("paused"))))


def recheck_answered(turn: Turn, *, wanted: bool) -> None:
    """Record whether they wish to be asked again."""
    answer_recheck(turn, wanted=wanted)
    _close(turn, Text("recheck-on" if wanted else "recheck-off"))


def _close(turn: Turn, said: Text) -> None:
    """Say it, and what happens next before they are asked who they are: that may be left unanswered."""
    if end_beside(turn.trial, turn.conversation):
        turn.say(preceded(end(turn.trial, turn.conversation), said))
        turn.ask()
    else:
        turn.ask(said)
