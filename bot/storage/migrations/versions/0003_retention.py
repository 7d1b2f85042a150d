"""What was said can go when its time is over, and receipts say that something went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_LOOK_AGAIN = """
UPDATE conversations SET due_at = finished_at
WHERE due_at IS NULL AND status IN ('completed', 'declined', 'stopped', 'incomplete')
AND id NOT IN (SELECT previous FROM conversations WHERE previous IS NOT NULL)
"""


def upgrade() -> None:
    op.add_column("conversations", sa.Column("deidentified_at", _MOMENT))
    # Those that ended before this: the timer looks when their time is over. Not in rounds that a newer one
    # followed, since an invitation may be due in them that would draw their person away from it.
    op.execute(sa.text(_LOOK_AGAIN))
    op.add_column("outbox", sa.Column("conversation_id", sa.Text))
    op.create_table(
        "receipts",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_receipts"),
    )
