"""Times as the clocks at a trial's site show them, wherever whoever reads them is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.content.bundle import Bundle
from bot.domain.case_actions import Claim, Snooze
from tests.conftest import shipped
from tests.editions import with_policies
from tests.talk import open_world
from tests.web.office import Browser, Console, told
from tests.web.test_in_browser import Office
from tests.web.test_in_browser import office as office

LATE = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
"""Past midnight in Shanghai."""
NEW_YORK = "America/New_York"


@pytest.fixture
def bundle() -> Bundle:
    """A trial whose quiet hours tell where its site is."""
    return with_policies(shipped(), quiet=("21:00", "08:00", "Asia/Shanghai"))


@pytest.fixture
async def console(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Console]:
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        yield console
        await console.desk.live.stop()


async def a_case_at_night(console: Console) -> str:
    """Let somebody ask for a person at night, and return the case, which somebody has claimed."""
    console.world.now = LATE
    for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
        await console.world.send(console.world.phone("en"), said)
    case = (await console.world.cases())[0].case
    await console.world.act(Claim(), case)
    return case


async def page_of(browser: Browser, path: str, language: str = "en") -> str:
    browser.http.cookies.set("language", language)
    return (await browser.get(path)).text


async def test_a_case_tells_the_sites_time_and_its_zone_once(console: Console) -> None:
    case = await a_case_at_night(console)
    async with console.browser(await console.world.colleague()) as browser:
        page = await page_of(browser, f"/cases/{case}")
        chinese = await page_of(browser, f"/cases/{case}", "zh-Hans")
    assert "Times are in Asia/Shanghai." in page
    assert "时间按 Asia/Shanghai 显示。" in chinese
    said = re.search(r'<time datetime="([^"]*)" title="([^"]*)" data-clock="site">(2026[^<]*)</time>', page)
    assert said
    assert said[1].startswith("2026-11-23T17:05:")
    assert said[1].endswith("+00:00")
    assert (said[2], said[3]) == ("2026-11-24 01:05 (Asia/Shanghai)", "2026-11-24 01:05")
    assert " UTC" not in page


async def test_the_queue_tells_the_sites_time_where_it_tells_one(console: Console) -> None:
    case = await a_case_at_night(console)
    await console.world.act(Snooze(LATE + timedelta(hours=10)), case)
    async with console.browser(await console.world.colleague()) as browser:
        page, history = await page_of(browser, "/?tab=away"), await page_of(browser, f"/cases/{case}")
        chinese = await page_of(browser, "/?tab=away", "zh-Hans")
    assert re.search(r"until <time datetime=[^>]*>2026-11-24 11:05 \(Asia/Shanghai\)</time>", page)
    assert re.search(r"到 <time datetime=[^>]*>2026-11-24 11:05 \(Asia/Shanghai\)</time>", chinese)
    assert " UTC" not in page
    assert re.search(r"Set aside for later</b>.*\n?.*until <time [^>]*>2026-11-24 11:05</time>", history)


async def test_tomorrow_morning_is_the_sites_without_scripts_too(console: Console) -> None:
    case = await a_case_at_night(console)
    async with console.browser(await console.world.colleague()) as browser:
        page = await page_of(browser, f"/cases/{case}")
        shown = re.search(r'<input type="hidden" name="zone" value="([^"]*)">', page)
        assert shown
        await browser.post(f"/cases/{case}/snooze", **{"for": "tomorrow", "zone": shown[1]})
        assert "Set aside until 2026-11-25 09:00" in told(await browser.get(f"/cases/{case}"))


async def test_the_audit_trail_is_in_utc(console: Console) -> None:
    await a_case_at_night(console)
    async with console.browser(await console.world.colleague()) as browser:
        page = told(await browser.get("/audit"))
    assert "2026-11-23 17:05 UTC" in page
    assert "Shanghai" not in page


@pytest.mark.browser
async def test_whose_clock_differs_reads_the_sites_time(office: Office) -> None:
    case = (await office.world.cases())[0].case
    async with office.at(await office.world.colleague(), timezone_id=NEW_YORK) as page:
        await page.goto(f"{office.url}/cases/{case}")
        here = office.world.now.astimezone(UTC) + timedelta(hours=8)
        last = page.locator("#transcript li:not(.step) time").last
        await expect(last).to_have_text(f"{here:%Y-%m-%d %H:%M}")
        await expect(last).to_have_attribute("title", f"{here:%Y-%m-%d %H:%M} (Asia/Shanghai)")


@pytest.mark.browser
async def test_no_script_puts_the_audit_trail_into_another_zone(office: Office) -> None:
    async with office.at(await office.world.colleague(), timezone_id=NEW_YORK) as page:
        await page.goto(f"{office.url}/audit")
        await expect(page.locator("td time").first).to_have_text(re.compile("UTC$"))


@pytest.mark.browser
async def test_a_time_stands_with_its_words_and_a_unit_with_its_number(office: Office) -> None:
    await office.world.act(Snooze(office.world.now + timedelta(hours=10)))
    async with office.at(await office.world.colleague()) as page:
        due = page.locator(".when time").nth(1)
        await page.goto(f"{office.url}/?tab=away")
        assert await due.evaluate("(time) => time.getClientRects().length") == 1, await due.inner_text()
        await page.locator("#queue .open").click()
        until = page.locator("#history .words time").first
        assert await until.evaluate("(time) => getComputedStyle(time).float") == "none", "torn from its words"
