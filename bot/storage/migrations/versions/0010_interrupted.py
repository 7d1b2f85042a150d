"""How often somebody was heard of while a message to them was on its way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chats", sa.Column("interrupted", sa.Integer, nullable=False, server_default="0"))
