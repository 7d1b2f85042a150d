"""The tables of signing in: digests of what people hold, never the thing itself.

What counts stands in sealed bodies (see access_bodies.py); the other columns only find rows.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from bot.storage.columns import Moment
from bot.storage.tables import metadata, required

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    required("made_at", Moment),
    Column("used_at", Moment),
    required("body", LargeBinary),
    Index(None, "staff_id", "made_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    required("made_at", Moment),
    required("body", LargeBinary),
    Index(None, "staff_id"),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("staff_id", Text, ForeignKey("staff.id"), primary_key=True),
    required("body", LargeBinary),
)
