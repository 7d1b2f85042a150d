"""What costs much is not done more often because somebody asks more often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from bot.service import review_reading
from bot.service.review import Office
from bot.service.review_views import Figures, LogRow
from bot.web.visit import Checked
from tests.talk import open_world
from tests.web.office import Console, told


@pytest.fixture
async def console(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Console]:
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        yield console
        await console.desk.live.stop()


async def test_who_asks_for_a_check_while_one_runs_or_soon_after_gets_what_it_found(console: Console) -> None:
    runs = 0

    async def check() -> Checked:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.05)
        console.world.now += timedelta(minutes=3)  # it may take long: its minute begins when it ends
        return Checked(7, 70, [])

    desk = replace(console.desk, check=check)
    async with console.browser(await console.world.colleague(), desk) as browser:
        pages = await asyncio.gather(*(browser.post("/audit") for _ in range(10)))
        assert runs == 1
        assert all("7 talks and 70 events were checked. Checked:" in told(page) for page in pages)
        first = pages[0].text.partition("Checked: <time")[2].partition(">")[0]
        console.world.now += timedelta(seconds=59)
        again = await browser.post("/audit")
        assert (runs, first in again.text) == (1, True)
        console.world.now += timedelta(seconds=2)
        await browser.post("/audit")
        assert runs == 2


async def test_a_check_that_failed_is_nobody_s_result(console: Console) -> None:
    runs = 0

    async def check() -> Checked:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise LookupError("once")
        return Checked(1, 1, [])

    desk = replace(console.desk, check=check)
    async with console.browser(await console.world.colleague(), desk) as browser:
        with pytest.raises(LookupError):
            await browser.post("/audit")
        assert (await browser.post("/audit")).status_code == 200


async def test_figures_are_counted_one_span_at_a_time_and_few_are_kept(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, at_once, most = 0, 0, 0
    really = review_reading.figures

    async def figures(office: Office, who: str, **span: object) -> Figures:
        nonlocal counted, at_once, most
        counted, at_once = counted + 1, at_once + 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return await really(office, who, **span)  # type: ignore[arg-type]

    monkeypatch.setattr(review_reading, "figures", figures)
    async with console.browser(await console.world.colleague()) as browser:
        days = [f"/figures?since=2026-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 26)]
        await asyncio.gather(*(browser.get(each) for each in [*days, days[-1], days[-1]]))
        assert (counted, most) == (50, 1)
        await browser.get(days[-1])
        assert counted == 50
    assert len(console.desk.kept._kept) == 20


async def test_the_log_is_gone_through_once_at_a_time_and_once_a_minute(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, at_once, most = 0, 0, 0
    really = review_reading.screening_log

    async def rows(office: Office, who: str, **span: datetime) -> AsyncIterator[LogRow]:
        nonlocal counted, at_once, most
        counted, at_once = counted + 1, at_once + 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        async for row in really(office, who, **span):
            yield row
        at_once -= 1

    monkeypatch.setattr(review_reading, "screening_log", rows)
    async with console.browser(await console.world.colleague()) as browser:
        days = [f"/log?since=2026-01-{day:02}" for day in range(1, 26)]
        asked = [browser.get(each) for each in [*days, days[-1], days[-1]]]
        await asyncio.gather(*asked, *(browser.post("/log/file") for _ in range(5)))
        assert (counted, most) == (30, 1), "a file is never an older one"
        await console.world.send(console.world.phone("en"), "/start")
        assert "Nobody opened" in told(await browser.get(days[-1]))
        assert (counted, len(console.desk.log._kept)) == (30, 20)
        console.world.now += timedelta(minutes=1)
        assert "1 talk in" in told(await browser.get(days[-1]))
        assert counted == 31
