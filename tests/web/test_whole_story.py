"""The whole way in Chromium: phone, staff group, link, console and back, through simulator and worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.app import clock, office_of, open_store, read_shelf
from bot.botapi.line import open_line
from bot.botapi.profile import sign_in
from bot.domain.staff import OPERATOR, Role
from bot.practice import DEMO_TOKEN
from bot.running import make_desk, make_worker, serve_console
from bot.service.register import add_staff
from bot.settings import Mode, Settings
from bot.simulator import Simulator
from bot.simulator.server import serve
from bot.web.serving import serving
from tests.ports import free_port
from tests.test_pictures import Chat
from tests.test_pictures import browser as browser
from tests.web.test_in_browser import PATIENCE_MS

pytestmark = pytest.mark.browser

SEEN: dict[str, Any] = {"locale": "en-US", "reduced_motion": "reduce"}
PHONE: dict[str, Any] = {"viewport": {"width": 412, "height": 915}, **SEEN}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, **SEEN}


@dataclass(frozen=True)
class Site:
    """Where things are: the page with all phones, and the console."""

    phones: str
    console: str


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The bot at work on the simulator, Anna with a fresh phone, and Wang, who is on the staff register."""
    simulator = Simulator(clock=clock)
    port = free_port()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve(simulator, host="127.0.0.1", port=0))
        simulator.person(first_name="Anna", language_code="en")
        wang = simulator.person(first_name="Wang", language_code="en")
        group = simulator.group("Study team", [])
        settings = Settings(
            _env_file=None,
            mode=Mode.DEMO,
            database_url=f"sqlite+aiosqlite:///{tmp_path / 'story.sqlite3'}",
            http_port=port,
            staff_group_id=group.id,
        )
        shelf = read_shelf(settings)
        store = await stack.enter_async_context(open_store(settings))
        line = open_line(DEMO_TOKEN, url, "")
        stack.push_async_callback(line.shutdown)
        await sign_in(line)
        await add_staff(
            office_of(store, shelf, settings),
            "Wang",
            [Role.COORDINATOR],
            telegram_id=wang.id,
            sees_identity=False,
            by=OPERATOR,
            now=clock(),
        )
        worker = make_worker(line, store, shelf, settings)
        desk = make_desk(store, shelf, settings)
        stack.push_async_callback(desk.live.stop)
        console = await stack.enter_async_context(
            serving(serve_console(worker.readiness, desk), "127.0.0.1", port)
        )
        running = asyncio.create_task(worker.run())
        yield Site(url, console)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_from_the_phone_to_the_team_and_back(browser: Browser, site: Site) -> None:
    phones, console = await window(browser, PHONE), await window(browser, DESK)
    anna = await asks_for_a_person(phones, site)
    link = await alerted(phones)
    await console.goto(link)
    await console.get_by_role("button", name="Sign in").click()
    await console.get_by_role("button", name="Claim").click()
    await console.get_by_role("button", name="May we call you?").click()
    talk = console.locator("#transcript")
    await expect(talk).to_contain_text("May we call you?")
    await phones.get_by_role("navigation").get_by_role("button", name="Anna").click()
    await anna.reads("May we call you?")
    await says(anna.phone, "Monday is fine")
    await expect(talk).to_contain_text("Monday is fine")
    await console.get_by_role("button", name="Could not be reached").click()
    await expect(console.locator("#head")).to_contain_text("Done")
    await console.get_by_label("Why is it undone?").fill("she did answer")
    await console.get_by_role("button", name="Undo the decision").click()
    await expect(console.locator("#head")).not_to_contain_text("Done")
    await expect(console.locator("#history")).to_contain_text("she did answer")
    await console.goto(link)
    await expect(console.locator("main")).to_contain_text("This link does not work any more")
    for page in (phones, console):
        await page.context.close()


async def window(browser: Browser, options: dict[str, Any]) -> Page:
    """Open a browser of that size."""
    context = await browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


async def asks_for_a_person(phones: Page, site: Site) -> Chat:
    """Let Anna come as far as the first question, and ask for somebody to talk to."""
    await phones.goto(site.phones)
    anna = Chat(phones, "en", "Anna", touch=False)
    await anna.start("Start")
    await anna.agrees()
    await anna.reads(anna.question("age")["text"])
    await says(anna.phone, "/contact")
    return anna


async def alerted(phones: Page) -> str:
    """See that the team hears of it, let Wang ask the bot for the console, and return the link."""
    people = phones.get_by_role("navigation")
    await people.get_by_role("button", name="Study team").click()
    group = phones.get_by_role("region", name="Study team").get_by_role("log")
    await expect(group).to_contain_text("NCT06203249", timeout=PATIENCE_MS)
    await people.get_by_role("button", name="Wang").click()
    wang = phones.get_by_role("region", name="Wang")
    await wang.get_by_role("button", name="Start", exact=True).click()
    await says(wang, "/console")
    sent = wang.get_by_role("log").get_by_role("link", name="/sign-in/")
    await expect(sent).to_be_visible(timeout=PATIENCE_MS)
    return await sent.get_attribute("href") or ""


async def says(phone: Locator, words: str) -> None:
    """Type something on a phone."""
    await phone.get_by_role("textbox").fill(words)
    await phone.get_by_role("textbox").press("Enter")
