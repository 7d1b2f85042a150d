"""The tables of signing in: digests of what people hold, never the thing itself."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from bot.storage.columns import Moment
from bot.storage.tables import metadata, required

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    required("made_at", Moment),
    required("expires_at", Moment),
    Column("used_at", Moment),
    Index(None, "staff_id", "made_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    required("made_at", Moment),
    required("seen_at", Moment),
    required("proved_at", Moment),
    required("second_factor", Boolean),
    Index(None, "staff_id"),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("staff_id", Text, ForeignKey("staff.id"), primary_key=True),
    # The secret, sealed.
    required("body", LargeBinary),
    required("confirmed", Boolean),
    required("last_step", Integer),
    required("failures", Integer),
    Column("locked_until", Moment),
)
