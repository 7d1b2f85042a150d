"""How a Telegram id is kept: hashed with a key to find it, and as an address to write to."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import insert_missing
from bot.storage.tables import installation

_LOOKUP_KEY = "lookup_key"


def lookup_value(key: bytes, telegram_id: int) -> bytes:
    """Return what a Telegram id is found by; worthless to anyone without the key."""
    return hmac.digest(key, str(telegram_id).encode(), hashlib.sha256)


def write_address(telegram_id: int) -> bytes:
    """Return the address messages to this chat go to."""
    return str(telegram_id).encode()


def read_address(address: bytes) -> int:
    """Return the Telegram id of an address."""
    return int(address)


async def lookup_key(connection: AsyncConnection, new_secret: Callable[[], bytes]) -> bytes:
    """Return this installation's look-up key; the first call ever makes it."""
    row = {"name": _LOOKUP_KEY, "value": new_secret()}
    await insert_missing(connection, installation, [row])
    query = select(installation.c.value).where(installation.c.name == _LOOKUP_KEY)
    return bytes((await connection.execute(query)).scalar_one())
