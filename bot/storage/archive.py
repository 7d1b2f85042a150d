"""A backup file: a zip with a line of JSON for each row of each table, and a manifest.

The same on every database, so that a backup of SQLite can be restored into PostgreSQL and back.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from sqlalchemy import Column, LargeBinary, Table, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import DateTime

from bot.storage.columns import Moment
from bot.storage.manifest import Kind, Manifest, Part, Unusable, read, written

_MANIFEST = "manifest.json"
_PAGE = 2_000
_QUICK = 1
"""Ciphertext hardly gets smaller, however hard one tries."""


class Writer:
    """A backup file on its way."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    async def add(self, connection: AsyncConnection, table: Table) -> Part:
        """Write all rows of a table as this connection sees them."""
        digest, rows = hashlib.sha256(), 0
        with self._archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
            async for page in pages(connection, table):
                body = b"".join(_line(row) for row in page)
                digest.update(body)
                file.write(body)
                rows += len(page)
        return Part(tuple(column.name for column in table.columns), rows, digest.hexdigest())

    def finish(self, manifest: Manifest, seed: bytes | None) -> None:
        """Write what the file says of itself."""
        self._archive.writestr(_MANIFEST, written(manifest, seed))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Give a new file at that place, which is there, whole and on the disk, once the block has ended well."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as file:
            with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_QUICK) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


class Reader:
    """A backup file that is whole and what its manifest says."""

    def __init__(self, path: Path, archive: ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._archive = archive

    def rows(self, table: Table) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of a table, many at a time; none where it was not there yet."""
        if table.name not in self.manifest.tables:
            return
        columns = [table.columns[name] for name in self.manifest.tables[table.name].columns]
        page: list[dict[str, Any]] = []
        with self._archive.open(f"{table.name}.jsonl") as file:
            for line in file:
                values = zip(columns, json.loads(line), strict=True)
                page.append({column.name: _value(column, value) for column, value in values})
                if len(page) == _PAGE:
                    yield page
                    page = []
        yield page


@contextmanager
def reading(path: Path, kind: Kind, seed: bytes | None) -> Iterator[Reader]:
    """Give a backup file, looked through from end to end; Unusable where it cannot be restored."""
    with ExitStack() as stack:
        try:
            reader = _checked(stack, path, kind, seed)
        except (FileNotFoundError, IsADirectoryError):
            raise Unusable(f"There is no backup file {path}.") from None
        except Unusable as refused:
            raise Unusable(f"{path.name} {refused}") from None
        yield reader


def _checked(stack: ExitStack, path: Path, kind: Kind, seed: bytes | None) -> Reader:
    archive = stack.enter_context(_opened(stack.enter_context(path.open("rb"))))
    manifest = read(archive.read(_MANIFEST), seed)
    if manifest.kind is not kind:
        raise Unusable(
            f"holds the {manifest.kind.value}, not the {kind.value}: give the other file of the two."
        )
    for name, part in manifest.tables.items():
        _check(archive, name, part)
    return Reader(path, archive, manifest)


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[ZipFile]:
    try:
        archive = ZipFile(file)
        archive.read(_MANIFEST)
    except (BadZipFile, KeyError, EOFError, zlib.error):
        raise Unusable(_NOT_WHOLE) from None
    with archive:
        yield archive


def _check(archive: ZipFile, name: str, part: Part) -> None:
    digest, rows = hashlib.sha256(), 0
    try:
        with archive.open(f"{name}.jsonl") as file:
            for line in file:
                digest.update(line)
                rows += 1
    except (BadZipFile, KeyError, EOFError, zlib.error):
        raise Unusable(_NOT_WHOLE) from None
    if (rows, digest.hexdigest()) != (part.rows, part.sha256):
        raise Unusable(_NOT_WHOLE)


_NOT_WHOLE = "is not whole: it was cut short or changed after it was made. Take another copy."


async def pages(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[Any]]:
    """Yield all rows in the order of their key, many at a time."""
    key = tuple(table.primary_key)
    query = select(table).order_by(*key).limit(_PAGE)
    rows = (await connection.execute(query)).all()
    while rows:
        yield rows
        last = [literal(rows[-1]._mapping[column], column.type) for column in key]  # noqa: SLF001 -- public
        rows = (await connection.execute(query.where(tuple_(*key) > tuple_(*last)))).all()


def _line(row: Any) -> bytes:  # noqa: ANN401 -- a row
    return json.dumps(list(row), default=_written, separators=(",", ":")).encode() + b"\n"


def _written(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        # SQLite has no zones: what it gives back is the UTC that went in.
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat()
    raise TypeError(f"A backup cannot hold a {type(value).__name__} yet.")


def _value(column: Column[Any], value: Any) -> Any:  # noqa: ANN401 -- JSON, or a value of the database
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    if isinstance(column.type, DateTime | Moment):
        return datetime.fromisoformat(value)
    return value
