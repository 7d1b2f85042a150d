"""What still happens while no approval holds: safety, rights and an end, but no screening."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from bot.domain import events as e
from bot.domain.conversation import Conversation, Status
from bot.domain.messages import Commanded, Inbound, Reply, Text
from bot.domain.trial import Trial
from bot.engine import steps
from bot.engine.prompts import prompt
from bot.engine.steps import step
from bot.engine.transition import Transition

CLOSED_TO_NEW = Text("closed-to-new")
CLOSED_MEANWHILE = Text("closed-meanwhile")
LATER = timedelta(hours=1)
"""An invitation that must not be sent now is looked at again after this long."""

_SCREENING = (
    e.IntroductionRead,
    e.ConsentAcknowledged,
    e.ConsentTextChanged,
    e.ComprehensionAnswered,
    e.AnswerRecorded,
    e.ChangeAsked,
    e.ChangeBegan,
    e.OutcomeReached,
)
_ASKS = (
    steps.Introduction,
    steps.Acknowledging,
    steps.Checking,
    steps.PickingChange,
    steps.Asking,
    steps.Reviewing,
)
_INVITES = (e.Reminded, e.RecheckInvited)


class Notice(NamedTuple):
    """What the operator should know of a trial's approvals."""

    trial: str
    says: str


class Licence(Protocol):
    """Says whether people may be screened with a trial's exact texts at a time."""

    def holds(self, trial: Trial, now: datetime) -> bool:
        """Say whether they may."""
        ...

    def notices(self, now: datetime) -> list[Notice]:
        """Return what the operator should be told today, at most once a day."""
        ...


class Unlimited:
    """The licence of a demo or a pilot: nobody asked a committee."""

    def holds(self, _trial: Trial, _now: datetime) -> bool:
        """Say yes."""
        return True

    def notices(self, _now: datetime) -> list[Notice]:
        """Have nothing to tell."""
        return []


def curb(trial: Trial, before: Conversation, inbound: Inbound, done: Transition) -> Transition:
    """Return what of a turn stands without a licence: nothing is asked, answered or agreed to any more.

    Words about an emergency, every command, an end, a no and erasure do what they always do.
    """
    if Status.IN_PROGRESS not in {before.status, done.conversation.status}:
        return done
    refused = Reply((CLOSED_MEANWHILE,))
    if any(isinstance(event, _SCREENING) for event in done.events):
        return Transition(before, replies=(refused,))
    if not isinstance(step(trial, done.conversation), _ASKS):
        return done
    if not done.events and not isinstance(inbound, Commanded):
        return replace(done, replies=(refused,) if done.replies else ())
    due = prompt(trial, done.conversation)
    return replace(done, replies=tuple(_told(reply, due) for reply in done.replies))


def invites(done: Transition) -> bool:
    """Say whether a turn that time alone brought about would draw people back into screening."""
    return any(isinstance(event, _INVITES) for event in done.events)


def _told(reply: Reply, due: Reply) -> Reply:
    """Return a reply with what it asks for replaced by the reason why nothing is asked."""
    if not reply.rows:
        return reply
    asked = len(due.parts) if reply.parts[-len(due.parts) :] == due.parts else len(reply.parts)
    return Reply((*reply.parts[: len(reply.parts) - asked], CLOSED_MEANWHILE), bilingual=reply.bilingual)
