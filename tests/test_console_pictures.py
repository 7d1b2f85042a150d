"""The console of the real demo, signed in to by one tap, and its pictures in docs/pictures/.

UPDATE_PICTURES=1 writes the pictures anew: look at them before they are committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.practice import demo
from bot.settings import Settings
from tests.test_pictures import _take, _visit
from tests.test_pictures import browser as browser
from tests.test_pictures import pictures as pictures

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 180_000
"""The people of the demo go through whole screenings, one after the other."""


@pytest.fixture
async def console() -> AsyncIterator[str]:
    """The address of the console that `python -m bot demo` prints."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    settings = Settings(_env_file=None, http_port=0)
    running = asyncio.create_task(demo(settings, lambda _url: None, told.set_result))
    running.add_done_callback(lambda _ended: told.cancel())
    yield await told
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_somebody_finds_work_and_an_answer_in_the_demo(
    browser: Browser, console: str, pictures: Path
) -> None:
    async with _visit(browser, f"{console}/sign-in", DESK) as page:
        await page.get_by_role("button", name="Li Na").click()
        await expect(page.locator(".case.p0")).to_contain_text("Emergency", timeout=PATIENCE_MS)
        await expect(page.locator(".chip.contact_permitted").first).to_be_visible(timeout=PATIENCE_MS)
        await _take(page, pictures / "console-queue.png")
        await opens_her_case(page, console)
        await _take(page, pictures / "console-case.png")
    options: dict[str, Any] = {"has_touch": True, "device_scale_factor": 2, "color_scheme": "dark"}
    async with _visit(browser, f"{console}/sign-in", PHONE, **options) as page:
        await page.get_by_role("button", name="Li Na").tap()
        await expect(page.locator(".case.p0")).to_be_visible()
        await _take(page, pictures / "console-queue-phone.png")
        await opens_her_case(page, console)
        await _take(page, pictures / "console-case-phone.png")
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def opens_her_case(page: Page, console: str) -> None:
    """Open the one case that Li Na holds, whose participant has answered."""
    await page.goto(f"{console}/?tab=mine")
    await page.locator("#queue .open").click()
    await expect(page.locator("#transcript")).to_contain_text(
        "可以，星期一下午三点以后。", timeout=PATIENCE_MS
    )
