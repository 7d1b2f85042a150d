"""The length and newest hash of the installation's chain, sealed: nobody without a key can make it shorter.

Beside the plain ones, which every program has written, stand sealed ones. Where there are none they are made
from the plain ones, once: the key store remembers from then on that there are some, so that taking them away
does not help either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.staff import InstallationEvent
from bot.storage.bulk import insert_missing
from bot.storage.chain import HEAD, START, read_head, written
from bot.storage.register import SqlRegister
from bot.storage.review_tables import installation_events
from bot.storage.sealing import Place
from bot.storage.tables import installation
from bot.storage.vault import HOUSE, Vault
from bot.storage.work import Work

SEALED = "chain_sealed"
"""Where the sealed head stands. A key of that name seals nothing: it says that there is such a head."""
_PLACE = Place("installation", "value", SEALED)


class ChainRegister(SqlRegister):
    """The staff register; each event that it appends moves the sealed head too."""

    async def record(self, event: InstallationEvent) -> None:
        """Append an event to the installation's chain."""
        await super().record(event)
        await _move(self._work)


async def _move(work: Work) -> None:
    """Seal the head that was just written, held by whoever wrote it.

    Where the one before is not what was sealed, somebody without a key changed the chain: it goes on, and
    what was sealed stays as it is, for `verify` to find.
    """
    length, head = read_head(await _value(work.connection, HEAD) or b"")
    sealed = await _value(work.connection, SEALED)
    if sealed is None:
        fits = not await work.vault.has(SEALED)
    else:
        fits = await _opened(work.vault, sealed) == (length - 1, await _hash_at(work.connection, length - 1))
    if fits:
        sealer = await work.vault.sealer(())
        await _put(work.connection, sealer.seal(HOUSE, _PLACE, written(length, head)))


async def remember_head(connection: AsyncConnection, vault: Vault) -> None:
    """Remember in the key store that the head is sealed, once it is, durably."""
    if await _value(connection, SEALED) is not None and not await vault.has(SEALED):
        await vault.secret(SEALED)


async def forget_head(connection: AsyncConnection, vault: Vault) -> None:
    """Let the key store forget the sealed head, where a backup was put back that has none."""
    if await _value(connection, SEALED) is None:
        await vault.forget(SEALED)


async def faults_of_head(
    connection: AsyncConnection, vault: Vault, rows: Sequence[Any]
) -> list[tuple[int | None, str]]:
    """Return what of the installation's chain is not as its sealed head tells."""
    sealed = await _value(connection, SEALED)
    if sealed is None:
        return [(None, "the sealed head of the chain is gone")] if await vault.has(SEALED) else []
    held = await _opened(vault, sealed)
    if held is None:
        return [(None, "the sealed head of the chain does not open with its key")]
    return list(_against(*held, rows))


def _against(length: int, head: bytes, rows: Sequence[Any]) -> Iterator[tuple[int, str]]:
    if len(rows) < length:
        yield len(rows) + 1, "events are missing that the sealed head counts"
    elif (rows[length - 1].hash if length else START) != head:
        yield length, "an event is not the one that was sealed as the newest"
    elif len(rows) > length:
        yield length + 1, "events were added that the sealed head does not count"


async def _opened(vault: Vault, sealed: bytes) -> tuple[int, bytes] | None:
    (value,) = await vault.try_open([(_PLACE, sealed)])
    return None if value is None else read_head(value)


async def _hash_at(connection: AsyncConnection, position: int) -> bytes | None:
    if not position:
        return START
    query = select(installation_events.c.hash).where(installation_events.c.position == position)
    return (await connection.execute(query)).scalar()


async def _value(connection: AsyncConnection, name: str) -> bytes | None:
    query = select(installation.c.value).where(installation.c.name == name)
    value = (await connection.execute(query)).scalar()
    return None if value is None else bytes(value)


async def _put(connection: AsyncConnection, value: bytes) -> None:
    again = update(installation).where(installation.c.name == SEALED).values(value=value)
    if not (await connection.execute(again)).rowcount:
        await insert_missing(connection, installation, [{"name": SEALED, "value": value}])
