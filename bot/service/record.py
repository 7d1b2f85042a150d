"""What the store keeps of a person beside the states of their conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.events import Event


@dataclass(frozen=True, slots=True)
class Noted:
    """One event with what stands beside it in the trail."""

    event: Event
    told_at: datetime | None
    by_participant: bool


@dataclass(frozen=True, slots=True)
class Written:
    """One message that was queued for them; a file goes by its name."""

    at: datetime
    html: str
    file: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """All of it, oldest first."""

    histories: Mapping[str, Sequence[Noted]]
    """By conversation."""
    messages: Sequence[Written]
