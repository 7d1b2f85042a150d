"""How a Telegram id is kept: hashed with a key to find it, and sealed as an address to write to."""

from __future__ import annotations

import hashlib
import hmac

from bot.storage.sealing import Place


def lookup_value(key: bytes, telegram_id: int) -> bytes:
    """Return what a Telegram id is found by; worthless to anyone without the key."""
    return hmac.digest(key, str(telegram_id).encode(), hashlib.sha256)


def write_address(telegram_id: int) -> bytes:
    """Return the address messages to this chat go to."""
    return str(telegram_id).encode()


def read_address(address: bytes) -> int:
    """Return the Telegram id of an address."""
    return int(address)


def address_of(chat: str) -> Place:
    """Return where the address of a chat stands."""
    return Place("chats", "address", chat)
