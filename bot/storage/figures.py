"""Numbers of what is in the store, for metrics: counts and ages, of nobody in particular."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from bot.service.tally import Figures
from bot.storage.database import Database
from bot.storage.tables import chats, conversations, outbox, quarantine
from bot.storage.turns import DUE


async def figures(database: Database, now: datetime) -> Figures:
    """Return the numbers of this moment; StoreUnavailable where it cannot be read."""
    waiting = select(func.count(), func.min(outbox.c.queued_at)).select_from(outbox)
    waiting = waiting.join(chats, chats.c.id == outbox.c.chat_id).where(DUE, chats.c.blocked_at.is_(None))
    overdue = select(func.min(conversations.c.due_at)).where(conversations.c.due_at <= now)
    by_status = select(conversations.c.status, func.count()).group_by(conversations.c.status)
    async with database.reading() as connection:
        count, oldest = (await connection.execute(waiting)).one()
        due = (await connection.execute(overdue)).scalar()
        aside = (await connection.execute(select(func.count()).select_from(quarantine))).scalar_one()
        statuses = (await connection.execute(by_status)).all()
    return Figures(
        waiting=count,
        oldest_wait=_since(oldest, now),
        quarantine=aside,
        late=_since(due, now),
        conversations={row[0]: row[1] for row in statuses},
    )


def _since(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
