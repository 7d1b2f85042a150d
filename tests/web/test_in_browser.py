"""The console in real Chromium: a whole story, by keyboard, without scripts, under attack, for everybody."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.content.bundle import Bundle
from bot.domain.case_actions import Answer, Claim, Decide, Note, Snooze, Undo
from bot.domain.case_events import Decision
from bot.domain.staff import Role, Staff
from bot.running import serve_console
from bot.service.access import invite_by_operator
from bot.web.live import Live
from bot.web.serving import serving
from tests.ports import free_port
from tests.simulator.test_page import CHROMIUM_NAMES, CHROMIUM_OPTIONS
from tests.talk import Phone, World, open_world
from tests.web.hostile import PAYLOADS
from tests.web.office import Console

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720},
    "locale": "zh-CN",
}
expect.set_options(timeout=PATIENCE_MS)
STREAM_ENDED = "[object Event]"
"""What htmx logs where a stream ends; it opens another."""
AXE = Path(__file__).parent / "axe" / "axe.min.js"


class Office:
    """The console, served, and a participant who has asked for a person."""

    def __init__(self, console: Console, url: str, browser: Browser) -> None:
        self.console = console
        self.url = url
        self.browser = browser

    @property
    def world(self) -> World:
        return self.console.world

    @property
    def phone(self) -> Phone:
        return self.world.phone("en")

    async def link(self, staff: Staff) -> str:
        """Return a sign-in link as the bot would send it."""
        secret = await invite_by_operator(self.console.access, staff.id, now=self.world.now)
        return f"{self.url}/sign-in/{secret}"

    @asynccontextmanager
    async def at(self, staff: Staff, **options: Any) -> AsyncIterator[Page]:
        """Open a browser that is signed in; whatever it logs as an error fails the test."""
        async with self.window(**options) as page:
            await page.goto(await self.link(staff))
            await page.locator("main button").click()
            if staff.needs_code:
                await self.past_the_code(page)
            yield page

    async def past_the_code(self, page: Page) -> None:
        """Set up an app, and type what it tells."""
        await page.locator("#code").fill(await self.code(page))
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{self.url}/")

    async def code(self, page: Page) -> str:
        """Return what an app tells now that was just set up by what a page shows."""
        return pyotp.TOTP(await page.locator(".secret").inner_text()).at(self.world.now)

    @asynccontextmanager
    async def window(self, *, expected: tuple[str, ...] = (), **options: Any) -> AsyncIterator[Page]:
        """Open a browser; what it logs as an error fails the test, but for statuses that are expected."""
        context: BrowserContext = await self.browser.new_context(**(DESK | options))
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        yield page
        await context.close()
        known = [words for each in expected for words in (f"status of {each} ", f"Code {each} from")]
        known.append(STREAM_ENDED)
        assert [line for line in wrong if not any(words in line for words in known)] == []


@pytest.fixture
async def office(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Office]:
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium on the PATH (looked for {', '.join(CHROMIUM_NAMES)})")
    port = free_port()
    async with open_world(tmp_path, bundle) as world, async_playwright() as playwright:
        console = Console(world)
        live = Live(every=0.2, lasts=PATIENCE_MS / 1000)
        desk = replace(console.desk, origin=f"http://127.0.0.1:{port}", live=live)
        for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
            await world.send(world.phone("en"), said)
        launched = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        async with serving(serve_console(dict, desk), "127.0.0.1", port) as url:
            yield Office(console, url, launched)
            await launched.close()
        await live.stop()


async def test_a_whole_story(office: Office) -> None:
    wang = await office.world.colleague()
    async with office.at(wang) as page:
        await page.get_by_role("button", name="Claim").click()
        await page.locator(".snippet").first.click()
        talk = page.locator("#transcript")
        await expect(talk).to_contain_text("May we call you?")
        await office.world.sent()
        await office.world.send(office.phone, "Monday is fine")
        await expect(talk).to_contain_text("Monday is fine")
        await expect(page.get_by_role("status")).to_contain_text("Something new happened")
        await page.get_by_role("button", name="Could not be reached").click()
        await expect(page.locator("#head")).to_contain_text("Done")
        await page.get_by_label("Why is it undone?").fill("they called back")
        await page.get_by_role("button", name="Undo the decision").click()
        await expect(page.locator("#history")).to_contain_text("they called back")
        await expect(page.locator("#head")).not_to_contain_text("Done")


async def test_the_queue_fills_by_itself(office: Office) -> None:
    async with office.at(await office.world.colleague()) as page:
        await expect(page.locator("#queue .case")).to_have_count(1)
        other = office.world.phone("en", 8)
        for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
            await office.world.send(other, said)
        await expect(page.locator("#queue .case")).to_have_count(2)


async def test_what_somebody_types_stays_while_the_page_renews_itself(office: Office) -> None:
    wang = await office.world.colleague()
    case = (await office.world.cases())[0].case
    await office.world.act(Answer(snippet="more_time"), case)
    async with office.at(wang) as page:
        await page.goto(f"{office.url}/cases/{case}")
        await page.get_by_label("Note for colleagues").fill("half a thou")
        await office.world.send(office.phone, "Monday is fine")
        await expect(page.locator("#transcript")).to_contain_text("Monday is fine")
        await expect(page.get_by_label("Note for colleagues")).to_have_value("half a thou")


async def test_a_whole_review_by_keyboard_alone(office: Office) -> None:  # noqa: PLR0915 -- one story
    async with office.window() as page:
        await page.goto(await office.link(await office.world.colleague()))
        await expect(page.locator("main button")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#queue")
        await page.wait_for_load_state()
        await page.keyboard.press("j")
        await expect(page.locator("#queue .open").first).to_be_focused()
        await page.keyboard.press("c")
        await page.wait_for_url("**/cases/*")
        await page.wait_for_load_state()
        await page.keyboard.press("r")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**#talk-here")
        await expect(page.locator("#history")).to_contain_text("Wrote to the person")
        await page.wait_for_load_state()
        await page.keyboard.press("n")
        await page.keyboard.type("jcrd? are only letters here")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**#notes-here")
        await expect(page.locator("#history")).to_contain_text("jcrd? are only letters here")
        await page.wait_for_load_state()
        await page.keyboard.press("d")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**#head")
        await expect(page.locator("#head")).to_contain_text("Done")
        await page.wait_for_load_state()
        await page.keyboard.press("?")
        await expect(page.get_by_text("Next and previous case")).to_be_visible()
        await page.keyboard.press("u")
        await page.wait_for_selector("main h1:has-text('Queue')")


async def test_a_whole_review_without_scripts(office: Office) -> None:
    async with office.at(await office.world.colleague(), java_script_enabled=False) as page:
        await page.get_by_role("button", name="Claim").click()
        await page.locator(".snippet").first.click()
        await expect(page.locator("#transcript")).to_contain_text("May we call you?")
        await page.get_by_role("button", name="Could not be reached").click()
        await expect(page.locator("#head")).to_contain_text("Done")


async def test_nothing_that_somebody_wrote_is_run(office: Office) -> None:
    await hostile(office)
    chief = await office.world.colleague(PAYLOADS[0], *Role)
    case = (await office.world.cases())[0].case
    async with office.at(chief) as page:
        for path in ("/", f"/cases/{case}", "/staff", "/audit", "/log", "/figures", f"/?q={PAYLOADS[0]}"):
            await page.goto(office.url + path)
            await page.wait_for_load_state("networkidle") if path == "/staff" else None
            assert await page.evaluate("[window.taken, document.title.includes('taken')]") == [None, False], (
                path
            )
            assert await page.locator("main :is(img:not(.qr), iframe, object, embed, script)").count() == 0
        await page.goto(f"{office.url}/cases/{case}")
        body = await page.inner_text("body")
        assert [each for each in PAYLOADS if " ".join(each.split()) not in " ".join(body.split())] == []


async def hostile(office: Office) -> None:
    """Write everything that could be run: by the participant, and as notes."""
    case = (await office.world.cases())[0].case
    await office.world.act(Answer(snippet="more_time"), case)
    for at in range(0, len(PAYLOADS), 20):
        words = "\n".join(PAYLOADS[at : at + 20])
        await office.world.send(office.phone, words)
        await office.world.act(Note(words), case)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk-en", "phone-zh"])
async def test_every_page_is_for_everybody(office: Office, options: dict[str, Any], scheme: str) -> None:
    chief = await office.world.colleague("Chief", *Role)
    case = (await office.world.cases())[0].case
    wrong: dict[str, Any] = {}
    async with office.window(**options, color_scheme=scheme) as page:
        await page.goto(f"{office.url}/sign-in")
        wrong["/sign-in"] = await violations(page)
        await page.goto(await office.link(chief))
        wrong["link"] = await violations(page)
        await page.locator("main button").click()
        await office.past_the_code(page)
        for path in ("/", "/?tab=mine", "/?q=x", "/figures", "/log", "/audit", "/trials", "/staff", "/prove"):
            await page.goto(office.url + path)
            wrong[path] = await violations(page)
        await page.goto(f"{office.url}/audit")
        await page.locator("main form button").click()
        await expect(page.locator("section.fine")).to_be_visible()
        wrong["the records checked"] = await violations(page)
        wrong |= await through_its_states(office, page, case)
    assert {place: found for place, found in wrong.items() if found} == {}


async def through_its_states(office: Office, page: Page, case: str) -> dict[str, list[str]]:
    """Work on a case from the queue to what is left of it, and return what is wrong with each state."""
    wrong = {}
    for step in ("free", "claimed", "talking", "done", "put away", "closed"):
        if step == "claimed":
            await office.world.act(Claim(), case, "Chief")
        elif step == "talking":
            await office.world.act(Answer(snippet="more_time"), case, "Chief")
            await office.world.send(office.phone, "Monday is fine")
        elif step == "done":
            await office.world.act(Decide(Decision.UNREACHABLE), case, "Chief")
        elif step == "put away":
            await office.world.act(Undo("they called back"), case, "Chief")
            await office.world.act(Snooze(office.world.now + timedelta(days=3)), case, "Chief")
        elif step == "closed":
            await office.world.send(office.phone, "/delete")
            await office.world.tap(office.phone, "Erase my answers")
        for path in (f"/cases/{case}", "/?tab=all", "/?tab=away", "/?tab=done"):
            await page.goto(office.url + path)
            wrong[f"{step}: {path}"] = await violations(page)
    return wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk-en", "phone-zh"])
async def test_refusals_and_codes_are_for_everybody(
    office: Office, options: dict[str, Any], scheme: str
) -> None:
    seer = await office.world.colleague("Seer", Role.INVESTIGATOR, sees_identity=True)
    wrong: dict[str, Any] = {}
    async with office.window(expected=("404", "410", "422"), **options, color_scheme=scheme) as page:
        for path in ("/nowhere", "/sign-in/nothing"):
            await page.goto(office.url + path)
            wrong[path] = await violations(page)
        await page.goto(await office.link(seer))
        await page.locator("main button").click()
        await page.wait_for_url("**/code*")
        wrong["set up"] = await violations(page)
        await page.locator("#code").fill("000000")
        await page.keyboard.press("Enter")
        await expect(page.locator("#wrong")).to_be_visible()
        wrong["a wrong code"] = await violations(page)
        await page.locator("#code").fill(await office.code(page))
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{office.url}/")
        await page.goto(f"{office.url}/prove")
        wrong["a code once more"] = await violations(page)
        await page.goto(f"{office.url}/cases/nonesuch")
        wrong["no such case"] = await violations(page)
    assert {place: found for place, found in wrong.items() if found} == {}


async def violations(page: Page) -> list[str]:
    """Return what axe finds wrong, and whether the page is wider than the window; with all folds open."""
    await page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    await page.evaluate(AXE.read_text("utf-8"))
    found = await page.evaluate(
        "axe.run({resultTypes: ['violations']}).then((all) => all.violations.flatMap("
        "(each) => each.nodes.slice(0, 3).map((node) => `${each.id}: ${node.target.join(' ')}`)))"
    )
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{wide} px too wide"] if wide > 0 else [])]
