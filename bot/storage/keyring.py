"""The operator's keys, outside the database: they wrap the keys that lie in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.errors import SettingsError
from bot.storage.sealing import NONCE, new_nonce

KEY_ID = 8
"""Bytes at the beginning of what is wrapped that tell by which key."""
_PRACTICE = hashlib.sha256(b"anybody can read a demo").digest()


class KeyRing:
    """The first key wraps; each of them unwraps, so that keys can be changed while the bot runs."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take keys of 32 bytes, the present one first."""
        self._ciphers = {_id(key): AESGCM(key) for key in keys}
        self.present = _id(keys[0])

    def wrap(self, name: str, key: bytes) -> bytes:
        """Return a data key wrapped for its name."""
        nonce = new_nonce()
        return self.present + nonce + self._ciphers[self.present].encrypt(nonce, key, name.encode())

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """Return the data key of that name; SettingsError where no key of ours opens it."""
        cipher = self._ciphers.get(wrapped[:KEY_ID])
        nonce, text = wrapped[KEY_ID : KEY_ID + NONCE], wrapped[KEY_ID + NONCE :]
        try:
            if cipher:
                return cipher.decrypt(nonce, text, name.encode())
        except InvalidTag:
            pass  # as a key that is not there: said below
        if wrapped[:KEY_ID] == _id(_PRACTICE):
            raise SettingsError(
                "DATABASE_URL names a database that a demo made without ENCRYPTION_KEYS. Begin with a new "
                "one. Example:\n  DATABASE_URL=sqlite:///var/doorstep-2.sqlite3"
            )
        raise SettingsError(
            "ENCRYPTION_KEYS does not hold the key that this database was made with. Put it back, behind "
            "the new one where you are changing keys. Example:\n  ENCRYPTION_KEYS=new-key,old-key"
        )

    def is_present(self, wrapped: bytes) -> bool:
        """Say whether it is wrapped by the first key."""
        return wrapped[:KEY_ID] == self.present

    @property
    def ids(self) -> list[bytes]:
        """What is wrapped by one of these keys begins with one of these."""
        return list(self._ciphers)


def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"doorstep key " + key).digest()[:KEY_ID]


PRACTICE = KeyRing([_PRACTICE])
"""For demo mode without ENCRYPTION_KEYS: known to everybody, so it protects nothing."""
