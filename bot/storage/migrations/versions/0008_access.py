"""What lets somebody in stands in sealed bodies alone.

Nothing can be sealed here, since the keys are not in the database: the old bodies stay, let nobody in, and
are sealed anew at the next start, by what the installation's chain says of each (see resealing.py). Sessions,
links and second factors that nobody has used yet are gone: people sign in again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("sign_in_links")
    _sessions()
    _links()
    op.execute(sa.text("DELETE FROM second_factors WHERE NOT confirmed"))
    for column in ("confirmed", "last_step", "failures", "locked_until"):
        op.drop_column("second_factors", column)
    for column in ("roles", "sees_identity", "removed_at"):
        op.drop_column("staff", column)


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("staff_id", sa.Text, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_sessions_staff_id"),
    )
    op.create_index("ix_sessions_staff_id", "sessions", ["staff_id"])


def _links() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("staff_id", sa.Text, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_in_links"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_sign_in_links_staff_id"),
    )
    op.create_index("ix_sign_in_links_staff_id_made_at", "sign_in_links", ["staff_id", "made_at"])
