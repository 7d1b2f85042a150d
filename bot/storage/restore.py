"""Puts a backup back: all of it in one transaction, and nobody who was erased since comes back with it.

The list of erasures only grows: what lies in the copies of the keys and what is in the key store that is
there are put together, and of everybody on any of them the key is destroyed and the rest erased again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, MetaData, Table, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.archive import Reader
from bot.storage.backup import heads, tables_there
from bot.storage.bulk import Row
from bot.storage.chain import CHAIN
from bot.storage.checkpoints import CASE
from bot.storage.installation_head import forget_head
from bot.storage.manifest import Unusable
from bot.storage.migrate import bring_to, revision_of, revisions
from bot.storage.store import LOOKUP, SqlStore
from bot.storage.tables import conversations, outbox, participants
from bot.storage.vault import HOUSE, Vault, data_keys


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it."""

    at: datetime
    """When the backup was made: what happened later is not in it."""
    rows: int
    erased_again: int
    """People who were in the backup and have been erased since."""
    waiting: int
    """Messages that waited to be sent when the backup was made: they are sent, perhaps once more."""


async def restore(store: SqlStore, copy: Reader, keys: Sequence[Reader], *, replace: bool) -> Restored:
    """Fill the database from the copy; Unusable, and the database is as it was, where that cannot be done.

    Where people are in the database that is there, only with `replace`.
    """
    vault = store.database.vault
    async with store.database.writing() as connection:
        await connection.run_sync(_is_known, copy.manifest.schema)
        await _make_room(connection, replace=replace)
        await _same_house(vault, copy, keys)
        await _take_back(vault, keys)  # as always: a key is durable before what it seals
        await _fill(connection, copy)
        await _everybody_has_a_key(connection, vault)
        await forget_head(connection, vault)
        waits = outbox.c.sent_at.is_(None) & outbox.c.failed_at.is_(None)
        waiting = await connection.execute(select(func.count()).select_from(outbox).where(waits))
    await store.database.scrub()
    erased_again = await store.begin()
    return Restored(copy.manifest.at, copy.manifest.rows, erased_again, waiting.scalar_one())


def _is_known(connection: Connection, schema: str) -> None:
    if schema not in revisions(connection):
        raise Unusable(
            f"The backup has a schema that this version does not know ({schema}): a newer Doorstep made it. "
            "Install that version, then restore with it."
        )


# The room


async def _make_room(connection: AsyncConnection, *, replace: bool) -> None:
    there = MetaData()
    await connection.run_sync(there.reflect)
    if there.tables and not await connection.run_sync(revision_of):
        raise Unusable("DATABASE_URL names a database that is not Doorstep's. Name an empty one.")
    people = there.tables.get("participants")
    if people is not None and not replace:
        count = (await connection.execute(select(func.count()).select_from(people))).scalar_one()
        if count:
            raise Unusable(
                f"The database at DATABASE_URL has people in it ({count}). Name an empty one; or, to lose "
                "what is there and is not in the backup, make a backup of it first and add --replace."
            )
    await connection.run_sync(there.drop_all)


# The rows


async def _fill(connection: AsyncConnection, copy: Reader) -> None:
    await connection.run_sync(bring_to, copy.manifest.schema)
    tables = await tables_there(connection)
    for table in reversed(tables):  # a migration may have put something there, which the copy has too
        await connection.execute(delete(table))
    missing = copy.manifest.tables.keys() - {table.name for table in tables}
    if missing:
        raise Unusable(
            f"The backup holds tables that its schema does not have: {', '.join(sorted(missing))}."
        )
    for table in tables:
        if table.name in copy.manifest.tables:
            await _fill_table(connection, copy, table)
    if await heads(connection, tables) != copy.manifest.heads:
        raise Unusable(
            "The audit trail in the backup is not the one its manifest tells of. Take another copy."
        )
    await connection.run_sync(bring_to, "head")


async def _fill_table(connection: AsyncConnection, copy: Reader, table: Table) -> None:
    for rows in copy.rows(table):
        if rows:
            await connection.execute(insert(table), rows)
    key, *others = table.primary_key
    if connection.dialect.name == "postgresql" and isinstance(key.type, Integer) and not others:
        # SQLite counts on from the highest by itself.
        highest = select(func.max(key)).scalar_subquery()
        counter = func.pg_get_serial_sequence(table.name, key.name)
        await connection.execute(select(func.setval(counter, highest)))


# The keys


async def _same_house(vault: Vault, copy: Reader, keys: Sequence[Reader]) -> None:
    """See that the keys given, or those that are there, are the ones of this database."""
    house = copy.manifest.house
    for each in keys:
        if each.manifest.house != house:
            raise Unusable(f"{each.path.name} holds the keys of another installation than {copy.path.name}.")
    names = await vault.names()
    same = bool(names) and await vault.house() == house
    if same:
        return
    if names - {HOUSE, LOOKUP}:
        raise Unusable(
            "The keys beside DATABASE_URL belong to another installation than the backup. "
            "Name an empty place, for example:\n  DATABASE_URL=sqlite:///var/restored.sqlite3"
        )
    if not keys:
        raise Unusable(
            "The keys of this backup are not beside DATABASE_URL. Give their copy too: "
            "--keys doorstep-….keys.zip, the newest there is."
        )
    await vault.forget_house()


async def _take_back(vault: Vault, keys: Sequence[Reader]) -> None:
    wrapped: dict[str, bytes] = {}
    lists: defaultdict[Table, list[Row]] = defaultdict(list)
    # The newest last: a key may have been wrapped anew since the others.
    for copy in sorted(keys, key=lambda each: each.manifest.at):
        for table in data_keys.metadata.sorted_tables:
            held = [row for page in copy.rows(table) for row in page]
            if table is data_keys:
                wrapped |= {row["name"]: row["wrapped"] for row in held}
            else:
                lists[table] += held
    if keys:
        await vault.take_back(wrapped, lists)


async def _everybody_has_a_key(connection: AsyncConnection, vault: Vault) -> None:
    living = select(participants.c.id).where(participants.c.erased_at.is_(None))
    people = set((await connection.execute(living)).scalars())
    lost = people - await vault.names() - (await vault.erased()).keys()
    if lost:
        raise Unusable(
            f"{len(lost)} people in this backup have no key in these keys, which are older than it. "
            "Give the copy of the keys that was made with it, or a later one."
        )


# What checkpoints know better


async def behind(store: SqlStore) -> int:
    """Return of how many conversations the checkpoints list more than is there now."""
    if store.witness is None:
        return 0
    async with store.database.reading() as connection:
        marks = await store.witness.marks(connection)
        there = await connection.execute(select(conversations.c.id, conversations.c.revision))
        length = {row.id: row.revision for row in there}
    listed = {name: mark for name, mark in marks.items() if name != CHAIN and not name.startswith(CASE)}
    return sum(length.get(name, 0) < mark.length for name, mark in listed.items())


async def begin_anew(store: SqlStore, now: datetime, backup: datetime) -> None:
    """Let checkpoints begin anew from what was restored."""
    if store.witness:
        async with store.database.writing() as connection:
            await store.witness.begin_anew(connection, now, backup)
