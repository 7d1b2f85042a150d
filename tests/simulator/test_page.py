"""The chat page in real Chromium, against the real simulator and a small bot."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from bot.simulator.server import serve
from bot.simulator.world import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TOKEN = "123456:made-up-token-for-the-chat-page"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
WIDE: ViewportSize = {"width": 1280, "height": 800}
PATIENCE_MS = 5_000
HOSTILE = "<img src=x onerror=\"document.title='taken'\"> \u202esdrawkcab\u202c <b>no</b>"
"""Markup and a change of direction, as a message could carry them."""

KEYBOARD = [
    [{"text": "Begin", "callback_data": "begin"}],
    [
        {"text": "Please read", "callback_data": "alert"},
        {"text": "By link", "url": "https://t.me/{bot}?start=again"},
    ],
]

GOLDEN = """\
phone: en
---
> /start
< 😀 Hello.
| This is practice.
|
| Type /help at any time.
  [Begin]
  [Please read] [By link]
> [Begin]
< Question 1
  [Yes] [No]
> (photo) a caption
< You wrote: no text
> a mistake
< You wrote: a mistake
> (edit) put right
"""


@dataclass
class TinyBot:
    """Greets at /start, answers taps, and says everything else back."""

    session: aiohttp.ClientSession
    url: str
    silent: bool = False

    async def call(self, method: str, **values: Any) -> Any:
        async with self.session.post(f"{self.url}/bot{TOKEN}/{method}", json=values) as response:
            return (await response.json())["result"]

    async def run(self) -> None:
        me = await self.call("getMe")
        keyboard = _with_bot(KEYBOARD, me["username"])
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                await self.answer(update, keyboard)

    async def answer(self, update: dict[str, Any], keyboard: list[Any]) -> None:
        if self.silent:
            return
        if query := update.get("callback_query"):
            await self.tapped(query)
        elif message := update.get("message"):
            text = message.get("text", "")
            chat = message["chat"]["id"]
            if text.startswith("/start"):
                greeting = "😀 <b>Hello.</b>\nThis is practice.\n\nType /help at any time."
                markup = {"inline_keyboard": keyboard}
                await self.call(
                    "sendMessage", chat_id=chat, text=greeting, parse_mode="HTML", reply_markup=markup
                )
            else:
                await self.call("sendMessage", chat_id=chat, text=f"You wrote: {text or 'no text'}")

    async def tapped(self, query: dict[str, Any]) -> None:
        alert = query["data"] == "alert"
        text = "This must be read." if alert else "Noted"
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text=text, show_alert=alert)
        if not alert:
            place = {"chat_id": query["message"]["chat"]["id"]}
            await self.call("editMessageReplyMarkup", **place, message_id=query["message"]["message_id"])
            yes_no = {
                "inline_keyboard": [
                    [{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]
                ]
            }
            await self.call("sendMessage", **place, text="Question 1", reply_markup=yes_no)


def _with_bot(rows: list[list[dict[str, str]]], username: str) -> list[list[dict[str, str]]]:
    return [
        [{name: value.replace("{bot}", username) for name, value in key.items()} for key in row]
        for row in rows
    ]


@dataclass
class Site:
    """A running simulator and the bot on it."""

    simulator: Simulator
    url: str
    bot: TinyBot


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium on the PATH (looked for {', '.join(CHROMIUM_NAMES)})")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Site]:
    simulator = Simulator(clock=lambda: datetime.now(UTC))  # noqa: TID251 - the page's clock is the real one
    async with serve(simulator) as url, aiohttp.ClientSession() as session:
        bot = TinyBot(session, url)
        running = asyncio.create_task(bot.run())
        yield Site(simulator, url, bot)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, site: Site) -> AsyncIterator[Page]:
    async with _visit(browser, site) as opened:
        yield opened


@asynccontextmanager
async def _visit(
    browser: Browser, site: Site, size: ViewportSize = WIDE, **options: Any
) -> AsyncIterator[Page]:
    """A fresh visitor at the chat page, who fails the test if the page logs an error."""
    context = await browser.new_context(
        **{"viewport": size, "locale": "en-US", "reduced_motion": "reduce"} | options
    )
    context.set_default_timeout(PATIENCE_MS)
    opened = await context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    await opened.goto(site.url)
    await expect(_phone(opened, "Anna")).to_be_attached()
    yield opened
    await context.close()
    assert wrong == []


def _phone(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, include_hidden=True)


def _log(phone: Locator) -> Locator:
    return phone.get_by_role("log")


async def _start(phone: Locator) -> None:
    await phone.get_by_role("button", name="Start", exact=True).click()
    await expect(_log(phone)).to_contain_text("This is practice.")


async def _say(phone: Locator, text: str) -> None:
    await phone.get_by_role("textbox").fill(text)
    await phone.get_by_role("textbox").press("Enter")


async def _contrast(text: Locator) -> float:
    """The WCAG contrast of a text with the nearest ground painted behind it."""
    ratio: float = await text.evaluate(
        """element => {
          const pen = document.createElement("canvas").getContext("2d");
          const paint = (colour) => {
            pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data];
          };
          const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
            .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          let ground = element;
          while (paint(getComputedStyle(ground).backgroundColor)[3] < 255) ground = ground.parentElement;
          const colours = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor];
          const [low, high] = colours.map(paint).map(light).sort((a, b) => a - b);
          return (high + 0.05) / (low + 0.05);
        }"""
    )
    return ratio


async def test_a_new_simulator_gets_two_people_side_by_side(page: Page) -> None:
    boxes = [await _phone(page, name).bounding_box() for name in ("Anna", "Mei")]
    left, right = (box for box in boxes if box is not None)
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] == right["y"]
    await expect(page.get_by_text("Nothing here is sent to Telegram")).to_be_visible()


async def test_start_brings_the_bot_s_message_with_its_entities(page: Page) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await expect(_log(anna).locator("b")).to_have_text("Hello.")
    await expect(_log(anna).locator("[lang=en]").last).to_contain_text("Type /help")
    await expect(_log(_phone(page, "Mei"))).not_to_contain_text("practice")


async def test_a_command_in_a_message_can_be_tapped(page: Page) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await _log(anna).get_by_role("button", name="/help").click()
    await expect(_log(anna)).to_contain_text("You wrote: /help")


async def test_a_tap_takes_the_old_buttons_away_and_shows_a_note(page: Page) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await anna.get_by_role("button", name="Begin").click()
    await expect(_log(anna)).to_contain_text("Question 1")
    await expect(anna.get_by_role("button", name="Begin")).to_have_count(0)
    await expect(anna.get_by_role("status").filter(has_text="Noted")).to_be_visible()


async def test_a_tapped_button_looks_pressed_until_the_bot_answers(page: Page, site: Site) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    site.bot.silent = True
    button = anna.get_by_role("button", name="Begin")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")


async def test_an_alert_is_a_dialog_that_gives_the_focus_back(page: Page) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await anna.get_by_role("button", name="Please read").click()
    alert = page.get_by_role("alertdialog")
    await expect(alert).to_contain_text("This must be read.")
    await page.keyboard.press("Enter")
    await expect(alert).to_have_count(0)
    await expect(anna.get_by_role("button", name="Please read")).to_be_focused()


async def test_a_link_to_the_bot_starts_it(page: Page) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await anna.get_by_role("button", name="By link").click()
    await expect(_log(anna)).to_contain_text("/start again")


async def test_a_whole_talk_by_keyboard_alone(page: Page) -> None:
    anna = _phone(page, "Anna")
    await anna.get_by_role("button", name="Start", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(_log(anna)).to_contain_text("This is practice.")
    await expect(anna.get_by_role("textbox")).to_be_focused()
    await _log(anna).focus()
    await _tab_to(page, "Begin")
    await page.keyboard.press("Enter")
    await expect(_log(anna)).to_contain_text("Question 1")
    await _tab_to(page, "Yes", presses=1)
    await _log(anna).focus()
    await _tab_to(page, "Message from Anna")
    await page.keyboard.type("hello")
    await page.keyboard.press("Enter")
    await expect(_log(anna)).to_contain_text("You wrote: hello")


async def _tab_to(page: Page, name: str, presses: int = 12) -> None:
    """Press Tab until the focus is on what has this text or label."""
    for _ in range(presses):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            "document.activeElement.ariaLabel ?? document.activeElement.textContent"
        )
        if focused == name:
            return
    raise AssertionError(f"{presses} tabs did not reach {name!r}, but {focused!r}")


async def test_the_last_message_is_edited_from_the_keyboard(page: Page) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await _say(anna, "a mistake")
    await expect(_log(anna)).to_contain_text("You wrote: a mistake")
    await anna.get_by_role("textbox").press("ArrowUp")
    await expect(anna.get_by_role("textbox")).to_have_value("a mistake")
    await _say(anna, "put right")
    await expect(anna.locator(".message.out").last).to_contain_text("put right")
    await expect(anna.locator(".message.out").last).to_contain_text("edited")


async def test_the_menu_offers_the_commands_in_the_phone_s_language(page: Page, site: Site) -> None:
    for language, description in (("", "Help"), ("zh", "帮助")):
        commands = [{"command": "help", "description": description}]
        await site.bot.call("setMyCommands", commands=commands, language_code=language)
    mei = _phone(page, "Mei")
    await mei.get_by_role("button", name="Start", exact=True).click()
    await mei.get_by_role("button", name="Menu").click()
    await expect(page.get_by_role("menuitem")).to_have_text("/help 帮助")
    await page.keyboard.press("Enter")
    await expect(_log(mei)).to_contain_text("You wrote: /help")


async def test_a_blocked_bot_can_be_unblocked(page: Page) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await anna.get_by_role("button", name="More for Anna").click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    await expect(anna.get_by_role("textbox")).to_be_hidden()
    await anna.get_by_role("button", name="Unblock the bot").click()
    await expect(anna.get_by_role("textbox")).to_be_visible()


async def test_hostile_text_stays_text(page: Page, site: Site) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await _say(anna, HOSTILE)
    said = anna.locator(".message.in .text").last
    await expect(said).to_have_text(f"You wrote: {HOSTILE}", use_inner_text=False)
    assert await said.evaluate("element => getComputedStyle(element).unicodeBidi") == "isolate"
    site.simulator.person(first_name=HOSTILE, language_code=None)
    await expect(page.get_by_role("region")).to_have_count(3)
    await expect(page.locator("main img")).to_have_count(0)
    await expect(page).to_have_title("Practice chat · Doorstep")


async def test_a_script_link_is_not_a_link(page: Page, site: Site) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    chat = next(iter(site.simulator.people))
    entity = {"type": "text_link", "offset": 0, "length": 4, "url": "javascript:document.title='taken'"}
    await site.bot.call("sendMessage", chat_id=chat, text="look here", entities=[entity])
    await expect(_log(anna)).to_contain_text("look here")
    await expect(_log(anna).locator("a")).to_have_count(0)


async def test_reading_further_up_is_not_disturbed(page: Page, site: Site) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    chat = next(iter(site.simulator.people))
    await site.bot.call("sendMessage", chat_id=chat, text="long\n" * 60)
    await expect(_log(anna)).to_contain_text("long")
    await _log(anna).evaluate("log => { log.scrollTop = 0; }")
    await page.wait_for_timeout(50)
    await site.bot.call("sendMessage", chat_id=chat, text="news")
    pill = anna.get_by_role("button", name="New messages")
    await expect(pill).to_be_visible()
    assert await _log(anna).evaluate("log => log.scrollTop") == 0
    await pill.click()
    await expect(pill).to_be_hidden()
    await expect(_log(anna).get_by_text("news")).to_be_in_viewport()


async def test_a_staff_group_can_be_read_and_written_to(page: Page, site: Site) -> None:
    group = site.simulator.group("Study staff", site.simulator.people.values())
    staff = _phone(page, "Study staff")
    await site.bot.call("sendMessage", chat_id=group.id, text="Case A-17")
    await expect(_log(staff)).to_contain_text("Case A-17")
    await staff.get_by_role("combobox", name="Write as").select_option(label="Mei")
    await _say(staff, "I will look")
    await expect(_log(staff).locator(".message.out")).to_contain_text("I will look")
    await expect(_log(staff)).to_contain_text("You wrote: I will look")


@pytest.mark.parametrize("width", [320, 375, 430])
async def test_a_narrow_window_shows_one_phone_and_a_switcher(
    browser: Browser, site: Site, width: int
) -> None:
    async with _visit(browser, site, {"width": width, "height": 640}) as page:
        await expect(_phone(page, "Anna")).to_be_visible()
        await expect(_phone(page, "Mei")).to_be_hidden()
        await page.get_by_role("navigation", name="Phones").get_by_role("button", name="Mei").click()
        await expect(_phone(page, "Anna")).to_be_hidden()
        await _start(_phone(page, "Mei"))
        await page.get_by_role("button", name="Tools").click()
        await page.get_by_role("button", name="+1 day").click()
        await expect(page.get_by_role("button", name="+1 day")).to_be_hidden()
        await expect(page.get_by_text("The clock moved on")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_theme_follows_the_system_until_toggled(
    browser: Browser, site: Site, scheme: Literal["light", "dark"]
) -> None:
    async with _visit(browser, site, color_scheme=scheme) as page:
        anna = _phone(page, "Anna")
        await _start(anna)
        toggle = page.get_by_role("button", name="Dark theme")
        for dark in (scheme == "dark", scheme != "dark"):
            await expect(toggle).to_have_attribute("aria-pressed", str(dark).lower())
            for text in (
                anna.locator(".text").last,
                anna.locator("time").last,
                anna.locator(".key bdi").first,
            ):
                assert await _contrast(text) >= 4.5
            await toggle.click()


async def test_the_page_speaks_the_browser_s_language_until_toggled(browser: Browser, site: Site) -> None:
    async with _visit(browser, site, locale="zh-CN") as page:
        await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        await expect(page.get_by_text("请勿输入真实的健康信息")).to_be_visible()
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_text("Do not enter real health data")).to_be_visible()
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_both_dictionaries_have_every_word(page: Page) -> None:
    keys = await page.evaluate(
        """async () => {
          const { DICTIONARY } = await import("./static/dictionary.js");
          return Object.values(DICTIONARY).map((words) => Object.keys(words).sort());
        }"""
    )
    assert keys[0] == keys[1]


async def test_the_clock_can_be_moved_on(page: Page, site: Site) -> None:
    before = site.simulator.now
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.get_by_text("The clock moved on")).to_be_visible()
    assert site.simulator.now - before >= timedelta(days=1)


async def test_a_saved_talk_is_a_golden_conversation(page: Page) -> None:
    anna = _phone(page, "Anna")
    await _start(anna)
    await anna.get_by_role("button", name="Begin").click()
    await expect(_log(anna)).to_contain_text("Question 1")
    await anna.get_by_role("textbox").fill("a caption")
    await anna.get_by_role("button", name="Attach").click()
    await page.get_by_role("menuitem", name="Photo").click()
    await expect(_log(anna)).to_contain_text("You wrote: no text")
    await _say(anna, "a mistake")
    await expect(_log(anna)).to_contain_text("You wrote: a mistake")
    await anna.locator(".message.out").last.dblclick()
    await _say(anna, "put right")
    await expect(_log(anna)).to_contain_text("put right")
    await page.reload()
    await expect(_log(anna)).to_contain_text("put right")
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Save this talk").click()
    download = await coming.value
    assert download.suggested_filename == "talk-Anna.txt"
    assert _read(await download.path()) == GOLDEN


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
