"""Backups: the database and its keys, each in a file of its own, taken while the bot works.

The database is read first and the keys afterwards, each as of one moment: whoever is in the copy of the
database then has a key in the other file, unless they were erased between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import MetaData, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.staff import OPERATOR, BackupMade
from bot.storage import archive
from bot.storage.bulk import insert_missing
from bot.storage.manifest import Kind, Manifest, Part, root
from bot.storage.migrate import revision_of
from bot.storage.on_record import put_on_record
from bot.storage.store import SqlStore
from bot.storage.tables import installation
from bot.storage.vault import data_keys

VERSION_TABLE = "alembic_version"
_LAST = "last_backup"
_NAME = "doorstep-{at:%Y%m%dT%H%M%SZ}.{kind}.zip"


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was made, and read back from the disk."""

    database: Path
    keys: Path
    manifest: Manifest
    replaced: tuple[Path, ...]
    """Older copies of the keys, removed: the newest opens every older copy of the database too."""
    recorded: bool
    """Whether the database could keep that it was copied."""


async def backup(
    store: SqlStore, folder: Path, keys_folder: Path, now: datetime, seed: bytes | None
) -> Taken:
    """Write both files, read them back, and remove older copies of the keys in that folder."""
    for place in (folder, keys_folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(place)
    database = folder / _NAME.format(at=now, kind=Kind.DATABASE.value)
    keys = keys_folder / _NAME.format(at=now, kind=Kind.KEYS.value)
    manifest = await _copy_database(store, database, now, seed)
    await _copy_keys(store, keys, now, seed)
    for path, kind in ((database, Kind.DATABASE), (keys, Kind.KEYS)):
        with archive.reading(path, kind, seed):
            pass
    replaced = _remove_older(keys)
    recorded = await put_on_record(store, BackupMade(at=now, by=OPERATOR, rows=manifest.rows))
    if recorded:
        await _note(store, now)
    return Taken(database, keys, manifest, replaced, recorded)


async def last_backup(store: SqlStore) -> datetime | None:
    """Return when the last backup of this database was made, where there is one."""
    query = select(installation.c.value).where(installation.c.name == _LAST)
    async with store.database.reading() as connection:
        value = (await connection.execute(query)).scalar()
    return None if value is None else datetime.fromisoformat(bytes(value).decode())


async def _copy_database(store: SqlStore, path: Path, now: datetime, seed: bytes | None) -> Manifest:
    house = await store.database.vault.house()
    async with store.database.reading() as connection:
        with archive.writing(path) as file:
            tables = await tables_there(connection)
            manifest = Manifest(
                kind=Kind.DATABASE,
                at=now,
                schema=await connection.run_sync(revision_of),
                house=house,
                tables={table.name: await file.add(connection, table) for table in tables},
                heads=await heads(connection, tables),
                content=await _content(connection, tables),
            )
            file.finish(manifest, seed)
    return manifest


async def _copy_keys(store: SqlStore, path: Path, now: datetime, seed: bytes | None) -> None:
    house = await store.database.vault.house()
    async with store.database.vault.reading() as connection:
        with archive.writing(path) as file:
            tables: dict[str, Part] = {
                table.name: await file.add(connection, table) for table in data_keys.metadata.sorted_tables
            }
            file.finish(Manifest(Kind.KEYS, now, "", house, tables), seed)


async def tables_there(connection: AsyncConnection) -> list[Table]:
    """Return the tables of the database as they are, those first that others refer to."""
    found = MetaData()
    await connection.run_sync(found.reflect)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


async def heads(connection: AsyncConnection, tables: Sequence[Table]) -> str:
    """Return one hash over all conversations' newest hashes; empty before there were any."""
    talks = next((table for table in tables if table.name == "conversations"), None)
    if talks is None or "head" not in talks.columns:
        return ""
    found = await connection.execute(select(talks.c.id, talks.c.revision, talks.c.head))
    return root((row.id, row.revision, row.head) for row in found)


async def _content(connection: AsyncConnection, tables: Sequence[Table]) -> tuple[str, ...]:
    kept = next((table for table in tables if table.name == "editions"), None)
    if kept is None:
        return ()
    found = await connection.execute(select(kept.c.content_hash).order_by(kept.c.content_hash))
    return tuple(found.scalars())


def _clear(folder: Path) -> None:
    """Remove what a backup that was killed has left."""
    for partial in folder.glob("doorstep-*.zip.partial"):
        partial.unlink(missing_ok=True)


def _remove_older(keys: Path) -> tuple[Path, ...]:
    older = sorted(path for path in keys.parent.glob(f"doorstep-*.{Kind.KEYS.value}.zip") if path != keys)
    for path in older:
        path.unlink(missing_ok=True)
    return tuple(older)


async def _note(store: SqlStore, now: datetime) -> None:
    row = {"name": _LAST, "value": now.isoformat().encode()}
    again = update(installation).where(installation.c.name == _LAST).values(value=row["value"])
    async with store.database.writing() as connection:
        if not (await connection.execute(again)).rowcount:
            await insert_missing(connection, installation, [row])
