"""The keys of participants, in a store of their own: a file beside SQLite's, a schema in PostgreSQL.

They are kept apart so that a backup of the database does not bring back what was erased: a key that was
destroyed is gone although the ciphertext may lie in an old copy, and the list of erasures is here too.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    URL,
    Column,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import DoorstepError
from bot.service.ports import Receipt
from bot.storage.bulk import Row, insert_missing
from bot.storage.columns import Moment
from bot.storage.connections import Connections, engine_for
from bot.storage.keyring import KEY_ID, KeyRing
from bot.storage.sealing import Place, Unreadable, key_of, new_data_key, seal, unseal

HOUSE = "house"
"""The key of what belongs to nobody in particular: addresses, staff lines, what was set aside."""
SCHEMA = "doorstep_keys"
_AT_HAND = 10_000
"""Keys kept in memory, those used last."""
_SLICE = 500
_MAKING = int.from_bytes(b"keystore", "big")

_metadata = MetaData(schema=SCHEMA)
data_keys = Table(
    "data_keys",
    _metadata,
    Column("name", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
erasures = Table(
    "erasures",
    _metadata,
    Column("name", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)
given = Table(
    "receipts",
    _metadata,
    Column("code", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
WRAPPED_BY = func.substr(data_keys.c.wrapped, 1, KEY_ID, type_=LargeBinary)
"""Tells which key of the ring wraps a data key."""


class KeyGone(DoorstepError):  # noqa: N818 -- says what happened
    """A key was destroyed, or its store is not the one that belongs to the database."""


class Sealer:
    """The keys of one batch."""

    def __init__(self, ciphers: Mapping[str, AESGCM]) -> None:
        self._ciphers = ciphers

    def seal(self, name: str, place: Place, plain: bytes) -> bytes:
        """Return a field sealed under one of these keys."""
        return seal(self._ciphers[name], name, place, plain)


class Vault:
    """Makes, keeps and destroys data keys, and opens what is sealed under them."""

    def __init__(self, connections: Connections, ring: KeyRing) -> None:
        self._connections = connections
        self.ring = ring
        self._at_hand: OrderedDict[str, AESGCM] = OrderedDict()
        self._made = False

    async def sealer(self, names: Iterable[str], fresh: Iterable[str] = ()) -> Sealer:
        """Return the keys of these names; those of `fresh` are made, durably, where there are none yet."""
        every = {*names, *fresh, HOUSE}
        await self._make({*fresh, HOUSE} - self._at_hand.keys())
        return Sealer(await self._ciphers(every))

    async def open(self, fields: Sequence[tuple[Place, bytes]]) -> list[bytes]:
        """Return what was sealed, in order; KeyGone or Unreadable where a field does not open."""
        named = [(key_of(sealed), place, sealed) for place, sealed in fields]
        ciphers = await self._ciphers({name for name, _, _ in named})
        return [unseal(ciphers[name], sealed, place) for name, place, sealed in named]

    async def try_open(self, fields: Sequence[tuple[Place, bytes]]) -> list[bytes | None]:
        """Return what was sealed, in order, and None for each field that does not open."""
        try:
            return [*await self.open(fields)]
        except (KeyGone, Unreadable):
            return [await self._open_one(field) for field in fields]

    async def _open_one(self, field: tuple[Place, bytes]) -> bytes | None:
        try:
            return (await self.open([field]))[0]
        except (KeyGone, Unreadable):
            return None

    async def secret(self, name: str) -> bytes:
        """Return the raw key of a name, made where there is none yet."""
        await self._make({name})
        return (await self._unwrapped({name}))[name]

    async def has(self, name: str) -> bool:
        """Say whether there is a key of that name; none is made."""
        async with self.reading() as connection:
            query = select(data_keys.c.name).where(data_keys.c.name == name)
            return (await connection.execute(query)).first() is not None

    async def forget(self, name: str) -> None:
        """Remove a key under which nothing is sealed."""
        async with self.writing() as connection:
            await connection.execute(delete(data_keys).where(data_keys.c.name == name))

    async def house(self) -> str:
        """Return what tells this installation's keys from another's, and gives nothing away."""
        return hashlib.sha256(b"doorstep house " + await self.secret(HOUSE)).hexdigest()[:16]

    async def destroy(self, names: Mapping[str, datetime]) -> None:
        """Destroy keys for ever and remember that, with the moments of erasure."""
        if not names:
            return
        rows = [{"name": name, "at": at} for name, at in names.items()]
        async with self.writing() as connection:
            await insert_missing(connection, erasures, rows)
            await connection.execute(delete(data_keys).where(data_keys.c.name.in_(names)))
        for name in names:
            self._at_hand.pop(name, None)
        await self._connections.scrub()

    async def erased(self) -> dict[str, datetime]:
        """Return whose keys were destroyed, and when."""
        async with self.reading() as connection:
            return {row.name: row.at for row in await connection.execute(select(erasures))}

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection to the store that sees one state throughout."""
        await self._prepare()
        async with self._connections.reading() as connection:
            yield connection

    async def names(self) -> frozenset[str]:
        """Return the names of all keys that are there."""
        async with self.reading() as connection:
            return frozenset((await connection.execute(select(data_keys.c.name))).scalars())

    async def take_back(self, keys: Mapping[str, bytes], lists: Mapping[Table, Sequence[Row]]) -> None:
        """Put wrapped keys back from a copy, beside those that are here, and add to the other lists.

        Both lists of erasures hold afterwards, and of nobody who is on either does a key stay.
        """
        fresh = {name: self.ring.unwrap(name, wrapped) for name, wrapped in keys.items()}
        rows = [{"name": name, "wrapped": self.ring.wrap(name, key)} for name, key in fresh.items()]
        async with self.writing() as connection:
            for table, entries in lists.items():
                await insert_missing(connection, table, entries)
            await insert_missing(connection, data_keys, rows)
            await connection.execute(delete(data_keys).where(data_keys.c.name.in_(select(erasures.c.name))))
        self._at_hand.clear()
        await self.scrub()

    async def forget_house(self) -> None:
        """Remove what a first start has made where nobody has come yet, for other keys to take its place."""
        async with self.writing() as connection:
            await connection.execute(delete(data_keys))
        self._at_hand.clear()

    async def keep_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Keep receipts for good; those that are here stay as they are."""
        rows = [{"code": one.code, "kind": one.kind, "at": one.at} for one in receipts]
        async with self.writing() as connection:
            await insert_missing(connection, given, rows)

    async def receipt(self, code: str) -> Receipt | None:
        """Return the receipt of exactly that code."""
        await self._prepare()
        async with self._connections.reading() as connection:
            row = (await connection.execute(select(given).where(given.c.code == code))).first()
        return Receipt(row.code, row.kind, row.at) if row else None

    async def is_new(self) -> bool:
        """Say whether there is no key yet."""
        async with self.reading() as connection:
            return (await connection.execute(select(data_keys.c.name).limit(1))).first() is None

    async def scrub(self) -> None:
        """Leave nothing behind of keys that were overwritten."""
        await self._connections.scrub()

    async def close(self) -> None:
        """Close every connection."""
        await self._connections.close()

    async def check(self) -> None:
        """See that every key opens: SettingsError at the start, not when that person writes next."""
        strange = select(data_keys).where(WRAPPED_BY.not_in(self.ring.ids)).limit(1)
        async with self.reading() as connection:
            for row in await connection.execute(strange):
                self.ring.unwrap(row.name, row.wrapped)

    # Keys

    async def _make(self, names: set[str]) -> None:
        if not names:
            return
        rows = [{"name": name, "wrapped": self.ring.wrap(name, new_data_key())} for name in sorted(names)]
        async with self.writing() as connection:
            gone = select(erasures.c.name).where(erasures.c.name.in_(names)).limit(1)
            if (await connection.execute(gone)).first():
                raise KeyGone("A key that was destroyed cannot be made again.")
            await insert_missing(connection, data_keys, rows)

    async def _ciphers(self, names: set[str]) -> dict[str, AESGCM]:
        found = {name: self._at_hand[name] for name in names if name in self._at_hand}
        for name in found:
            self._at_hand.move_to_end(name)
        keys = await self._unwrapped(names - found.keys())
        fresh = {name: AESGCM(key) for name, key in keys.items()}
        self._at_hand |= fresh
        while len(self._at_hand) > _AT_HAND:
            self._at_hand.popitem(last=False)
        return found | fresh

    async def _unwrapped(self, names: set[str]) -> dict[str, bytes]:
        if not names:
            return {}
        await self._prepare()
        rows: list[Any] = []
        wanted = sorted(names)
        async with self._connections.reading() as connection:
            for start in range(0, len(wanted), _SLICE):
                query = select(data_keys).where(data_keys.c.name.in_(wanted[start : start + _SLICE]))
                rows += (await connection.execute(query)).all()
        if len(rows) != len(names):
            raise KeyGone(
                "A key of this database is not in its key store. Was one of the two put back from a backup "
                "without the other?"
            )
        return {row.name: self.ring.unwrap(row.name, row.wrapped) for row in rows}

    # The store

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection to the store in a transaction that is committed unless the block raises."""
        await self._prepare()
        async with self._connections.writing() as connection:
            yield connection

    async def _prepare(self) -> None:
        """Make the two tables where they are not there yet."""
        if self._made:
            return
        async with self._connections.writing() as connection:
            if not self._connections.is_sqlite:
                await connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
                await connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            await connection.run_sync(_metadata.create_all)
        self._made = True


def open_vault(target: URL, ring: KeyRing) -> Vault:
    """Return the key store that belongs to the database of that address."""
    if target.get_backend_name() != "sqlite":
        return Vault(Connections(engine_for(target, pool=3)), ring)
    beside = target.set(database=f"{target.database}.keys")
    engine = engine_for(beside).execution_options(schema_translate_map={SCHEMA: None})
    return Vault(Connections(engine), ring)
