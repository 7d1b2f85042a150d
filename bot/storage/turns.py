"""In what order chats are served when more is to be said than may leave.

A chat's place in the queue is a moment, `waiting_since`; the earliest comes first.

- Whoever has been written to before is in the middle of something: served as if waiting for a day longer.
  Were it first come, first served, everybody greeted in a flood would wait an hour for each next question,
  and nobody would finish. As it is, as many are greeted as can also be talked with.
- Words about an emergency go before everything else.
- Whoever has more waiting than one round takes has written faster than anybody can read: after each round
  their place is behind everyone who waits by then.
- So that those in the middle cannot hold up newcomers for ever, one place in so many is a newcomer's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, literal, select

from bot.storage.columns import Moment
from bot.storage.tables import chats, outbox

DUE = outbox.c.sent_at.is_(None) & outbox.c.failed_at.is_(None)
"""Messages still to be sent."""
PER_CHAT = 10
"""Messages of one chat handed out at once, so that one with thousands waiting starves nobody."""
HEAD_START = timedelta(days=1)
ONE_IN = 20
"""Of so many places one is a newcomer's, however many are in the middle."""


def place(written_to: int, now: datetime) -> datetime:
    """Return the place of a chat in which nothing waited; so many messages were for it before."""
    return now - HEAD_START if written_to else now


def first_place(now: datetime) -> datetime:
    """Return the place of an emergency."""
    return now - 2 * HEAD_START


def next_place(now: datetime) -> ColumnElement[datetime | None]:
    """Return the place of a chat that has had its turn; none where nothing is left."""
    waits = select(outbox.c.sequence).where(outbox.c.chat_id == chats.c.id, DUE)
    left = chats.c.sequence - waits.order_by(outbox.c.sequence).limit(1).scalar_subquery()
    urgent = chats.c.waiting_since < now - 1.5 * HEAD_START
    return case(
        (urgent & (left < PER_CHAT), chats.c.waiting_since),  # what matters may be among what is left
        (left < PER_CHAT, literal(now - HEAD_START, Moment())),
        (left >= PER_CHAT, literal(now, Moment())),
    )


def is_new(now: datetime) -> ColumnElement[bool]:
    """Say of a chat that it has no head start: a newcomer's, or what is left of a flood."""
    return chats.c.waiting_since > now - HEAD_START


def newcomers_among(places: int, more: int) -> int:
    """Return how many of so many more places, after those given before, are newcomers'."""
    return (places + more) // ONE_IN - places // ONE_IN
