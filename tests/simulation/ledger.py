"""What a commit brought, read from the file by somebody who is not the bot."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.conversation import Conversation
from bot.service.message import Message
from bot.storage.codec import Whose, message_of, read_conversation, read_message, snapshot_of
from bot.storage.identity import address_of, read_address
from bot.storage.keyring import PRACTICE
from bot.storage.sealing import Place, key_of, unseal
from bot.storage.trail import place_of
from bot.storage.vault import HOUSE


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it stands in the file."""

    conversation: str
    position: int
    kind: str
    body: bytes
    actor: str


@dataclass(frozen=True, slots=True)
class Story:
    """A conversation as it stands in the file."""

    person: int | None
    status: str
    state: Conversation
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message queued."""

    chat: str
    message: Message


class Ledger:
    """Reads what is new since the last time; opens its own connection and never writes."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._keys = sqlite3.connect(f"{path}.keys", isolation_level=None)
        self._ciphers: dict[str, AESGCM] = {}
        self._events = 0
        self._outbox = 0

    def close(self) -> None:
        self._file.close()
        self._keys.close()

    def claimed(self, keys: Collection[str]) -> set[str]:
        """Return which of these updates are marked as seen."""
        if not keys:
            return set()
        marks = ",".join("?" * len(keys))
        return {key for (key,) in self.all(f"SELECT key FROM updates WHERE key IN ({marks})", keys)}  # noqa: S608 -- question marks only

    def events(self) -> list[Row]:
        """Return the events kept since."""
        query = """SELECT rowid, conversation_id, position, body, actor, told_at
            FROM events WHERE rowid > ? ORDER BY conversation_id, position"""
        rows = self.all(query, [self._events])
        self._events = max([self._events, *(row[0] for row in rows)])
        return [self._row(*row[1:]) for row in rows]

    def _row(self, conversation: str, position: int, sealed: bytes, actor: str, told_at: str | None) -> Row:
        told = datetime.fromisoformat(told_at).replace(tzinfo=UTC) if told_at else None
        row = {"conversation_id": conversation, "position": position, "actor": actor, "told_at": told}
        body = self.open(place_of(row), sealed) if sealed else b""
        return Row(conversation, position, body.partition(b" ")[0].decode(), body, actor)

    def outgoing(self) -> list[Outgoing]:
        """Return the messages queued since, in order."""
        query = "SELECT id, chat_id, sequence, body FROM outbox WHERE id > ? ORDER BY id"
        rows = self.all(query, [self._outbox])
        self._outbox = max([self._outbox, *(row[0] for row in rows)])
        opened = [(chat, self.open(message_of(chat, number), body)) for _, chat, number, body in rows]
        return [Outgoing(chat, read_message(body)) for chat, body in opened]

    def stories(self, ids: Iterable[str]) -> dict[str, Story]:
        """Return these conversations."""
        ids = list(ids)
        marks = ",".join("?" * len(ids))
        query = f"""SELECT c.id, c.revision, ch.id, ch.address, p.code, c.status, c.snapshot,
                c.due_at
            FROM conversations c
            JOIN participants p ON p.id = c.participant_id JOIN chats ch ON ch.id = p.chat_id
            WHERE c.id IN ({marks})"""  # noqa: S608 -- question marks only
        return {
            key: Story(
                self._address(chat, address),
                status,
                read_conversation(self.open(snapshot_of(key, revision, Whose(chat, code)), snapshot)),
                datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None,
            )
            for key, revision, chat, address, code, status, snapshot, due in self.all(query, ids)
        }

    def owner(self, chat: str) -> int | None:
        """Return whose chat this is."""
        rows = self.all("SELECT address FROM chats WHERE id = ?", [chat])
        return self._address(chat, rows[0][0]) if rows else None

    def told(self, conversation: str) -> int:
        """Return how many events of a conversation still hold something that was said."""
        query = "SELECT body FROM events WHERE conversation_id = ? AND body != x''"
        return sum(key_of(body) != HOUSE for (body,) in self.all(query, [conversation]))

    def quarantined(self) -> list[str]:
        return [reason for (reason,) in self.all("SELECT reason FROM quarantine", [])]

    def count(self, table: str, condition: str = "1") -> int:
        ((number,),) = self.all(f"SELECT count(*) FROM {table} WHERE {condition}", [])  # noqa: S608 -- written here
        return int(number)

    def addresses(self) -> set[int]:
        """Return everybody the file still names."""
        found = self.all("SELECT id, address FROM chats WHERE address IS NOT NULL", [])
        return {read_address(self.open(address_of(chat), address)) for chat, address in found}

    def is_sound(self) -> bool:
        return self.all("PRAGMA integrity_check", []) == [("ok",)]

    def all(self, query: str, values: Collection[Any]) -> list[Any]:
        return self._file.execute(query, list(values)).fetchall()

    def _address(self, chat: str, address: bytes | None) -> int | None:
        return None if address is None else read_address(self.open(address_of(chat), address))

    def open(self, place: Place, sealed: bytes) -> bytes:
        name = key_of(sealed)
        if name not in self._ciphers:
            ((wrapped,),) = self._keys.execute(
                "SELECT wrapped FROM data_keys WHERE name = ?", [name]
            ).fetchall()
            self._ciphers[name] = AESGCM(PRACTICE.unwrap(name, wrapped))
        return unseal(self._ciphers[name], sealed, place)
