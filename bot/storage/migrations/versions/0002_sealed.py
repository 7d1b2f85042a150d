"""What is said and who it is becomes sealed; events are chained.

Nothing can be sealed afterwards here, since the keys are not in the database.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.domain.errors import SettingsError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_UNCHECKED = sa.text("checkpointed < revision")
_UNSHREDDED = sa.text("erased_at IS NOT NULL AND shredded_at IS NULL")


def upgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT id FROM chats LIMIT 1")).first():
        raise SettingsError(
            "DATABASE_URL names a database from before answers were sealed, which only demo mode could fill. "
            "Begin with a new one. Example:\n  DATABASE_URL=sqlite:///var/doorstep-2.sqlite3"
        )
    op.execute(sa.text("DELETE FROM quarantine"))
    op.execute(sa.text("DELETE FROM installation WHERE name = 'lookup_key'"))
    op.add_column("participants", sa.Column("shredded_at", _MOMENT))
    op.create_index(
        "ix_participants_unshredded",
        "participants",
        ["id"],
        sqlite_where=_UNSHREDDED,
        postgresql_where=_UNSHREDDED,
    )
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("head", sa.LargeBinary, nullable=False))
        conversations.add_column(sa.Column("checkpointed", sa.Integer, nullable=False, server_default="0"))
    op.create_index(
        "ix_conversations_unchecked",
        "conversations",
        ["id"],
        sqlite_where=_UNCHECKED,
        postgresql_where=_UNCHECKED,
    )
    with op.batch_alter_table("events") as events:
        events.drop_column("kind")
        events.add_column(sa.Column("digest", sa.LargeBinary, nullable=False))
        events.alter_column("hash", existing_type=sa.LargeBinary, nullable=False)
