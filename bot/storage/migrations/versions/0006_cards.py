"""Cards of cases in the staff group: where each stands, and which state of its case it shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNSHOWN = sa.text("shown < revision")


def upgrade() -> None:
    op.add_column("cases", sa.Column("shown", sa.Integer, nullable=False, server_default="0"))
    # What was done before there were cards needs none.
    op.execute("UPDATE cases SET shown = revision WHERE state = 'resolved'")
    op.create_index(
        "ix_cases_unshown",
        "cases",
        ["priority", "due_by", "id"],
        sqlite_where=_UNSHOWN,
        postgresql_where=_UNSHOWN,
    )
    op.create_table(
        "case_cards",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("place", sa.LargeBinary, nullable=False),
        sa.Column("topic", sa.BigInteger),
        sa.Column("topic_closed", sa.Boolean, nullable=False),
        sa.Column("message", sa.BigInteger),
        sa.Column("redraw_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_cards"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_cards_case_id"),
    )
    op.create_index("ix_case_cards_message", "case_cards", ["message"])
    op.create_index("ix_case_cards_topic", "case_cards", ["topic"])
    op.create_index("ix_case_cards_redraw_at", "case_cards", ["redraw_at"])
