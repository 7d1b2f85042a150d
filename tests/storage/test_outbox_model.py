"""The outbox against a model of it in a few lines: chance decides what happens, and both must agree."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 -- seeded

import pytest
from sqlalchemy import select

from bot.service.ports import Changes
from bot.service.sending import Blocked, Failed, Postponed, Queued, Sent, Settled
from bot.storage.database import Database
from bot.storage.identity import address_of, read_address
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.tables import chats
from bot.storage.turns import HEAD_START, ONE_IN, PER_CHAT
from tests.storage.persona import LEASE, NOW, crowd, keep, say

PEOPLE = crowd(6)


@dataclass
class Queue:
    """What the model knows of a chat."""

    waiting: deque[str] = field(default_factory=deque)
    place: datetime | None = None
    written_to: bool = False
    blocked: bool = False
    interrupted: int = 0
    claimed: dict[str, int] = field(default_factory=dict)
    """How often it had been interrupted when each worker claimed it last."""
    not_before: datetime = NOW
    holder: str | None = None
    until: datetime = NOW

    def write(self, word: str, now: datetime) -> None:
        if self.place is None:
            self.place = now - HEAD_START if self.written_to else now
        self.written_to = True
        self.waiting.append(word)

    def had_its_turn(self, now: datetime) -> None:
        begun = now - HEAD_START if len(self.waiting) <= PER_CHAT else now
        self.place = begun if self.waiting else None

    def open(self, now: datetime) -> bool:
        return bool(self.waiting) and not self.blocked and self.not_before <= now and self.until <= now


class Model:
    """All that the database should know, and what chance makes of it."""

    def __init__(self, store: SqlStore, database: Database, seed: int) -> None:
        self.store = store
        self.database = database
        self.chance = Random(seed)
        self.now = NOW
        self.queues = {person.telegram_id: Queue() for person in PEOPLE}
        self.workers = {name: SqlOutbox(database, name) for name in ("one", "two")}
        self.held: dict[str, dict[str, list[Queued]]] = {name: {} for name in self.workers}
        self.places = dict.fromkeys(self.workers, 0)
        self.words = iter(map(str, range(100_000)))

    async def step(self) -> None:
        self.now += timedelta(seconds=self.chance.randrange(20))
        action = self.chance.choice([self.write, self.write, self.work, self.work, self.work, self.come_back])
        await action()
        async with self.database.reading() as connection:
            query = select(chats.c.id, chats.c.address, chats.c.waiting_since)
            rows = (await connection.execute(query)).all()
        opened = await self.database.vault.open([(address_of(row.id), row.address) for row in rows])
        kept = {read_address(home): row.waiting_since for home, row in zip(opened, rows, strict=True)}
        assert kept == {chat: self.queues[chat].place for chat in kept}

    async def write(self) -> None:
        people = self.chance.choices(PEOPLE, k=self.chance.choice([1, 3, 30]))
        said = [(person, next(self.words)) for person in people]
        await keep(self.store, Changes(outgoing=[say(person, word) for person, word in said]), self.now)
        for person, word in said:
            self.queues[person.telegram_id].write(word, self.now)

    async def come_back(self) -> None:
        person = self.chance.choice(PEOPLE)
        async with self.store.transaction() as transaction:
            await transaction.people([person.telegram_id])
            await transaction.keep(Changes(), self.now)
        queue = self.queues[person.telegram_id]
        queue.interrupted += queue.blocked or queue.holder is not None
        queue.blocked = False

    async def work(self) -> None:
        name = self.chance.choice(list(self.workers))
        settled: list[Settled] = []
        released: list[str] = []
        for row, messages in list(self.held[name].items()):
            came = self.settle(name, messages)
            settled += came
            gives_back = self.chance.random() < 0.8
            if gives_back:
                released.append(row)
                del self.held[name][row]
                self.free(name, messages[0].chat)
            if came or gives_back:
                self.queues[messages[0].chat].had_its_turn(self.now)
        limit = self.chance.choice([0, 1, 2, 5, 100])
        got = await self.workers[name].exchange(settled, released, self.now, lease=LEASE, limit=limit)
        self.check(name, got, limit)
        for message in got:
            queue = self.queues[message.chat]
            queue.holder, queue.until, queue.claimed[name] = name, self.now + LEASE, queue.interrupted
            self.held[name].setdefault(message.chat_row, [])
        for row in {message.chat_row for message in got}:
            self.held[name][row] = [message for message in got if message.chat_row == row]

    def settle(self, name: str, messages: list[Queued]) -> list[Settled]:
        """Send the first of a chat's messages; perhaps the next one meets with something."""
        queue = self.queues[messages[0].chat]
        settled: list[Settled] = []
        for message in messages[: self.chance.randrange(len(messages) + 1)]:
            settled.append(Failed(message.id, "refused") if self.chance.random() < 0.3 else Sent(message.id))
            # One whose lease ran out may send what another has sent already.
            queue.waiting = deque(word for word in queue.waiting if word != message.message.html)
        if self.chance.random() < 0.2:
            queue.not_before = self.now + timedelta(seconds=40)
            settled.append(Postponed(messages[0].chat_row, queue.not_before))
        if self.chance.random() < 0.03:
            queue.blocked |= queue.claimed[name] == queue.interrupted
            settled.append(Blocked(messages[0].chat_row, messages[0].interrupted))
        return settled

    def free(self, name: str, chat: int) -> None:
        queue = self.queues[chat]
        if queue.holder == name:
            queue.holder, queue.until = None, NOW

    def check(self, name: str, got: Sequence[Queued], limit: int) -> None:
        assert len(got) <= limit
        claimed = {message.chat for message in got}
        assert sorted(self.place(chat) for chat in claimed) == self.due(name, limit)
        self.places[name] += len(claimed)
        for chat in claimed:
            words = [message.message.html for message in got if message.chat == chat]
            assert words == list(self.queues[chat].waiting)[: len(words)]
            assert 1 <= len(words) <= PER_CHAT

    def place(self, chat: int) -> datetime:
        place = self.queues[chat].place
        assert place
        return place

    def due(self, name: str, limit: int) -> list[datetime]:
        """Return the places that are to be served now: the earliest, and now and then a newcomer's."""
        free = sorted(self.place(chat) for chat, queue in self.queues.items() if queue.open(self.now))
        first, others = free[:limit], free[limit:]
        given = self.places[name]
        newcomers = [place for place in others if place > self.now - HEAD_START]
        newcomers = newcomers[: (given + limit) // ONE_IN - given // ONE_IN]
        if not newcomers or first[-1] > self.now - HEAD_START:
            return first
        return sorted(first[: limit - len(newcomers)] + newcomers)


@pytest.mark.parametrize("seed", range(3))
async def test_the_outbox_does_as_its_model(store: SqlStore, database: Database, seed: int) -> None:
    model = Model(store, database, seed)
    for _ in range(120):
        await model.step()
