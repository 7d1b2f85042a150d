"""Looks whether the stored texts of editions are those that their hashes stand for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.case_verifying import Fault
from bot.storage.tables import editions

EDITION = "edition "
"""Before the hash of an edition, so that it is not taken for a conversation's code."""


async def faults_of_editions(connection: AsyncConnection) -> AsyncIterator[list[Fault]]:
    """Yield what is wrong, edition by edition: a text is long, so one at a time is in memory."""
    names = (await connection.execute(select(editions.c.content_hash))).scalars().all()
    for name in sorted(names):
        row = (await connection.execute(select(editions).where(editions.c.content_hash == name))).one()
        yield [(f"{EDITION}{name}", None, what) for what in _faults(row)]


def _faults(row: Any) -> list[str]:  # noqa: ANN401 -- a row
    if hashlib.sha256(row.body).hexdigest() != row.content_hash:
        return ["its text is not the one that its hash stands for"]
    if _told(bytes(row.body)) not in {None, (row.trial, row.version)}:
        return ["its row names another trial or version than its text"]
    return []


def _told(body: bytes) -> tuple[str, str] | None:
    """Return the trial and the version that a text names; None where it is of a form that names none here."""
    try:
        trial = json.loads(body)["trial"]
        return trial["id"], trial["version"]
    except (ValueError, KeyError, TypeError):
        return None
