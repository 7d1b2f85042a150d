"""Nothing is confirmed to Telegram before it is durable, and one bad update costs no other."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.botapi import polling, sender
from bot.botapi.profile import NotSignedIn
from bot.botapi.worker import Worker
from bot.content.bundle import Bundle
from bot.domain.events import AnswerRecorded
from bot.service.ports import StoreUnavailable
from bot.storage.reading import events_of
from bot.storage.store import SqlStore
from tests.botapi.running import PATIENCE, Running, Someone, running
from tests.botapi.test_cases import NAVIGATION, agree, due, label


@pytest.fixture(autouse=True)
def _try_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(sender, "_PAUSE", 0.05)


async def until(holds: Callable[[], bool], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.005)


def offsets(bot: Running) -> list[int]:
    """Return the offset of each call for updates: everything below it is confirmed."""
    return [int(call.params.get("offset") or 0) for call in bot.simulator.calls("getUpdates")]


class Commits:
    """Makes the store fail at the moment of the commit, and notes what was confirmed to Telegram then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.failures = 0
        self.failed = 0
        self.confirmed: list[int] = []
        self.bot: Running | None = None
        inner = SqlStore.transaction

        @asynccontextmanager
        async def transaction(store: SqlStore) -> AsyncIterator[Any]:
            async with inner(store) as given:
                yield given
                if self.failures:
                    self.failures -= 1
                    self.failed += 1
                    if self.bot:
                        self.confirmed.append(max(offsets(self.bot)))
                    raise StoreUnavailable("OperationalError")

        monkeypatch.setattr(SqlStore, "transaction", transaction)


@pytest.mark.parametrize("failures", [4, 5, 6])
async def test_while_the_store_fails_nothing_is_confirmed_and_then_it_is_answered_once(
    failures: int, tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        await mei.say("45")
        await bot.simulator.settle()
        commits = Commits(monkeypatch)
        commits.bot, commits.failures = bot, failures
        seen = len(mei.person.messages)
        mei.person.tap(label("willing", "yes"))
        (tap,) = (update.update_id for update in bot.simulator.bot.queue.pending())
        await until(lambda: commits.failures == 0, "the store was not asked again")
        assert max(commits.confirmed) <= tap, "confirmed although it was not kept"
        await until(lambda: due(mei) == "dm", "the tap was not answered in the end")
        await bot.simulator.settle()
        delivered = [
            call
            for call in bot.simulator.calls("getUpdates")
            if call.ok and tap in {update["update_id"] for update in call.answer["result"]}
        ]
        assert len(delivered) >= 3, "the same update is delivered again"
        fresh = [message.text for message in mei.person.messages[seen:] if message.from_bot]
        assert len(fresh) == 1
        assert await bot.answers_recorded(mei, "willing") == 1
        assert aside(tmp_path) == []


async def test_an_offset_never_goes_beyond_what_is_kept(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each call for updates, every update below its offset is in the database already."""
    early: list[tuple[int, int]] = []
    async with running(tmp_path, bundle) as bot:
        line_class = type(bot.worker._line)
        inner = line_class.raw_updates

        async def raw_updates(line: Any, offset: int | None, *, wait: int = 0) -> list[dict[str, Any]]:
            with sqlite3.connect(tmp_path / "bot.sqlite3") as connection:
                keys = {key for (key,) in connection.execute("SELECT key FROM updates")}
            connection.close()
            given = {u for call in bot.simulator.calls("getUpdates") for u in told(call.answer)}
            early.extend(
                (u, offset) for u in given if offset and u < offset and f"1000000001:{u}" not in keys
            )
            return await inner(line, offset, wait=wait)

        monkeypatch.setattr(line_class, "raw_updates", raw_updates)
        people = [Someone(bot.simulator.person(first_name=name)) for name in ("Mei", "Lin", "Tao")]
        await asyncio.gather(*(agree(someone) for someone in people))
        await bot.simulator.settle()
        assert early == []
        assert max(offsets(bot)) > 700_000_001


def told(answer: dict[str, Any]) -> list[int]:
    return [
        update["update_id"]
        for update in answer.get("result") or []
        if "message" in update or "callback_query" in update
    ]


async def test_an_unreadable_update_is_set_aside_and_its_neighbours_go_on(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await bot.simulator.settle()
        await bot.stop()
        queue = bot.simulator.bot.queue
        queue.push("message", {"message_id": 1, "date": "yesterday", "chat": 7}, lane="chat:7")
        mei.person.start()
        queue.push("callback_query", {"id": "1"}, lane="chat:7")
        seen = len(mei.person.messages)
        await bot.start()
        await until(lambda: len(mei.person.messages) >= seen + 5, "the neighbour was not answered")
        await bot.simulator.settle()
        assert aside(tmp_path) == ["unreadable: TypeError", "unreadable: TypeError"]
        await mei.tap(NAVIGATION["start"])
        await bot.restart()
        await bot.simulator.settle()
        assert len(aside(tmp_path)) == 2, "set aside once"


def aside(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "bot.sqlite3") as connection:
        reasons = [str(reason) for (reason,) in connection.execute("SELECT reason FROM quarantine")]
    connection.close()
    return reasons


async def test_an_update_that_comes_twice_acts_once(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        await bot.simulator.settle()
        raw = next(
            update
            for call in reversed(bot.simulator.calls("getUpdates"))
            for update in call.answer["result"]
            if "callback_query" in update
        )
        seen = len(mei.person.messages)
        await bot.worker._intake.take([raw, raw])
        await bot.simulator.settle()
        assert len(mei.person.messages) == seen


async def test_a_network_that_fails_is_tried_again_and_loses_nothing(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await bot.simulator.settle()
        for kind in ("500", "cut", "502", "lost", "429"):
            bot.simulator.fault(kind=kind, method="getUpdates")
        await agree(mei)
        await mei.say("45")
        history = await events_of(bot.store, mei.codes()[-1])
        assert [e.value for e in history if isinstance(e, AnswerRecorded)] == [45]
        assert bot.simulator.faults.planned == []


async def test_a_token_refused_while_it_runs_ends_the_bot_with_a_sentence(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        await bot.simulator.settle()
        bot.simulator._tokens = frozenset()
        bot.simulator.person().start()  # ends the poll that is under way
        assert bot._task is not None
        (ended,) = await asyncio.gather(bot._task, return_exceptions=True)
        assert isinstance(ended, NotSignedIn)
        assert "TELEGRAM_BOT_TOKEN" in str(ended)


async def test_a_store_that_fails_at_the_regular_look_does_not_end_the_bot(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = 0
    inner = Worker.tick

    async def tick(worker: Worker) -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 1:
            raise StoreUnavailable("OperationalError")
        await inner(worker)

    monkeypatch.setattr(Worker, "tick", tick)
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await mei.say("/start")
        assert ticks == 1
        assert bot._task is not None
        assert not bot._task.done()


async def test_it_is_there_although_somebody_always_writes(tmp_path: Path, bundle: Bundle) -> None:
    """Were an empty answer awaited, a busy bot would call itself absent for as long as it is busy."""
    async with running(tmp_path, bundle) as bot:
        mei = bot.simulator.person(first_name="Mei")
        mei.start()
        await bot.simulator.settle()
        await bot.stop()

        async def write() -> None:
            while True:
                mei.send("and another thing")
                await asyncio.sleep(0.0005)

        writing = asyncio.create_task(write())
        began = len(bot.simulator.calls("getUpdates"))
        await bot.start()
        try:
            await until(lambda: bot.worker._presence.there, "busy, and so never there")
            assert bot.worker.readiness() == {"telegram": True, "store": True}
        finally:
            writing.cancel()
        answers = [call.answer["result"] for call in bot.simulator.calls("getUpdates")[began:] if call.ok]
        assert all(answers), "nobody wrote for a moment: this shows nothing"
