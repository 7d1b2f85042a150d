"""Checkpoints in a chat: the newest, not too often, without a sound and without content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.storage.checkpoints import Witness
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.posting import Posting
from bot.storage.store import SqlStore
from tests.botapi.running import TOKEN, running
from tests.conftest import shipped
from tests.storage.persona import LIN, MEI, answer, arrival, keep, later, take

CHAT = -1_005_550_001_777
SEED = b"s" * 32


@pytest.fixture
def watched(database: Database, store: SqlStore, tmp_path: Path) -> SqlStore:
    del store
    ids = iter(range(10**6))
    witness = Witness(tmp_path / "elsewhere", "one", SEED)
    return SqlStore(database, lambda: f"w{next(ids):07d}", witness, Posting(CHAT))


async def posted(outbox: SqlOutbox, minute: int) -> list[str]:
    queued = await take(outbox, minute)
    assert all(each.message.silent for each in queued if each.chat == CHAT)
    return [each.message.html for each in queued if each.chat == CHAT]


async def test_the_newest_checkpoint_is_posted_and_its_root_is_its_line(
    watched: SqlStore, outbox: SqlOutbox, tmp_path: Path
) -> None:
    await keep(watched, arrival(MEI, answer("yes")))
    await watched.tidy(later(1))
    (text,) = await posted(outbox, 1)
    (line,) = (tmp_path / "elsewhere" / "checkpoints-one.jsonl").read_bytes().splitlines(keepends=True)
    assert f"<code>{hashlib.sha256(line).hexdigest()}</code>" in text
    assert text.startswith(f"#1 {later(1).isoformat()}\n")
    assert "mei" not in text, "not even a conversation's code"


async def test_not_too_often_and_the_last_is_posted_in_the_end(watched: SqlStore, outbox: SqlOutbox) -> None:
    await keep(watched, arrival(MEI))
    await watched.tidy(later(1))
    assert len(await posted(outbox, 1)) == 1
    await keep(watched, arrival(LIN), later(2))
    await watched.tidy(later(2))
    await watched.tidy(later(9))
    assert (await rows_waiting(watched)) == 1, "only the first so far"
    await watched.tidy(later(11))
    assert (await rows_waiting(watched)) == 2, "nothing changed since, and still it is posted"
    await watched.tidy(later(30))
    assert (await rows_waiting(watched)) == 2, "the same is not posted again"


async def rows_waiting(store: SqlStore) -> int:
    """Return how many messages were queued for the chat."""
    async with store.transaction() as transaction:
        key = transaction._work.lookup(CHAT)
    from sqlalchemy import select  # noqa: PLC0415 -- only here

    from bot.storage.tables import chats  # noqa: PLC0415 -- only here

    async with store.database.reading() as connection:
        found = await connection.execute(select(chats.c.sequence).where(chats.c.lookup == key))
        return int(found.scalar_one())


async def test_it_arrives_without_a_sound(tmp_path: Path) -> None:
    async with running(tmp_path, shipped()) as bot:
        assert bot.staff is not None
        bot.store.witness = Witness(tmp_path / "elsewhere", "one", SEED)
        bot.store._posting = Posting(bot.staff.id)
        bot.simulator.person(first_name="Mei").send("/start")
        await bot.simulator.settle(quiet=0.1)
        await bot.store.tidy(bot.clock())
        await bot.worker.tick()
        await bot.simulator.settle(quiet=0.2)
        sent = [call.params for call in bot.simulator.calls() if call.method == "sendMessage"]
    (quiet,) = [params for params in sent if params.get("disable_notification")]
    assert int(str(quiet["chat_id"])) == bot.staff.id
    assert TOKEN not in str(quiet)
