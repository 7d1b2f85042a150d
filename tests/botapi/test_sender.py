"""Whatever goes wrong on the way out: nothing is missing, and within a chat the order holds."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from unittest.mock import AsyncMock

import pytest

from bot.botapi import sender
from bot.botapi.line import Line, open_line
from bot.botapi.pace import UNLIMITED, Pace
from bot.content.bundle import Bundle
from bot.service.message import Message
from bot.service.ports import Changes, Outgoing, StoreUnavailable
from bot.service.sending import Queued, Sent, Settled
from bot.simulator.faults import Kind
from tests.botapi.running import TOKEN, Clock, Running, Someone, running
from tests.botapi.test_cases import NAVIGATION, TEXTS
from tests.botapi.test_intake import until
from tests.crash.talker import cast, check_kept, kept

CHAT_WORDS = [f"message {n}" for n in range(8)]


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "_PAUSE", 0.03)


async def queue(bot: Running, person: Someone, texts: Sequence[str]) -> None:
    """Put messages to somebody into the outbox, as a turn would."""
    async with bot.store.transaction() as transaction:
        outgoing = [Outgoing(person.person.id, Message(text)) for text in texts]
        await transaction.keep(Changes(outgoing=outgoing), bot.clock())
    bot.worker._sender.wake()


def got(person: Someone) -> list[str]:
    return [message.text for message in person.person.messages if message.from_bot]


async def met(bot: Running, name: str = "Mei") -> Someone:
    """Return somebody who pressed Start and has all of the introduction."""
    someone = Someone(bot.simulator.person(first_name=name))
    await someone.say("/start")
    await bot.simulator.settle()
    return someone


@pytest.mark.parametrize("kind", ["500", "502", "cut", "lost"])
@pytest.mark.parametrize("skip", [0, 3])
async def test_a_fault_loses_nothing_and_keeps_the_order(
    kind: Kind, skip: int, tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = await met(bot)
        seen = len(got(mei))
        bot.simulator.fault(kind=kind, method="sendMessage", chat_id=mei.person.id, times=2, skip=skip)
        await queue(bot, mei, CHAT_WORDS)
        await until(lambda: set(CHAT_WORDS) <= set(got(mei)), f"missing: {got(mei)[seen:]}")
        fresh = got(mei)[seen:]
        assert list(dict.fromkeys(fresh)) == CHAT_WORDS
        assert len(fresh) == len(CHAT_WORDS) + (2 if kind == "lost" else 0)


async def test_the_second_copy_of_a_message_has_the_buttons_of_the_first(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = await met(bot)
        bot.simulator.fault(kind="lost", method="sendMessage", chat_id=mei.person.id)
        mei.person.tap(NAVIGATION["start"])
        await until(lambda: len(got(mei)) > len(set(got(mei))), "nothing came twice: this shows nothing")
        first, second = [m for m in mei.person.messages if m.from_bot][-2:]
        assert first.text == second.text
        assert first.buttons == second.buttons
        mei.person.tap_data(second.message_id, second.buttons[0][0].data or "")
        accepted = TEXTS["acknowledgements"][1]["text"].split("\n")[0][:40]
        await until(lambda: accepted in got(mei)[-1], "the second copy's button does nothing")


async def test_a_flood_limit_is_honoured_in_order_and_holds_up_nobody_else(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei, lin = await met(bot), await met(bot, "Lin")
        began = len(got(mei))
        bot.simulator.fault(kind="429", method="sendMessage", chat_id=mei.person.id, retry_after=30, skip=2)
        await queue(bot, mei, CHAT_WORDS)
        await queue(bot, lin, CHAT_WORDS)
        await until(lambda: got(lin)[-1] == CHAT_WORDS[-1], "one chat's limit held up another")
        assert got(mei)[began:] == CHAT_WORDS[:2]
        calls = len(to(bot, mei))
        bot.clock.advance(timedelta(seconds=28))
        await bot.worker.tick()
        await asyncio.sleep(0.1)  # several rounds of the sender
        assert len(to(bot, mei)) == calls, "a message left before retry_after was over"
        bot.clock.advance(timedelta(seconds=3))
        await until(lambda: got(mei)[began:] == CHAT_WORDS, "the rest did not come")


def to(bot: Running, person: Someone) -> list[int]:
    return [c.status for c in bot.simulator.calls("sendMessage") if c.params["chat_id"] == person.person.id]


async def test_a_blocked_chat_is_left_alone_until_its_person_writes_again(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = await met(bot)
        began = len(got(mei))
        mei.person.block()
        await queue(bot, mei, CHAT_WORDS)
        await until(lambda: 403 in to(bot, mei), "nothing was tried")
        await bot.worker.tick()
        await asyncio.sleep(0.1)  # several rounds of the sender
        assert to(bot, mei).count(403) == 1, "a blocked chat is tried once"
        mei.person.unblock()
        await mei.say("/start")
        assert got(mei)[began : began + len(CHAT_WORDS)] == CHAT_WORDS
        await mei.tap(NAVIGATION["start"])
        assert TEXTS["acknowledgements"][0]["accept"] in {b.text for r in mei.newest().buttons for b in r}


async def test_what_left_is_marked_although_the_chats_next_message_hangs(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed again and again amid a long batch, the bot would otherwise begin it anew each time."""
    async with running(tmp_path, bundle) as bot:
        mei = await met(bot)
        monkeypatch.setattr(sender, "_PAUSE", 60.0)  # a look by itself, from now on, would come too late
        bot.simulator.fault(kind="slow", method="sendMessage", chat_id=mei.person.id, seconds=30, skip=3)
        await queue(bot, mei, CHAT_WORDS)
        await until(lambda: got(mei)[-1] == CHAT_WORDS[2], "the first three did not leave")
        async with asyncio.timeout(5):  # before the call that hangs is given up
            await until(lambda: unsent(tmp_path) == len(CHAT_WORDS) - 3, "what left is not marked as sent")


def unsent(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "bot.sqlite3")) as connection:
        number: int = connection.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone()[0]
        return number


async def test_a_refused_message_is_set_aside_by_name_and_the_next_go_out(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = await met(bot)
        began = len(got(mei))
        await queue(bot, mei, ["one", "<b>never closed", "three", "four"])
        await until(lambda: got(mei)[-1] == "four", f"{got(mei)[began:]}")
        assert got(mei)[began:] == ["one", "three", "four"]
        await until(lambda: len(failures(tmp_path)) == 1, "what was refused is not noted")
        assert "never closed" not in failures(tmp_path)[0]


def failures(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "bot.sqlite3")) as connection:
        return [row[0] for row in connection.execute("SELECT failure FROM outbox WHERE failed_at NOT NULL")]


async def test_a_whole_screening_through_a_storm_of_faults(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        kinds: list[Kind] = ["500", "lost", "cut", "502", "lost"]
        for n in range(25):
            bot.simulator.fault(kind=kinds[n % 5], method="sendMessage", skip=n % 3)
        people = cast(bot.simulator, 4)
        await asyncio.gather(*(talker.talk() for talker in people))
        await bot.simulator.settle()
        assert bot.simulator.faults.planned == []
        rows = await kept(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
        for talker in people:
            check_kept(rows[talker.code], talker)
        assert sum(talker.doubled for talker in people) > 0, "no answer was lost: the storm shows nothing"


async def test_a_long_text_comes_in_pieces_with_the_buttons_under_the_last(
    tmp_path: Path, bundle: Bundle
) -> None:
    long = "\n\n".join(f"<b>Part {n}.</b> " + "word " * 200 for n in range(12))
    async with running(tmp_path, bundle) as bot:
        mei = await met(bot)
        began = len(got(mei))
        await queue(bot, mei, [long, "after"])
        await until(lambda: got(mei)[-1] == "after", "the message after a long one is missing")
        pieces = got(mei)[began:-1]
        assert len(pieces) > 1
        assert "".join("".join(pieces).split()) == "".join(
            long.replace("<b>", "").replace("</b>", "").split()
        )


class Empty:
    """An outbox with nothing in it."""

    async def exchange(
        self,
        settled: Sequence[Settled],
        released: Sequence[str],
        now: datetime,
        *,
        lease: timedelta,
        limit: int,
    ) -> list[Queued]:
        del settled, released, now, lease, limit
        return []


class Broken(Empty):
    """An outbox with one message, which cannot be reached again before the bot is stopped."""

    def __init__(self) -> None:
        self.marked: list[Settled] = []
        self._waiting = [Queued(1, "mei", 7, Message("one"), 0)]

    async def exchange(
        self, settled: Sequence[Settled], released: Sequence[str], now: datetime, **how: Any
    ) -> list[Queued]:
        del released, now
        if settled and how["limit"]:
            raise StoreUnavailable("OperationalError")
        self.marked += settled
        given, self._waiting = self._waiting, []
        return given


async def test_what_was_sent_is_marked_when_the_bot_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Line, "send_html", AsyncMock())
    outbox = Broken()
    line = open_line(TOKEN, "http://127.0.0.1:1")
    task = asyncio.create_task(sender.Sender(line, outbox, Pace(UNLIMITED, monotonic), Clock()).run())
    await asyncio.sleep(0.1)
    assert outbox.marked == []
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert outbox.marked == [Sent(1)]


@pytest.mark.parametrize("passes", range(6))
async def test_a_stop_that_comes_with_a_new_message_is_heard(passes: int) -> None:
    """asyncio.wait_for of Python 3.11 swallows it: Ctrl+C would do nothing."""
    line = open_line(TOKEN, "http://127.0.0.1:1")
    sending = sender.Sender(line, Empty(), Pace(UNLIMITED, monotonic), Clock())
    task = asyncio.create_task(sending.run())
    for _ in range(10):
        await asyncio.sleep(0)
    sending.wake()
    for _ in range(passes):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=0.5)
    task.cancel()
    assert done, "it goes on"
