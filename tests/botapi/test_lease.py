"""Nobody sends to a chat for longer than it is theirs: two workers would send side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import select

from bot.botapi import sender
from bot.botapi.pace import UNLIMITED, Limits, Pace
from bot.botapi.sender import Sender
from bot.service.message import Message
from bot.service.ports import Changes, Outgoing
from bot.storage.database import open_database
from bot.storage.migrate import prepare
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.tables import chats
from bot.storage.turns import PER_CHAT
from tests.botapi.test_intake import until
from tests.botapi.test_pace import GROUP, Time, seconds_for
from tests.botapi.test_pace import time as time
from tests.storage.conftest import numbered_ids

WORDS = [f"message {n:02d}" for n in range(24)]


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- leases run out in real time here


class Nobody:
    """A line on which each message takes a while; notes who sends what, and who else does."""

    username = "doorstep_bot"

    def __init__(self, telegram: Telegram, worker: str) -> None:
        self._telegram = telegram
        self._worker = worker

    async def send_html(self, _chat: int, html: str, _keyboard: object) -> None:
        telegram = self._telegram
        telegram.at_once.append({*telegram.busy, self._worker})
        telegram.busy.append(self._worker)
        try:
            await asyncio.sleep(telegram.seconds)
            telegram.got.append((self._worker, html))
        finally:
            telegram.busy.remove(self._worker)


@dataclass
class Telegram:
    """What several workers' lines have in common."""

    seconds: float
    busy: list[str] = field(default_factory=list)
    at_once: list[set[str]] = field(default_factory=list)
    got: list[tuple[str, str]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [html for _, html in self.got]


async def queue(store: SqlStore, chat: int, words: Sequence[str]) -> None:
    async with store.transaction() as transaction:
        outgoing = [Outgoing(chat, Message(word)) for word in words]
        await transaction.keep(Changes(outgoing=outgoing), now())


@asynccontextmanager
async def outboxes(folder: Path, *names: str) -> AsyncIterator[tuple[SqlStore, list[SqlOutbox]]]:
    url = f"sqlite:///{folder / 'bot.sqlite3'}"
    await prepare(url)
    databases = [open_database(url) for _ in names]
    store = SqlStore(databases[0], numbered_ids())
    yield store, [SqlOutbox(database, name) for database, name in zip(databases, names, strict=True)]
    for database in databases:
        await database.close()


@asynccontextmanager
async def sending(*senders: Sender) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.run()) for each in senders]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases a hundred times shorter than in earnest, in the same proportion."""
    monkeypatch.setattr(sender, "_LEASE", sender._LEASE / 100)
    monkeypatch.setattr(sender, "_OURS", sender._OURS / 100)
    monkeypatch.setattr(sender, "_PAUSE", 0.02)


def a_sender(line: Any, outbox: SqlOutbox, pace: Pace) -> Sender:
    return Sender(line, outbox, pace, now)


@pytest.mark.usefixtures("short")
async def test_no_two_workers_send_to_one_chat_at_once_however_slow_telegram_is(tmp_path: Path) -> None:
    telegram = Telegram(seconds=0.1)  # ten messages take a second, a lease lasts 0.6
    names = ("one", "two", "three", "four")
    async with outboxes(tmp_path, *names) as (store, claims):
        await queue(store, 7, WORDS)
        pace = Pace(UNLIMITED, monotonic)
        workers = [
            a_sender(Nobody(telegram, name), outbox, pace) for name, outbox in zip(names, claims, strict=True)
        ]
        async with sending(*workers):
            await until(lambda: set(WORDS) <= set(telegram.texts), f"{telegram.texts}")
    assert all(len(workers) == 1 for workers in telegram.at_once), "two sent to one chat at once"
    assert list(dict.fromkeys(telegram.texts)) == WORDS
    assert telegram.texts == sorted(telegram.texts), "a message came again after a later one"


@pytest.mark.usefixtures("short")
async def test_the_lease_of_a_chat_that_has_to_wait_never_runs_out(tmp_path: Path) -> None:
    telegram = Telegram(seconds=0.0)
    pace = Pace(Limits(group_per_minute=20), monotonic)
    async with outboxes(tmp_path, "one") as (store, (one,)):
        await queue(store, -7, WORDS[:6])  # five at once, and one more after three seconds
        async with sending(a_sender(Nobody(telegram, "1"), one, pace)):
            await until(lambda: len(telegram.got) == 5, "the first ones did not leave")
            left = []
            for _ in range(120):
                left.append(await seconds_left(store))
                await asyncio.sleep(0.01)
    assert len(telegram.got) == 5, "nobody had to wait: the test shows nothing"
    assert min(left) > 0.05


async def seconds_left(store: SqlStore) -> float:
    async with store.database.reading() as connection:
        until = (await connection.execute(select(chats.c.lease_until))).scalar_one()
    return (until - now()).total_seconds() if until else 1.0


@pytest.mark.usefixtures("short")
async def test_a_clock_set_forward_makes_nobody_send_the_same_twice(tmp_path: Path) -> None:
    telegram, ahead = Telegram(seconds=0.05), timedelta()
    async with outboxes(tmp_path, "one") as (store, (one,)):
        await queue(store, 7, WORDS[:6])
        alone = Sender(Nobody(telegram, "1"), one, Pace(UNLIMITED, monotonic), lambda: now() + ahead)  # type: ignore[arg-type]
        async with sending(alone):
            await until(lambda: len(telegram.got) == 1, "nothing left")
            ahead = timedelta(hours=1)
            alone.wake()
            await until(lambda: len(telegram.got) >= 6, f"{telegram.texts}")
            await asyncio.sleep(0.2)
    assert telegram.texts == WORDS[:6]


async def test_what_is_handed_out_at_once_can_be_sent_within_the_limit_of_a_group(time: Time) -> None:
    """Else the last of it would be handed out for nothing each time."""
    pace = Pace(Limits(), time)
    await seconds_for(50, lambda _: GROUP, pace, time)
    assert await seconds_for(PER_CHAT, lambda _: GROUP, pace, time) < sender._OURS
    assert sender._LEASE.total_seconds() > sender._OURS + 10
