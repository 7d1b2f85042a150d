"""Checkpoints: what the audit trail was, signed and written outside the database.

A chain alone does not show that its end was cut off, or that a whole conversation is gone. Each checkpoint
lists the conversations that changed since the one before it, with their length and newest hash, and likewise
the chains of review cases and the installation's own; and it carries the hash of the line before it. One
JSON line each, signed with Ed25519 (RFC 8032), a file for each machine, since any of them may lead; `verify`
reads them all.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Select, Table, Update, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import DoorstepError
from bot.storage.bulk import insert_missing
from bot.storage.chain import CHAIN, HEAD, read_head
from bot.storage.review_tables import cases
from bot.storage.tables import conversations, installation

FILES = "checkpoints-*.jsonl"
CASE = "case "
"""Before the id of a review case, so that its chain is not taken for a conversation's."""
_Lines: TypeAlias = "list[list[Any]]"
"""The name of a chain, its length, and its newest hash."""
_START = "0" * 64
_COUNTED = "checkpoints:"
_MOST = 5_000
"""Conversations in one checkpoint; what is left goes into the next."""
_BLOCK = 64 * 1024
_LISTED = "chain_checkpointed"
"""Where it stands how much of the installation's chain the newest checkpoint lists."""


class Broken(DoorstepError):  # noqa: N818 -- says what happened
    """The file of checkpoints is not what was written."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a checkpoint says of one conversation, or of another chain."""

    length: int
    head: str
    where: str


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest checkpoint, as short as somebody outside can keep it."""

    number: int
    at: str
    root: str
    """SHA-256 of its line: the next line begins with it, so it vouches for all lines before."""
    signature: str


class Witness:
    """Writes checkpoints to a folder outside the database, and reads them again."""

    def __init__(self, folder: Path, machine: str, seed: bytes) -> None:
        """`seed` are the 32 secret bytes of an Ed25519 key (SIGNING_KEY)."""
        self._path = folder / FILES.replace("*", re.sub(r"[^A-Za-z0-9.-]", "-", machine))
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    async def write(self, connection: AsyncConnection, now: datetime) -> int:
        """Write one checkpoint of what changed, durably; return how many chains are in it."""
        talks = (await connection.execute(_changed(conversations))).all()
        reviews = (await connection.execute(_changed(cases))).all()
        own = await _installation(connection)
        if not (talks or reviews or own):
            return 0
        chains = [[f"{CASE}{row.id}", row.revision, row.head.hex()] for row in reviews] + own
        listed = [[row.id, row.revision, row.head.hex()] for row in talks]
        number = await asyncio.to_thread(self._append, now, listed, chains)
        for table, rows in ((conversations, talks), (cases, reviews)):
            if rows:
                noted = [{"row": row.id, "length": row.revision} for row in rows]
                await connection.execute(_noted(table), noted)
        for _, length, _ in own:
            await _note(connection, _LISTED, str(length).encode())
        await self._count(connection, number)
        return len(listed) + len(chains)

    async def _count(self, connection: AsyncConnection, number: int) -> None:
        """Note in the database too how many there are: then a file whose end was cut off shows."""
        await _note(connection, f"{_COUNTED}{self._path.name}", str(number).encode())

    async def marks(self, connection: AsyncConnection) -> dict[str, Mark]:
        """Return what the checkpoints say last of each chain; Broken where they are not all there."""
        marks: dict[str, Mark] = {}
        there = {path.name: 0 for path in self._path.parent.glob(FILES)}
        restored = max((_restored(self._path.with_name(name)) for name in there), default="")
        for name, expected in {**there, **await _counted(connection)}.items():
            number = 0
            for number, entry in enumerate(_entries(self._path.with_name(name), self._key.public_key()), 1):
                if entry["at"] < restored:
                    continue  # of before a backup was put back
                # Checkpoints of earlier programs list conversations alone.
                for chain, length, head in (*entry["conversations"], *entry.get("chains", ())):
                    known = marks.get(chain)
                    if known is None or known.length < length:
                        marks[chain] = Mark(length, head, f"{name}:{number}")
            if number < expected:
                raise Broken(f"{name} in CHECKPOINT_DIR ends with checkpoint {number}, not {expected}.")
        return marks

    async def begin_anew(self, connection: AsyncConnection, now: datetime, backup: datetime) -> None:
        """Write that a backup was put back: what stands before holds no more, and all is listed anew."""
        number = await asyncio.to_thread(self._append, now, [], [], backup)
        await self._count(connection, number)
        for table in (conversations, cases):
            await connection.execute(update(table).values(checkpointed=0))
        await connection.execute(delete(installation).where(installation.c.name == _LISTED))
        while await self.write(connection, now):
            pass

    def newest(self) -> Newest | None:
        """Return the newest checkpoint; None where none was written yet."""
        number, root = self._last()
        if not number:
            return None
        entry = json.loads(self._path.read_bytes().splitlines()[-1])
        return Newest(number, entry["at"], root, entry["signature"])

    def _append(self, now: datetime, listed: _Lines, chains: _Lines, restored: datetime | None = None) -> int:
        number, before = self._last()
        entry = {"number": number + 1, "at": now.isoformat(), "before": before, "conversations": listed}
        if chains:
            entry["chains"] = chains
        if restored:
            entry["restored"] = restored.isoformat()
        entry["signature"] = self._key.sign(_signed(entry)).hex()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(_line(entry))
            file.flush()
            os.fsync(file.fileno())
        return number + 1

    def _last(self) -> tuple[int, str]:
        """Return number and hash of the last whole line; half a line, as a crash leaves, is cut off."""
        if not self._path.exists():
            return 0, _START
        with self._path.open("r+b") as file:
            end = _line_ends(file, file.seek(0, os.SEEK_END))
            file.truncate(end)
            if not end:
                return 0, _START
            begin = _line_ends(file, end - 1)
            file.seek(begin)
            last = file.read()
        return int(json.loads(last)["number"]), hashlib.sha256(last).hexdigest()


def _changed(table: Table) -> Select[Any]:
    """Return what finds rows whose chain has grown since the newest checkpoint, and holds them."""
    query = select(table.c.id, table.c.revision, table.c.head)
    grown = query.where(table.c.checkpointed < table.c.revision)
    return grown.order_by(table.c.id).limit(_MOST).with_for_update()


def _noted(table: Table) -> Update:
    here = update(table).where(table.c.id == bindparam("row"))
    return here.values(checkpointed=bindparam("length"))


async def _installation(connection: AsyncConnection) -> _Lines:
    """Return length and head of the installation's chain where it has grown since the newest checkpoint."""
    query = select(installation).where(installation.c.name.in_([HEAD, _LISTED]))
    found = {row.name: bytes(row.value) for row in await connection.execute(query.with_for_update())}
    if HEAD not in found:
        return []
    length, head = read_head(found[HEAD])
    return [[CHAIN, length, head.hex()]] if length > int(found.get(_LISTED, b"0")) else []


async def _note(connection: AsyncConnection, name: str, value: bytes) -> None:
    again = update(installation).where(installation.c.name == name).values(value=value)
    if not (await connection.execute(again)).rowcount:
        await insert_missing(connection, installation, [{"name": name, "value": value}])


def _line_ends(file: BinaryIO, before: int) -> int:
    """Return where the last whole line before a place ends; read backwards, for the file grows for years."""
    while before:
        start = max(0, before - _BLOCK)
        file.seek(start)
        found = file.read(before - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        before = start
    return 0


async def _counted(connection: AsyncConnection) -> dict[str, int]:
    query = select(installation).where(installation.c.name.startswith(_COUNTED))
    rows = (await connection.execute(query)).all()
    return {row.name.removeprefix(_COUNTED): int(row.value) for row in rows}


def _restored(path: Path) -> str:
    """Return when a backup was last put back, as this file tells; its lines are checked elsewhere."""
    told = ""
    with path.open("rb") as file:
        for line in file:
            if b'"restored":' in line:
                with suppress(ValueError, KeyError, TypeError):
                    told = max(told, str(json.loads(line)["at"]))
    return told


def _entries(path: Path, key: Ed25519PublicKey) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    before = _START
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return  # a crash while it was written: what it lists is listed again in the next one
            yield _checked(line, key, f"{path.name}:{number}", number, before)
            before = hashlib.sha256(line).hexdigest()


def _checked(line: bytes, key: Ed25519PublicKey, where: str, number: int, before: str) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(line)
        key.verify(bytes.fromhex(entry["signature"]), _signed(entry))
        intact = (entry["number"], entry["before"]) == (number, before)
    except (InvalidSignature, ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        raise Broken(f"Checkpoint {where} is not what was written, or SIGNING_KEY is another one.")
    return entry


def _signed(entry: dict[str, Any]) -> bytes:
    return _line({name: value for name, value in entry.items() if name != "signature"})


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":"), sort_keys=True).encode() + b"\n"
