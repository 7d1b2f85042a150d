"""What a backup says of itself: when it was made, of which schema, how many rows, and a hash of all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter, ValidationError

from bot.domain.errors import DoorstepError

FORMAT = 1


class Unusable(DoorstepError):  # noqa: N818 -- says what the operator meets
    """A backup cannot be restored; the text says why and what to do."""


class Kind(StrEnum):
    """Which half of a backup a file is: what was said, or the keys that open it."""

    DATABASE = "database"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Part:
    """One table as it lies in the file."""

    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup file holds."""

    kind: Kind
    at: datetime
    schema: str
    """Revision of the database's schema; empty for keys."""
    house: str
    """Tells two installations apart, and which keys belong to which database; names nobody."""
    tables: Mapping[str, Part]
    heads: str = ""
    """Hash over the newest hash of every conversation's trail."""
    content: tuple[str, ...] = ()
    """Content hashes of the editions in it."""

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.tables.values())


_MANIFEST = TypeAdapter(Manifest)


def written(manifest: Manifest, seed: bytes | None) -> bytes:
    """Return a manifest as bytes, signed (Ed25519) where there is a key."""
    told = json.loads(_MANIFEST.dump_json(manifest))
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_bytes(told)).hex() if seed else None
    return json.dumps({"format": FORMAT, "manifest": told, "signature": signature}, indent=1).encode()


def read(body: bytes, seed: bytes | None) -> Manifest:
    """Return what was written; Unusable where it is from a newer version, or not what was signed."""
    try:
        whole: dict[str, Any] = json.loads(body)
        if whole["format"] > FORMAT:
            raise Unusable("was made by a newer Doorstep. Install that version, then restore with it.")
        _check_signature(whole, seed)
        return _MANIFEST.validate_python(whole["manifest"])
    except (ValueError, KeyError, TypeError, ValidationError):
        raise Unusable("is no backup that Doorstep made, or was changed. Take another copy.") from None


def _check_signature(whole: Mapping[str, Any], seed: bytes | None) -> None:
    if seed is None:
        return
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    try:
        key.verify(bytes.fromhex(whole["signature"] or ""), _bytes(whole["manifest"]))
    except InvalidSignature:
        raise Unusable(
            "does not carry the signature of SIGNING_KEY: it was changed, made without that key, or made "
            "elsewhere. If you trust it all the same, restore without SIGNING_KEY set."
        ) from None


def root(heads: Iterable[tuple[str, int, bytes]]) -> str:
    """Return one hash over conversations with their length and newest hash, in whatever order they come."""
    lines = sorted(
        hashlib.sha256(f"{name}|{length}|{head.hex()}".encode()).digest() for name, length, head in heads
    )
    return hashlib.sha256(b"".join(lines)).hexdigest()


def _bytes(told: object) -> bytes:
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()
