"""The audit trail: each conversation's events, sealed, and chained so that no change of them goes unseen.

The chain is over the digests of the sealed bodies, not over the bodies: what somebody said can be forgotten,
and the chain still verifies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from bot.domain.events import ConsentAcknowledged, ConsentCarriedOver, ConsentWithdrawn, Erased, Event
from bot.domain.keeping import RetentionEnded
from bot.service.ports import Kept
from bot.storage.bulk import Row
from bot.storage.codec import write_event
from bot.storage.sealing import Place
from bot.storage.tables import events
from bot.storage.vault import HOUSE, Sealer
from bot.storage.work import Work

_STAYING = (ConsentAcknowledged, ConsentCarriedOver, ConsentWithdrawn, Erased, RetentionEnded)
"""What stays readable in the end: what was agreed to, and why the rest is empty. The texts say so."""
SEALED = (events.c.conversation_id, events.c.position, events.c.actor, events.c.told_at, events.c.body)
"""What is needed of an event to open its body."""
START = bytes(32)
"""The head of a conversation without events."""


def place_of(row: Row) -> Place:
    """Return where an event's body stands: beside who did it, and when by Telegram's clock.

    Neither can be written otherwise without the body's key; only a row of an earlier version has them apart.
    """
    once = f"{row['conversation_id']}/{row['position']}"
    return Place("events", "body", f"{once}/{row['actor']}/{_moment(row['told_at'])}", once)


def places_of(rows: Iterable[Any]) -> list[tuple[Place, bytes]]:
    """Return what a vault needs to open the bodies of stored events."""
    return [(place_of(row._mapping), row.body) for row in rows]  # noqa: SLF001 -- SQLAlchemy's public name for it


def link(before: bytes, row: Mapping[str, Any]) -> bytes:
    """Return the hash of an event's row, chained to the one before it."""
    parts = (
        row["conversation_id"],
        str(row["position"]),
        row["id"],
        _moment(row["at"]),
        _moment(row["told_at"]),
        row["actor"],
        row["digest"].hex(),
    )
    return hashlib.sha256(before + "|".join(parts).encode()).digest()


class Trail:
    """Writes the events of one batch."""

    def __init__(self, work: Work, sealer: Sealer, erased: Sequence[str]) -> None:
        self._work = work
        self._sealer = sealer
        self._erased = frozenset(erased)
        self._rows: list[Row] = []
        self.heads: dict[str, bytes] = {}
        """The hash of the newest event of each conversation; begins with what is stored."""

    def note(self, kept: Kept) -> None:
        """Seal and chain what happened in one turn."""
        talk = kept.conversation.id
        first = kept.conversation.revision - len(kept.events) + 1
        for position, event in enumerate(kept.events, first):
            row: Row = {
                "conversation_id": talk,
                "position": position,
                "id": self._work.row_id(),
                "at": event.at,
                "told_at": kept.told_at,
                "actor": "participant" if kept.arrived else "system",
            }
            row["body"] = self._body(kept, event, place_of(row))
            row["digest"] = hashlib.sha256(row["body"]).digest()
            row["hash"] = self.heads[talk] = link(self.heads.get(talk, START), row)
            self._rows.append(row)

    async def write(self) -> None:
        """Insert all that was noted."""
        if self._rows:
            await self._work.connection.execute(insert(events), self._rows)

    def _body(self, kept: Kept, event: Event, place: Place) -> bytes:
        if isinstance(event, _STAYING):
            return self._sealer.seal(HOUSE, place, write_event(event))
        if kept.person in self._erased:
            return b""
        return self._sealer.seal(kept.person, place, write_event(event))


def _moment(value: datetime | None) -> str:
    return value.astimezone(UTC).isoformat() if value else ""
