"""What staff do with cases. Each use case is one transaction; NotAllowed says by its key why not.

`who` is the id of a member of staff, read from the staff register within the transaction: whoever was removed
a moment ago may do nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.case_actions import Action
from bot.domain.review import Case
from bot.service.review_ports import ReviewStore
from bot.service.screening import Desks


@dataclass(frozen=True, slots=True)
class Office:
    """What every use case of staff needs: wired once by app.py."""

    desks: Desks
    store: ReviewStore


async def act(office: Office, case_id: str, action: Action, who: str, *, now: datetime) -> Case:
    """Do one action to a case and return the case as it is then.

    Claim, Release, HandOver, Snooze, Wake, Note, Decide, Undo, GiveSecond change the case alone. Answer sends
    the participant a message that is labelled as from a person, and the bot is silent from then on; EndTalk
    says that the bot goes on, and shows what it asked last. Answer and Decide claim a free case.
    """
    raise NotImplementedError


async def take_time(office: Office, *, now: datetime) -> int:
    """Do what time alone brings about in cases: wake them, and alarm where a promised time is over."""
    raise NotImplementedError
