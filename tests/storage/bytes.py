"""Every byte that a database, its keys and their copies leave, to search for what must not be there."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile, is_zipfile

from sqlalchemy import MetaData

from bot.storage.database import Database
from bot.storage.vault import data_keys


async def everywhere(database: Database, *folders: Path) -> bytes:
    """Return all that is left anywhere: of SQLite every byte on disk, of PostgreSQL all that is in tables.

    What PostgreSQL has overwritten stays in its files until it needs the room, which nobody can command.
    Of backups and exports in these folders: the bytes, and what is packed or written as text in them.
    """
    return b"\n".join(
        [await _of(database), *(unpacked(path) for folder in folders for path in _files(folder))]
    )


async def _of(database: Database) -> bytes:
    if database.is_sqlite:
        path = Path(str(database.engine.url.database))
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    there = MetaData()
    async with database.reading() as connection:
        await connection.run_sync(there.reflect)  # also tables that somebody added since
        every = [*there.sorted_tables, *data_keys.metadata.sorted_tables]
        tables = [(await connection.execute(table.select())).all() for table in every]
    values = (value for rows in tables for row in rows for value in row)
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def unpacked(path: Path) -> bytes:
    """Return the bytes of a file; of a backup also what lies in it, with every value decoded."""
    held = [path.read_bytes()]
    if is_zipfile(path):
        with ZipFile(path) as archive:
            for name in archive.namelist():
                body = archive.read(name)
                held.append(body)
                if name.endswith(".jsonl"):
                    held += [_decoded(value) for line in body.splitlines() for value in json.loads(line)]
    return b"\n".join(held)


def _decoded(value: object) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError:
        return str(value).encode()


def found(canaries: Iterable[str | bytes], held: bytes) -> list[str | bytes]:
    """Return which of these stand there, written in any of the ways that text is written on a disk."""
    return [canary for canary in canaries if any(form in held for form in _forms(canary))]


def _forms(canary: str | bytes) -> list[bytes]:
    if isinstance(canary, bytes):
        return [canary]
    plain = canary.encode()
    return [
        plain,
        canary.encode("utf-16-le"),
        plain.hex().encode(),
        base64.b64encode(plain).rstrip(b"="),
        json.dumps(canary).strip('"').encode(),
    ]
