"""What all events of a conversation have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that happened at `at` (UTC)."""

    at: datetime
