"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_SOMETHING_WAITS = sa.text("waiting_since IS NOT NULL")
_WAITING = sa.text("sent_at IS NULL AND failed_at IS NULL")


def upgrade() -> None:
    _content()
    _people()
    _conversations()
    _events()
    _traffic()
    _outbox()
    op.create_table(
        "installation",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_installation"),
    )


def _content() -> None:
    op.create_table(
        "editions",
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("trial", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name="pk_editions"),
    )


def _people() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("lookup", sa.LargeBinary),
        sa.Column("address", sa.LargeBinary),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("waiting_since", _MOMENT),
        sa.Column("not_before", _MOMENT),
        sa.Column("blocked_at", _MOMENT),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
        sa.UniqueConstraint("lookup", name="uq_chats_lookup"),
    )
    op.create_index(
        "ix_chats_waiting_since",
        "chats",
        ["waiting_since", "id"],
        sqlite_where=_SOMETHING_WAITS,
        postgresql_where=_SOMETHING_WAITS,
    )
    op.create_table(
        "participants",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("chat_id", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("current", sa.Text),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("erased_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_participants_chat_id"),
        sa.UniqueConstraint("chat_id", name="uq_participants_chat_id"),
        sa.UniqueConstraint("code", name="uq_participants_code"),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("participant_id", sa.Text, nullable=False),
        sa.Column("trial", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sa.Column("contact_permission", sa.Boolean),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("active_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT),
        sa.Column("due_at", _MOMENT),
        sa.Column("previous", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_conversations_participant_id"
        ),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["editions.content_hash"], name="fk_conversations_content_hash"
        ),
    )
    for columns in (
        ["participant_id"],
        ["trial", "contact_permission"],
        ["active_at"],
        ["due_at"],
        ["opened_at", "id"],
    ):
        op.create_index("_".join(["ix_conversations", *columns]), "conversations", columns)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary),
        sa.PrimaryKeyConstraint("conversation_id", "position", name="pk_events"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_events_conversation_id"),
        sa.UniqueConstraint("id", name="uq_events_id"),
    )


def _traffic() -> None:
    op.create_table(
        "updates",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_updates"),
    )
    op.create_index("ix_updates_at", "updates", ["at"])
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True
        ),
        sa.Column("chat_id", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("queued_at", _MOMENT, nullable=False),
        sa.Column("sent_at", _MOMENT),
        sa.Column("failed_at", _MOMENT),
        sa.Column("failure", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_outbox_chat_id"),
        sa.UniqueConstraint("chat_id", "sequence", name="uq_outbox_chat_id_sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["chat_id", "sequence"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
