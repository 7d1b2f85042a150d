"""The tables of the study team: staff, review cases with their events, and the installation's own events.

What people said or thought stands in sealed columns; the others hold what the queue is sorted by.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    TextClause,
    text,
)

from bot.storage.columns import Moment
from bot.storage.tables import metadata, required

# Queries must say these word for word: only then does a database use the index that is for them.
UNRESOLVED = text("state <> 'resolved'")
IN_QUEUE = text("state <> 'resolved' AND snoozed_until IS NULL")
AWAY = text("state <> 'resolved' AND snoozed_until IS NOT NULL")
UNCHECKED = text("checkpointed < revision")
DONE = text("state = 'resolved'")
UNSHOWN = text("shown < revision")


def _sorted(name: str, *columns: str, where: TextClause) -> Index:
    return Index(f"ix_cases_{name}", *columns, "id", sqlite_where=where, postgresql_where=where)


staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    # Keyed hash of the Telegram id; null for an account used only in the browser, and of those who left.
    Column("lookup", LargeBinary, unique=True),
    # All that the register says of them, sealed.
    required("body", LargeBinary),
    required("added_at", Moment),
)

# Saved views of the queue, all of a member in one sealed body: names and filters are free words.
saved_views = Table(
    "saved_views",
    metadata,
    Column("staff_id", Text, ForeignKey("staff.id"), primary_key=True),
    required("body", LargeBinary),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False, unique=True),
    Column("participant_id", Text, ForeignKey("participants.id"), nullable=False),
    # The participant code once more, so that a queue needs no second table.
    required("code", Text),
    required("trial", Text),
    Column("source", Text),
    required("state", Text),
    required("priority", Integer),
    required("opened_at", Moment),
    required("changed_at", Moment),
    # Where a case stands in the queue among those as pressing: when it should be answered, or far away.
    required("due_by", Moment),
    Column("snoozed_until", Moment),
    # When time alone does something to it.
    Column("due_at", Moment),
    Column("claimed_by", Text, ForeignKey("staff.id")),
    required("revision", Integer),
    required("snapshot", LargeBinary),
    # The hash of the newest event: see chain.py.
    required("head", LargeBinary),
    # The revision that the card in the staff group shows: behind `revision`, the card is due.
    required("shown", Integer, server_default="0"),
    # The revision that the newest checkpoint lists.
    required("checkpointed", Integer, server_default="0"),
    Index(None, "participant_id"),
    Index(None, "code"),
    _sorted("queue", "priority", "due_by", where=IN_QUEUE),
    _sorted("queue_of", "claimed_by", "priority", "due_by", where=IN_QUEUE),
    _sorted("queue_trial", "trial", "priority", "due_by", where=IN_QUEUE),
    _sorted("queue_source", "source", "priority", "due_by", where=IN_QUEUE),
    _sorted("queue_state", "state", "priority", "due_by", where=IN_QUEUE),
    _sorted("snoozed_until", "snoozed_until", where=AWAY),
    _sorted("changed_at", "changed_at", where=DONE),
    _sorted("due_at", "due_at", where=UNRESOLVED),
    Index("ix_cases_unchecked", "id", sqlite_where=UNCHECKED, postgresql_where=UNCHECKED),
    _sorted("unshown", "priority", "due_by", where=UNSHOWN),
)

# Where in the staff group the card of a case stands. Nothing here says who or what it is about.
case_cards = Table(
    "case_cards",
    metadata,
    Column("case_id", Text, ForeignKey("cases.id"), primary_key=True),
    # Keyed hash of the group's id: in another group its messages are none of ours.
    required("place", LargeBinary),
    Column("topic", BigInteger),
    required("topic_closed", Boolean),
    Column("message", BigInteger),
    # When time alone changes what it shows.
    Column("redraw_at", Moment),
    Index(None, "message"),
    Index(None, "topic"),
    Index(None, "redraw_at"),
)

case_events = Table(
    "case_events",
    metadata,
    Column("case_id", Text, ForeignKey("cases.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    required("id", Text, unique=True),
    # Sealed, with the kind of event in it; empty once what was said is forgotten.
    required("body", LargeBinary),
    required("digest", LargeBinary),
    required("at", Moment),
    # Id of a member of staff, or `participant`, or `system`.
    required("actor", Text),
    required("hash", LargeBinary),
)

installation_events = Table(
    "installation_events",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    required("id", Text, unique=True),
    required("body", LargeBinary),
    required("digest", LargeBinary),
    required("at", Moment),
    # Id of a member of staff, or `operator`.
    required("actor", Text),
    required("hash", LargeBinary),
)
