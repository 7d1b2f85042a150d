"""What is kept of one person beside the states of their conversations, for a copy that they asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.service.record import Noted, Record, Written
from bot.storage.codec import message_of, read_event, read_message
from bot.storage.tables import conversations, events, outbox, participants
from bot.storage.trail import places_of
from bot.storage.work import Work


async def record_of(work: Work, person: str) -> Record:
    """Return all events of a person's conversations, and every message that was queued for them."""
    talks = select(conversations.c.id).where(conversations.c.participant_id == person)
    query = select(events).where(events.c.conversation_id.in_(talks), events.c.body != b"")
    query = query.order_by(events.c.conversation_id, events.c.position)
    rows = (await work.connection.execute(query)).all()
    opened = await work.vault.open(places_of(rows))
    histories: dict[str, list[Noted]] = {}
    for row, body in zip(rows, opened, strict=True):
        noted = Noted(read_event(body), row.told_at, row.actor == "participant")
        histories.setdefault(row.conversation_id, []).append(noted)
    chat = select(participants.c.chat_id).where(participants.c.id == person)
    sent = select(outbox).where(outbox.c.chat_id.in_(chat)).order_by(outbox.c.sequence)
    queued = (await work.connection.execute(sent)).all()
    bodies = await work.vault.open([(message_of(row.chat_id, row.sequence), row.body) for row in queued])
    messages = [_written(row.queued_at, body) for row, body in zip(queued, bodies, strict=True)]
    return Record(histories, messages)


def _written(at: datetime, body: bytes) -> Written:
    message = read_message(body)
    # Not its content: a file would hold all earlier ones.
    return Written(at, message.html, message.document.name if message.document else None)
