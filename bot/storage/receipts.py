"""Receipts: made with what they prove, and moved to the key store, which an old copy does not put back."""

from __future__ import annotations

import re

from sqlalchemy import delete, select

from bot.service.ports import Receipt
from bot.storage.database import Database
from bot.storage.tables import receipts

_SLICE = 500


async def safeguard(database: Database) -> None:
    """Move receipts to the key store; whatever interrupts it, each is in one of the two."""
    async with database.reading() as connection:
        rows = (await connection.execute(select(receipts).limit(_SLICE))).all()
    if rows:
        await database.vault.keep_receipts([Receipt(row.code, row.kind, row.at) for row in rows])
        async with database.writing() as connection:
            await connection.execute(delete(receipts).where(receipts.c.code.in_([row.code for row in rows])))


async def find(database: Database, code: str) -> Receipt | None:
    """Return the receipt of that code, written with or without its dashes, in small letters or large."""
    plain = re.sub(r"[^0-9A-Z]", "", code.upper())
    wanted = "-".join(plain[place : place + 4] for place in range(0, len(plain), 4))
    async with database.reading() as connection:
        row = (await connection.execute(select(receipts).where(receipts.c.code == wanted))).first()
    return Receipt(row.code, row.kind, row.at) if row else await database.vault.receipt(wanted)
