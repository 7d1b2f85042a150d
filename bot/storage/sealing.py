"""How a field is sealed: AES-256-GCM, bound to its table, column and row, under a named key.

A sealed field is: one version byte, the length of the key's name, that name, a nonce of twelve bytes, and
the ciphertext with its tag (NIST SP 800-38D). Its place is associated data: moved elsewhere it does not open.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.errors import DoorstepError

_KEY_BITS = 256
_VERSION = 1
NONCE = 12


class Place(NamedTuple):
    """Where a field stands."""

    table: str
    column: str
    row: str
    once: str | None = None
    """The row as an earlier version wrote it, where such fields may still be there."""


class Unreadable(DoorstepError):  # noqa: N818 -- says what happened
    """A field does not open: it was changed, or moved, or its key is another one."""


def new_nonce() -> bytes:
    """Return a nonce. Here chance enters too, beside app.py: nothing that happens depends on it."""
    return os.urandom(NONCE)


def new_data_key() -> bytes:
    """Return a fresh key of 256 bits."""
    return AESGCM.generate_key(_KEY_BITS)


def seal(cipher: AESGCM, name: str, place: Place, plain: bytes) -> bytes:
    """Return a field sealed under the key of that name."""
    key, nonce = name.encode(), new_nonce()
    return bytes([_VERSION, len(key)]) + key + nonce + cipher.encrypt(nonce, plain, _bound(place))


def key_of(sealed: bytes) -> str:
    """Return the name of the key that a field is sealed under; Unreadable where it is not sealed."""
    if len(sealed) < 2 or sealed[0] != _VERSION:  # noqa: PLR2004 -- version and length of the name
        raise Unreadable("A field of the database is not sealed as this version seals it.")
    return sealed[2 : 2 + sealed[1]].decode("utf-8", "replace")


def unseal(cipher: AESGCM, sealed: bytes, place: Place) -> bytes:
    """Return what was sealed for that place; Unreadable where anything differs."""
    start = 2 + sealed[1]
    nonce, text = sealed[start : start + NONCE], sealed[start + NONCE :]
    for row in (place.row, place.once):
        if row is not None:
            with suppress(InvalidTag, ValueError):
                return cipher.decrypt(nonce, text, _bound(place._replace(row=row)))
    raise Unreadable(
        f"A field of the database was changed, or stands where it does not belong: {place.table}."
        f"{place.column} of row {place.row}. Type: python -m bot verify"
    )


def _bound(place: Place) -> bytes:
    return f"{place.table}|{place.column}|{place.row}".encode()
