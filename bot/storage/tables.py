"""The tables.

Who somebody is and what was said stands in sealed columns (see sealing.py); the other columns hold codes,
states, times and hashes only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.columns import Moment

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def required(name: str, kind: Any, **more: Any) -> Column[Any]:  # noqa: ANN401 -- as Column takes them
    return Column(name, kind, nullable=False, **more)


_UNSHREDDED = text("erased_at IS NOT NULL AND shredded_at IS NULL")
_UNCHECKED = text("checkpointed < revision")
_SOMETHING_WAITS = text("waiting_since IS NOT NULL")

editions = Table(
    "editions",
    metadata,
    Column("content_hash", Text, primary_key=True),
    required("trial", Text),
    required("version", Text),
    required("body", LargeBinary),
    required("kept_at", Moment),
)

chats = Table(
    "chats",
    metadata,
    Column("id", Text, primary_key=True),
    # Keyed hash of the Telegram chat id; null once its person was erased, so that they are a stranger.
    Column("lookup", LargeBinary, unique=True),
    # The chat id itself, sealed; null once an erased person's last message has left.
    Column("address", LargeBinary),
    # A person's own chat, not a group: these are locked first, and all of them in the order of their ids.
    required("private", Boolean),
    required("sequence", Integer),
    # Since when the first message still to be sent has been waiting; null where none is.
    Column("waiting_since", Moment),
    Column("not_before", Moment),
    # What waits is not to disturb anybody before that, unless they write.
    Column("quiet_until", Moment),
    Column("blocked_at", Moment),
    Column("lease_owner", Text),
    Column("lease_until", Moment),
    # How often its person was heard of while something was being sent: a refusal of that is out of date.
    Column("interrupted", Integer, nullable=False, server_default="0"),
    # Most chats wait for nothing: the sender sees only those that do, the longest waiting first.
    Index(
        "ix_chats_waiting_since",
        "waiting_since",
        "id",
        sqlite_where=_SOMETHING_WAITS,
        postgresql_where=_SOMETHING_WAITS,
    ),
)

participants = Table(
    "participants",
    metadata,
    Column("id", Text, primary_key=True),
    Column("chat_id", Text, ForeignKey("chats.id"), nullable=False, unique=True),
    required("code", Text, unique=True),
    # No foreign key: the two tables would need one another to exist first.
    Column("current", Text),
    required("created_at", Moment),
    Column("erased_at", Moment),
    # When the key of an erased person was destroyed: between the two it is still to be done.
    Column("shredded_at", Moment),
    Index(
        "ix_participants_unshredded",
        "id",
        sqlite_where=_UNSHREDDED,
        postgresql_where=_UNSHREDDED,
    ),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False),
    required("trial", Text),
    # A conversation without its edition could not go on after a restart.
    Column("content_hash", Text, ForeignKey("editions.content_hash"), nullable=False),
    required("status", Text),
    required("revision", Integer),
    required("snapshot", LargeBinary),
    # The hash of the newest event: see trail.py.
    required("head", LargeBinary),
    # The revision that the newest checkpoint lists.
    required("checkpointed", Integer, server_default="0"),
    Column("contact_permission", Boolean),
    required("opened_at", Moment),
    required("active_at", Moment),
    Column("finished_at", Moment),
    Column("due_at", Moment),
    Column("previous", Text),
    # When the time for which it was kept was over: nothing is left of it but how it ended.
    Column("deidentified_at", Moment),
    Index(None, "participant_id"),
    Index(None, "trial", "contact_permission"),
    Index(None, "active_at"),
    Index(None, "due_at"),
    Index(None, "opened_at", "id"),
    Index(
        "ix_conversations_unchecked",
        "id",
        sqlite_where=_UNCHECKED,
        postgresql_where=_UNCHECKED,
    ),
)

events = Table(
    "events",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    required("id", Text, unique=True),
    # Sealed, with the kind of event in it; empty once what was said is forgotten.
    required("body", LargeBinary),
    # SHA-256 of the sealed body as it was written.
    required("digest", LargeBinary),
    required("at", Moment),
    Column("told_at", Moment),
    required("actor", Text),
    required("hash", LargeBinary),
)

updates = Table(
    "updates",
    metadata,
    Column("key", Text, primary_key=True),
    required("at", Moment),
    Index(None, "at"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    required("key", Text),
    required("reason", Text),
    required("body", LargeBinary),
    required("at", Moment),
)

_WAITING = text("sent_at IS NULL AND failed_at IS NULL")

outbox = Table(
    "outbox",
    metadata,
    # Only SQLite's INTEGER counts by itself; ids are never used again, so a late "sent" hits nothing else.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("chat_id", Text, ForeignKey("chats.id"), nullable=False),
    # What staff see of what the person saw, and what goes with it when its time is over. No foreign key: a
    # message may be about no conversation, or one that begins with it.
    Column("conversation_id", Text),
    required("sequence", Integer),
    required("body", LargeBinary),
    required("queued_at", Moment),
    Column("sent_at", Moment),
    Column("failed_at", Moment),
    Column("failure", Text),
    required("attempts", Integer),
    UniqueConstraint("chat_id", "sequence"),
    Index(None, "conversation_id"),
    # Sent messages pile up; the sender must not wade through them.
    Index(
        "ix_outbox_waiting",
        "chat_id",
        "sequence",
        unique=False,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    ),
    sqlite_autoincrement=True,
)

# What was erased, by a code that only its person has: nothing here says whose it was.
receipts = Table(
    "receipts",
    metadata,
    Column("code", Text, primary_key=True),
    required("kind", Text),
    required("at", Moment),
)

installation = Table(
    "installation",
    metadata,
    Column("name", Text, primary_key=True),
    required("value", LargeBinary),
)
