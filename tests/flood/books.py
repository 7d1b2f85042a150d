"""What the database says after a flood: nothing lost, nothing twice."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from sqlalchemy import text

from bot.storage.database import open_database

_FIGURES = {
    "updates": "SELECT count(*) FROM updates",
    "chats": "SELECT count(*) FROM chats",
    "participants": "SELECT count(*) FROM participants",
    "conversations": "SELECT count(*) FROM conversations",
    "events": "SELECT count(*) FROM events",
    "quarantined": "SELECT count(*) FROM quarantine",
    "queued": "SELECT count(*) FROM outbox",
    "sent": "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL",
    "failed": "SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL",
    "held": "SELECT count(*) FROM chats WHERE lease_owner IS NOT NULL",
    "gaps": """SELECT count(*) FROM chats WHERE sequence !=
        (SELECT count(*) FROM outbox WHERE chat_id = chats.id)""",
    "revisions": """SELECT count(*) FROM conversations WHERE revision !=
        (SELECT count(*) FROM events WHERE conversation_id = conversations.id)""",
}


@dataclass(frozen=True, slots=True)
class Books:
    """Figures by name, the ids of the updates kept, and how many messages were queued in how many chats."""

    figures: dict[str, int]
    numbers: array[int]
    lengths: dict[int, int]


async def read_books(url: str) -> Books:
    """Read a database whose bot has stopped."""
    database = open_database(url, patient=True)
    try:
        async with database.reading() as connection:
            figures = {
                name: (await connection.execute(text(query))).scalar_one() for name, query in _FIGURES.items()
            }
            keys = (await connection.execute(text("SELECT key FROM updates"))).scalars()
            numbers = array("q", sorted(int(key.partition(":")[2]) for key in keys))
            queued = "SELECT sequence, count(*) FROM chats GROUP BY sequence"
            lengths = {row[0]: row[1] for row in await connection.execute(text(queued))}
    finally:
        await database.close()
    return Books(figures, numbers, lengths)
