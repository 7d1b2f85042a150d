"""Staff, review cases with their events, and the events of the installation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_UNRESOLVED = sa.text("state <> 'resolved'")
_IN_QUEUE = sa.text("state <> 'resolved' AND snoozed_until IS NULL")
_AWAY = sa.text("state <> 'resolved' AND snoozed_until IS NOT NULL")
_DONE = sa.text("state = 'resolved'")


def upgrade() -> None:
    _staff()
    _cases()
    _events()
    op.add_column("outbox", sa.Column("conversation_id", sa.Text))
    op.create_index("ix_outbox_conversation_id", "outbox", ["conversation_id"])


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("lookup", sa.LargeBinary),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("sees_identity", sa.Boolean, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("removed_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("lookup", name="uq_staff_lookup"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("participant_id", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("trial", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("due_by", _MOMENT, nullable=False),
        sa.Column("snoozed_until", _MOMENT),
        sa.Column("due_at", _MOMENT),
        sa.Column("claimed_by", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("conversation_id", name="uq_cases_conversation_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_cases_conversation_id"),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name="fk_cases_participant_id"),
        sa.ForeignKeyConstraint(["claimed_by"], ["staff.id"], name="fk_cases_claimed_by"),
    )
    order = ["priority", "due_by", "id"]
    for name, columns, where in (
        ("queue", order, _IN_QUEUE),
        ("queue_of", ["claimed_by", *order], _IN_QUEUE),
        ("queue_trial", ["trial", *order], _IN_QUEUE),
        ("queue_source", ["source", *order], _IN_QUEUE),
        ("queue_state", ["state", *order], _IN_QUEUE),
        ("snoozed_until", ["snoozed_until", "id"], _AWAY),
        ("changed_at", ["changed_at", "id"], _DONE),
        ("due_at", ["due_at", "id"], _UNRESOLVED),
    ):
        op.create_index(f"ix_cases_{name}", "cases", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_cases_participant_id", "cases", ["participant_id"])
    op.create_index("ix_cases_code", "cases", ["code"])


def _events() -> None:
    op.create_table(
        "case_events",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *_chained(),
        sa.PrimaryKeyConstraint("case_id", "position", name="pk_case_events"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_events_case_id"),
        sa.UniqueConstraint("id", name="uq_case_events_id"),
    )
    op.create_table(
        "installation_events",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        *_chained(),
        sa.PrimaryKeyConstraint("position", name="pk_installation_events"),
        sa.UniqueConstraint("id", name="uq_installation_events_id"),
    )


def _chained() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
