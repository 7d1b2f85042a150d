"""Chains of sealed events beside the conversations': of each review case, and of the installation.

As in trail.py the chain is over the digests, so what was said can be forgotten and the chain still holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from bot.storage.bulk import Row

START = bytes(32)
"""The head of a chain without events."""
CHAIN = "installation"
"""The name of the installation's own chain."""
HEAD = "chain"
"""Where the length and the head of that one stand in the table `installation`."""


def chained(before: bytes, of: str, row: Row) -> Row:
    """Return an event's row with the digest of its sealed body and its place in the chain of that name."""
    row["digest"] = hashlib.sha256(row["body"]).digest()
    row["hash"] = link(before, of, row)
    return row


def link(before: bytes, of: str, row: Mapping[str, Any]) -> bytes:
    """Return the hash of an event's row, chained to the one before it."""
    at = row["at"].astimezone(UTC).isoformat()
    parts = (of, str(row["position"]), row["id"], at, row["actor"], row["digest"].hex())
    return hashlib.sha256(before + "|".join(parts).encode()).digest()


def broken(of: str, rows: Sequence[Any], length: int, head: bytes) -> Iterator[tuple[int, str]]:
    """Yield the position and the kind of each fault in a chain that should have this length and head."""
    newest = START
    for expected, row in enumerate(rows, 1):
        if row.position != expected:
            yield expected, "an event is missing"
            return
        newest = link(newest, of, row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
        if newest != row.hash:
            yield row.position, "an event, or the one before it, was changed"
            return
        if row.body and hashlib.sha256(row.body).digest() != row.digest:
            yield row.position, "what an event says was changed"
    if len(rows) != length:
        yield len(rows) + 1, "the last events are missing, or some were added"
    elif newest != head:
        yield length, "the chain ends with another event"


def written(length: int, head: bytes) -> bytes:
    """Return how the length and head of the installation's chain are kept."""
    return f"{length}:{head.hex()}".encode()


def read_head(value: bytes) -> tuple[int, bytes]:
    """Return the length and head of the installation's chain."""
    length, _, head = bytes(value).decode().partition(":")
    return int(length), bytes.fromhex(head)
