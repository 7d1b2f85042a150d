"""Chats that are left in peace for some hours; review cases in checkpoints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_UNCHECKED = sa.text("checkpointed < revision")


def upgrade() -> None:
    op.add_column("chats", sa.Column("quiet_until", sa.DateTime(timezone=True)))
    op.add_column("cases", sa.Column("checkpointed", sa.Integer, nullable=False, server_default="0"))
    op.create_index(
        "ix_cases_unchecked",
        "cases",
        ["id"],
        sqlite_where=_UNCHECKED,
        postgresql_where=_UNCHECKED,
    )
