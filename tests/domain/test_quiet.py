"""Quiet hours begin and end by the clocks at the site, also where those are changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quiet import QuietHours

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",  # changed by half an hour
    "Africa/Casablanca",  # changed for Ramadan
    "America/Santiago",  # changed at midnight
    "Asia/Kathmandu",
    "Pacific/Apia",
)
MINUTE = timedelta(minutes=1)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- as it asks
NIGHT = QuietHours(time(21), time(8), ZoneInfo("Europe/London"))


def by_the_clock(hours: QuietHours, now: datetime) -> bool:
    """Say the same in another way: walk round the face of the clock from the beginning to the end."""
    local = now.astimezone(hours.zone)
    minute, begins, ends = (each.hour * 60 + each.minute for each in (local, hours.begins, hours.ends))
    return (minute - begins) % 1440 < (ends - begins) % 1440


@given(st.sampled_from(ZONES), TIMES, TIMES, MOMENTS)
def test_it_is_quiet_as_the_clocks_there_show(zone: str, begins: time, ends: time, now: datetime) -> None:
    hours = QuietHours(begins, ends, ZoneInfo(zone))
    if begins != ends:
        assert hours.hold(now) == by_the_clock(hours, now)
        assert (hours.until(now) is None) == (not hours.hold(now))


@given(st.sampled_from(ZONES), TIMES, TIMES, MOMENTS)
def test_the_end_is_the_first_moment_that_is_not_quiet(
    zone: str, begins: time, ends: time, now: datetime
) -> None:
    hours = QuietHours(begins, ends, ZoneInfo(zone))
    over = hours.until(now) if begins != ends else None
    if over is None:
        return
    assert now < over <= now + timedelta(hours=25)
    assert not hours.hold(over)
    assert hours.hold(over - timedelta(microseconds=1))
    minutes = int((over - now) / MINUTE)
    assert all(hours.hold(now + n * MINUTE) for n in range(minutes))


CHANGES = [
    # 29 March 2026, London: one o'clock becomes two; 25 October: two becomes one.
    (NIGHT, datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
    (NIGHT, datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
    # An end that the clocks pass over that night: the moment at which they are changed.
    (
        QuietHours(time(21), time(1, 30), ZoneInfo("Europe/London")),
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
    ),
    # One that comes twice: quiet is over the first time, and again after the second.
    (
        QuietHours(time(21), time(1, 30), ZoneInfo("Europe/London")),
        datetime(2026, 10, 24, 23, 45, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    ),
    (
        QuietHours(time(21), time(1, 30), ZoneInfo("Europe/London")),
        datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ),
    # The same moment, told from elsewhere.
    (NIGHT, datetime(2026, 1, 5, 6, tzinfo=ZoneInfo("Asia/Shanghai")), datetime(2026, 1, 5, 8, tzinfo=UTC)),
]


@pytest.mark.parametrize(("hours", "now", "over"), CHANGES)
def test_a_night_in_which_the_clocks_are_changed(hours: QuietHours, now: datetime, over: datetime) -> None:
    assert hours.until(now) == over


def test_the_first_minute_is_quiet_and_the_last_moment_is_not() -> None:
    assert NIGHT.hold(datetime(2026, 1, 5, 21, tzinfo=UTC))
    assert not NIGHT.hold(datetime(2026, 1, 5, 20, 59, 59, tzinfo=UTC))
    assert not NIGHT.hold(datetime(2026, 1, 5, 8, tzinfo=UTC))
    assert NIGHT.hold(datetime(2026, 1, 5, 7, 59, 59, tzinfo=UTC))
