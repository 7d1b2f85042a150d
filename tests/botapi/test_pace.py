"""Telegram's limits, on a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.botapi.pace import Bucket, Limits, Pace

ANNA, MEI, LI, GROUP = 1, 2, 3, -100


class Time:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr("bot.botapi.pace.asyncio.sleep", time.sleep)
    return time


async def seconds_for(count: int, chat: Callable[[int], int], pace: Pace, time: Time) -> float:
    began = time.now
    for number in range(count):
        await pace.wait(chat(number))
    return time.now - began


async def test_a_chat_gets_a_small_burst_and_then_one_a_second(time: Time) -> None:
    pace = Pace(Limits(), time)
    assert await seconds_for(10, lambda _: ANNA, pace, time) < 0.3
    assert await seconds_for(10, lambda _: ANNA, pace, time) == pytest.approx(10, abs=0.3)


async def test_a_group_gets_twenty_a_minute(time: Time) -> None:
    pace = Pace(Limits(), time)
    left = []
    for _ in range(100):
        await pace.wait(GROUP)
        left.append(time.now)
    assert 19 <= max(sum(at <= moment < at + 60 for moment in left) for at in left) <= 20
    assert left[4] < 0.5, "a few at once need not wait"


async def test_all_chats_together_get_thirty_a_second(time: Time) -> None:
    pace = Pace(Limits(), time)
    assert await seconds_for(303, lambda number: number, pace, time) == pytest.approx(10, abs=0.1)


async def test_one_refused_chat_makes_no_other_wait(time: Time) -> None:
    pace = Pace(Limits(), time)
    pace.refused(ANNA, 7)
    assert await seconds_for(1, lambda _: MEI, pace, time) == 0


async def test_several_refused_at_once_make_everybody_wait(time: Time) -> None:
    pace = Pace(Limits(), time)
    for chat in (ANNA, MEI, LI):
        pace.refused(chat, 5)
    assert await seconds_for(1, lambda _: 99, pace, time) == pytest.approx(5, abs=0.1)


async def test_courtesies_go_first_when_room_is_short(time: Time) -> None:
    pace = Pace(Limits(per_second=1), time)
    assert pace.spare()
    assert not pace.spare()
    assert await seconds_for(1, lambda _: ANNA, pace, time) == pytest.approx(1)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_a_bucket_never_gives_more_than_its_rate_and_size(pauses: list[float]) -> None:
    bucket, now, ready = Bucket(rate=2, size=5, now=0), 0.0, []
    for pause in pauses:
        now += pause
        ready.append(now + bucket.take(now))
    assert all(sum(start <= moment < start + 10 for moment in ready) <= 2 * 10 + 5 + 1 for start in ready)
