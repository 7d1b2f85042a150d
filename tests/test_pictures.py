"""A whole screening on the chat page of the real demo, in Chromium, and the pictures in docs/pictures/.

UPDATE_PICTURES=1 writes the pictures anew: look at them before they are committed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from bot.content.script import script
from bot.practice import demo
from bot.settings import Settings
from tests.conftest import ROOT, shipped
from tests.golden import replayed
from tests.simulator.test_page import CHROMIUM_NAMES, CHROMIUM_OPTIONS
from tests.talk import open_world

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 412, "height": 915}
DESK: ViewportSize = {"width": 1440, "height": 900}
PATIENCE_MS = 15_000
HEAVIEST = 300_000
"""Bytes a picture may have."""
PEOPLE = {"en": "Anna", "zh-Hans": "美"}
LOCALES = {"en": "en-US", "zh-Hans": "zh-CN"}
AGE = "45"
FITTING = {
    "willing": "yes",
    "dm": "yes",
    "mda5": "yes",
    "ild": "yes",
    "rpild": "yes",
    "ild_cause": "no",
    "bal": "yes",
    "other_ctd": "no",
    "preg_lact": "not_applicable",
    "other_trial": "no",
}
"""Answers of somebody whom the study may fit, in the order of the questions after the age."""


class Chat:
    """One phone on the page, held by somebody who reads what came before they tap."""

    def __init__(self, page: Page, language: str, name: str, *, touch: bool) -> None:
        self.script: dict[str, Any] = script(shipped(), language)
        self.phone = page.get_by_role("region", name=name)
        self.newest = self.phone.locator(".message.in").last
        self._touch = touch

    @property
    def navigation(self) -> Mapping[str, str]:
        """The labels of the bot's own buttons."""
        labels: dict[str, str] = self.script["navigation"]
        return labels

    async def start(self, big_button: str) -> None:
        """Press the page's Start button and read as far as the last message of the summary."""
        await self._press(self.phone.get_by_role("button", name=big_button, exact=True))
        await self.reads(self.script["summary"][-1])

    async def taps(self, label: str) -> None:
        """Tap a button of the newest message."""
        await self._press(self.newest.get_by_role("button", name=label, exact=True))

    async def reads(self, text: str) -> None:
        """Wait until the newest message says this."""
        await expect(self.newest.locator(".text")).to_contain_text(text, timeout=PATIENCE_MS)

    async def agrees(self) -> None:
        """Go through everything before the first question."""
        await self.taps(self.navigation["start"])
        for item in self.script["acknowledgements"]:
            await self.reads(item["text"])
            await self.taps(item["accept"])

    async def states_age(self) -> None:
        """Type an age; everything else is tapped."""
        await self.reads(self.question("age")["text"])
        await self.phone.get_by_role("textbox").fill(AGE)
        await self.phone.get_by_role("textbox").press("Enter")

    async def answers(self, key: str) -> None:
        """Read a question and tap the fitting answer."""
        question = self.question(key)
        await self.reads(question["text"])
        await self.taps(self.label(key))

    async def comes_to(self, key: str) -> None:
        """Answer everything that is asked before this question, and read it."""
        await self.agrees()
        await self.states_age()
        for earlier in list(FITTING)[: list(FITTING).index(key)]:
            await self.answers(earlier)
        await self.reads(self.question(key)["text"])

    def question(self, key: str) -> dict[str, Any]:
        """Return the texts of a question."""
        found: dict[str, Any] = next(item for item in self.script["questions"] if item["key"] == key)
        return found

    def label(self, key: str) -> str:
        """Return the label of the fitting answer to a question."""
        options: list[dict[str, str]] = self.question(key)["options"]
        return next(option["label"] for option in options if option["key"] == FITTING[key])

    def ending(self, key: str) -> str:
        """Return the closing words that belong to an outcome."""
        endings: list[dict[str, str]] = self.script["outcomes"]
        return next(ending["text"] for ending in endings if ending["key"] == key)

    async def _press(self, button: Locator) -> None:
        await (button.tap() if self._touch else button.click())


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium on the PATH (looked for {', '.join(CHROMIUM_NAMES)})")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield launched
        await launched.close()


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """The address that `python -m bot demo` prints; bot and simulator run behind it."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(demo(Settings(_env_file=None, http_port=0), told.set_result))
    running.add_done_callback(lambda _ended: told.cancel())
    yield await told
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: into the documents only on demand."""
    return ROOT / "docs" / "pictures" if os.environ.get("UPDATE_PICTURES") else tmp_path


@asynccontextmanager
async def _visit(browser: Browser, url: str, size: ViewportSize, **options: Any) -> AsyncIterator[Page]:
    """A fresh visitor at the chat page, who fails the test if the page logs an error."""
    context = await browser.new_context(
        **{"viewport": size, "locale": "en-US", "reduced_motion": "reduce"} | options
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    await page.goto(url)
    yield page
    await context.close()
    assert wrong == []


async def _take(page: Page, path: Path) -> None:
    """Take a picture of what the window shows, light enough to be kept with the source."""
    await page.mouse.move(0, 0)
    picture = await page.screenshot(path=path)
    assert len(picture) < HEAVIEST


@pytest.mark.parametrize(
    ("language", "big_button", "name"), [("en", "Start", "chat-en"), ("zh-Hans", "开始", "chat-zh")]
)
async def test_a_whole_screening_by_touch(
    browser: Browser, url: str, pictures: Path, language: str, big_button: str, name: str
) -> None:
    options = {"locale": LOCALES[language], "has_touch": True, "device_scale_factor": 2}
    async with _visit(browser, url, PHONE, **options) as page:
        chat = Chat(page, language, PEOPLE[language], touch=True)
        if language != "en":
            await page.get_by_role("navigation").get_by_role("button", name=PEOPLE[language]).tap()
        await chat.start(big_button)
        await chat.comes_to("dm")
        await _take(page, pictures / f"{name}.png")
        for key in list(FITTING)[1:]:
            await chat.answers(key)
        for shown in (chat.script["other"]["trial:question.age.short"], AGE, chat.label("bal")):
            await chat.reads(shown)
        await chat.taps(chat.navigation["submit"])
        await chat.reads(chat.script["contact_request"])
        await expect(chat.phone.get_by_role("log")).to_contain_text(
            chat.ending("may_be_eligible"), timeout=PATIENCE_MS
        )
        await chat.taps(chat.navigation["contact_yes"])
        await expect(chat.newest).to_contain_text(
            chat.script["other"]["trial:contact.granted"], timeout=PATIENCE_MS
        )
        await page.get_by_role("navigation").get_by_role("button", name="Study team").tap()
        staff = page.get_by_role("region", name="Study team").get_by_role("log")
        wants = staff.locator(".message", has_text="Wants to be contacted")
        card = wants.filter(has=page.get_by_role("button", name="Claim", exact=True)).last
        # A group takes twenty messages a minute, and the cards of the demo's people come first.
        claim = card.get_by_role("button", name="Claim", exact=True)
        await expect(claim).to_be_visible(timeout=6 * PATIENCE_MS)
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_the_result_on_a_dark_phone(browser: Browser, url: str, pictures: Path) -> None:
    options: dict[str, Any] = {"color_scheme": "dark", "has_touch": True, "device_scale_factor": 2}
    async with _visit(browser, url, PHONE, **options) as page:
        chat = Chat(page, "en", PEOPLE["en"], touch=True)
        await chat.start("Start")
        await chat.comes_to("other_trial")
        await chat.answers("other_trial")
        await chat.taps(chat.navigation["submit"])
        await chat.reads(chat.script["contact_request"])
        await _take(page, pictures / "chat-dark.png")


async def test_two_people_and_the_study_team_side_by_side(browser: Browser, url: str, pictures: Path) -> None:
    async with _visit(browser, url, DESK) as page:
        anna, mei = (Chat(page, language, name, touch=False) for language, name in PEOPLE.items())
        await mei.start("Start")
        await mei.comes_to("willing")
        await anna.start("Start")
        await anna.comes_to("other_trial")
        await anna.answers("other_trial")
        await anna.taps(anna.navigation["submit"])
        await anna.reads(anna.script["contact_request"])
        sample = page.get_by_role("region", name="Sample").get_by_role("log")
        await expect(sample).to_contain_text(anna.ending("may_be_eligible"), timeout=PATIENCE_MS)
        await _take(page, pictures / "desktop.png")


async def test_a_saved_talk_is_a_golden_conversation(browser: Browser, url: str, tmp_path: Path) -> None:
    """What somebody saves from the page goes word for word when it is replayed."""
    async with _visit(browser, url, DESK) as page:
        anna = Chat(page, "en", PEOPLE["en"], touch=False)
        await anna.start("Start")
        await anna.comes_to("bal")
        async with page.expect_download() as coming:
            await page.get_by_role("button", name="Save this talk").click()
        saved = await coming.value
        path = tmp_path / "saved.txt"
        await saved.save_as(path)
    script = path.read_text("utf-8")
    assert script.count("\n> ") > 10
    async with open_world(tmp_path, shipped()) as world:
        assert await replayed(script, world) == script
