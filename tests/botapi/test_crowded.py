"""What a bot does when it has more to do than it may: looks not too far ahead, and leaves nothing lying."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bot.botapi import sender
from bot.botapi.line import Line, open_line
from bot.botapi.pace import UNLIMITED, Limits, Pace
from bot.botapi.sender import Sender
from bot.content.bundle import Bundle
from bot.service import screening
from bot.service.handled import Handled
from bot.service.message import Message
from bot.service.ports import Arrival, StoreUnavailable
from bot.service.sending import Queued, Settled
from tests.botapi.running import TOKEN, Clock, running
from tests.botapi.test_webhook import message, said, until


class Endless:
    """An outbox in which there is always one more."""

    def __init__(self) -> None:
        self.given = 0
        self.looks = 0

    async def exchange(
        self,
        settled: Sequence[Settled],
        released: Sequence[str],
        now: datetime,
        *,
        lease: timedelta,
        limit: int,
    ) -> list[Queued]:
        del settled, released, now, lease
        self.looks += 1
        numbers = range(self.given, self.given + limit)
        self.given += limit
        return [Queued(number, str(number), 1_000 + number, Message("Hello"), 0) for number in numbers]


@pytest.mark.parametrize(("limits", "ahead"), [(Limits(), 60), (Limits(per_second=1), 10), (UNLIMITED, 200)])
async def test_no_more_is_claimed_than_can_soon_leave(limits: Limits, ahead: int) -> None:
    """Whoever comes first is behind all that is claimed already."""
    outbox = Endless()
    sending = Sender(open_line(TOKEN, "http://127.0.0.1:1"), outbox, Pace(limits, monotonic), Clock())
    await sending._round()
    under_way = list(sending._chats.values())
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    assert outbox.given == ahead


async def test_a_full_line_is_looked_after_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look is a transaction; one for each message would leave the store no time for people."""
    outbox, line = Endless(), open_line(TOKEN, "http://127.0.0.1:1")

    async def at_once(_line: Line, chat: int, html: str, keyboard: list[Any]) -> None:
        del chat, html, keyboard

    monkeypatch.setattr(Line, "send_html", at_once)
    sending = Sender(line, outbox, Pace(Limits(per_second=300), monotonic), Clock())
    with suppress(TimeoutError):
        async with asyncio.timeout(1.05):
            await sending.run()
    assert outbox.given > 300, "it does not send"
    assert outbox.looks < 20


async def test_taps_are_answered_however_many_messages_wait() -> None:
    pace = Pace(Limits(), lambda: 0.0)
    waiting = [asyncio.create_task(pace.wait(chat)) for chat in range(100)]
    await asyncio.sleep(0)
    assert not pace.spare()
    assert [pace.tap() for _ in range(31)] == [True] * 30 + [False], "within Telegram's limits too"
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_was_kept_before_a_batch_broke_off_is_answered_at_once(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_PAUSE", 3600)
    together = screening._together

    async def breaks(batch: Sequence[Arrival], desks: screening.Desks, now: datetime) -> list[Handled]:
        if len(batch) > 1:
            raise RuntimeError
        if batch[0].person == lin.id:
            raise StoreUnavailable("OperationalError")
        return await together(batch, desks, now)

    async with running(tmp_path, bundle) as bot:
        await bot.simulator.settle()
        mei, lin = bot.simulator.person(), bot.simulator.person()
        monkeypatch.setattr(screening, "_together", breaks)
        with pytest.raises(StoreUnavailable):
            await bot.worker._intake.take([message(mei, "/start"), message(lin, "/start")])
        await until(lambda: bool(said(mei)), "she was not answered")
