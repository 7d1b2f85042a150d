"""Pages that renew themselves by htmx, in Chromium: nothing typed is lost, nothing foreign is run."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from playwright.async_api import Request, Route, expect

from bot.domain.access import IDLE
from bot.domain.case_actions import Answer, Claim
from bot.domain.staff import OPERATOR, Role
from bot.service.register import remove_staff
from bot.web.live import MOST_EACH
from tests.conftest import ROOT
from tests.web.test_in_browser import Office
from tests.web.test_in_browser import office as office

pytestmark = pytest.mark.browser

PROXY = ROOT / "deploy" / "console.nginx.conf"
OURS = """
addEventListener("securitypolicyviolation", ({ violatedDirective }) => console.error(violatedDirective));
"""
SCRIPTED = """
() => {
  const made = document.createElement("button");
  made.setAttribute("onclick", "window.taken = 1");
  document.body.append(made);
  made.click();
}
"""
BY_HTMX = (
    '<b hx-get="/taken" hx-trigger="load">x</b>',
    '<b data-hx-get="/taken" data-hx-trigger="load, every 1s">x</b>',
    '<b hx-on::load="window.taken=1" hx-on:htmx:load="window.taken=1">x</b>',
    '<b hx-ext="sse" sse-connect="/taken" sse-swap="message">x</b>',
    '<p id="news" hx-swap-oob="true">taken</p>',
    '<hx-partial hx-target="#head">taken</hx-partial>',
    '<b hx-trigger="load[window.taken=1]" hx-get="/taken">x</b>',
)


async def talking(office: Office) -> str:
    """Let the team write to the participant, who then may write freely; return the case."""
    case = (await office.world.cases())[0].case
    await office.world.act(Answer(snippet="more_time"), case)
    return case


async def another(office: Office) -> None:
    """Let somebody else ask for a person."""
    for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
        await office.world.send(office.world.phone("en", 8), said)


async def test_what_is_typed_where_it_is_typed_and_what_is_chosen_stay(office: Office) -> None:
    wang, case = await office.world.colleague(), await talking(office)
    loads: list[str] = []
    async with office.at(wang) as page:
        await page.goto(f"{office.url}/cases/{case}")
        page.on("load", lambda _page: loads.append("the whole page"))
        note = page.get_by_label("Note for colleagues")
        await note.fill("half a thou")
        await note.evaluate("(field) => field.setSelectionRange(2, 4)")
        await page.locator(".grave, .more").first.evaluate("(fold) => { fold.open = true; }")
        await office.world.send(office.phone, "Monday is fine")
        await expect(page.locator("#transcript")).to_contain_text("Monday is fine")
        await expect(note).to_have_value("half a thou")
        await expect(note).to_be_focused()
        assert await note.evaluate("(field) => [field.selectionStart, field.selectionEnd]") == [2, 4]
        assert await page.locator(".grave, .more").first.evaluate("(fold) => fold.open")
        times = await page.locator("#transcript time").all_inner_texts()
        assert [each for each in times if "UTC" in each] == [], "times stay those of the reader's zone"
    assert loads == []


async def test_who_works_by_keyboard_stays_where_they_are(office: Office) -> None:
    async with office.at(await office.world.colleague()) as page:
        first = page.locator("#queue .open").first
        await first.focus()
        which = await first.get_attribute("id")
        await another(office)
        await expect(page.locator("#queue .case")).to_have_count(2)
        await expect(page.locator(f"#{which}")).to_be_focused()
        await expect(page.get_by_role("status")).not_to_be_empty()


async def test_a_change_is_fetched_in_the_name_of_nobody_and_followed_from_there(office: Office) -> None:
    asked: list[Request] = []
    async with office.at(await office.world.colleague()) as page:
        await page.goto(f"{office.url}/?tab=all&priority=")
        before = await page.get_attribute("#live", "sse-connect")
        page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 -- it marks what it is given
        await another(office)
        await expect(page.locator("#queue .case")).to_have_count(2)
        await expect(page.get_by_role("status")).not_to_be_empty()
        await page.wait_for_timeout(1000)
        after = await page.get_attribute("#live", "sse-connect")
    asked = [each for each in asked if "/console/" not in each.url]  # the icon may come late
    fetched = [each for each in asked if "/live" not in each.url]
    assert fetched
    assert {each.url for each in fetched} == {f"{office.url}/?tab=all&priority="}
    assert {each.headers.get("x-live") for each in fetched} == {"1"}, "else an open page counts as use"
    assert after != before
    assert f"{office.url}{after}" in {each.url for each in asked}, "the page tells its new mark"
    assert len(fetched) < 4, "what the page shows already is not told again"


async def test_the_proxy_lets_all_pages_of_a_session_be_loaded_at_once_past_the_cache(office: Office) -> None:
    asked: list[str] = []
    async with office.at(await office.world.colleague()) as page:
        await page.goto(f"{office.url}/cases/{(await office.world.cases())[0].case}")
        network = await page.context.new_cdp_session(page)
        await network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.on("request", lambda request: asked.append(request.url))
        await page.reload()
        await page.wait_for_timeout(1000)
    (burst,) = re.findall(r"burst=(\d+)", PROXY.read_text("utf-8"))
    assert {"/live" in each for each in asked} == {True, False}, "the stream counts too"
    assert len(asked) * MOST_EACH <= int(burst), asked


async def test_nothing_is_left_in_the_storage_of_the_browser(office: Office) -> None:
    chief, case = await office.world.colleague("Chief", *Role), await talking(office)
    async with office.at(chief) as page:
        for path in ("/", f"/?q={case}", "/?tab=mine", f"/cases/{case}", "/figures", "/log"):
            await page.goto(office.url + path)
            await page.wait_for_load_state()
        await page.goto(f"{office.url}/cases/{case}")
        await office.world.send(office.phone, "Monday is fine")
        await expect(page.locator("#transcript")).to_contain_text("Monday is fine")
        await page.go_back()
        await page.go_forward()
        await page.wait_for_load_state()
        kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])"
        assert json.loads(await page.evaluate(kept)) == [{}, {}, None]


@pytest.mark.parametrize("how", ["removed", "idle"])
async def test_whose_session_ends_sees_the_sign_in_page(office: Office, how: str) -> None:
    wang, case = await office.world.colleague(), await talking(office)
    async with office.at(wang, expected=("401",)) as page:
        await page.goto(f"{office.url}/cases/{case}")
        if how == "removed":
            await remove_staff(office.world.office, wang.id, by=OPERATOR, now=office.world.now)
        else:
            office.world.now += IDLE + timedelta(minutes=1)
        await page.wait_for_url("**/sign-in?next=*")
        assert case not in await page.inner_text("main")


async def test_a_page_that_could_not_be_fetched_is_fetched_again(office: Office) -> None:
    wang, case = await office.world.colleague(), await talking(office)
    failed: list[str] = []

    async def fail_once(route: Route) -> None:
        if route.request.headers.get("x-live") and not failed:
            failed.append(route.request.url)
            await route.fulfill(status=503, body="away")
        else:
            await route.fallback()

    async with office.at(wang, expected=("503",)) as page:
        await page.route(f"**/cases/{case}", fail_once)
        await page.goto(f"{office.url}/cases/{case}")
        await page.get_by_label("Note for colleagues").fill("half a thou")
        await office.world.send(office.phone, "Monday is fine")
        await expect(page.locator("#transcript")).to_contain_text("Monday is fine")
        await expect(page.get_by_label("Note for colleagues")).to_have_value("half a thou")
    assert failed


async def test_what_is_erased_leaves_the_pages_that_are_open(office: Office) -> None:
    wang, case = await office.world.colleague(), await talking(office)
    async with office.at(wang) as page:
        await page.goto(f"{office.url}/cases/{case}")
        await expect(page.locator(".criterion").first).to_be_attached()
        await office.world.send(office.phone, "/delete")
        await office.world.tap(office.phone, "Erase my answers")
        await expect(page.locator(".criterion")).to_have_count(0)
        await expect(page.locator("#transcript li:not(.step)")).to_have_count(0)


async def test_no_rule_about_scripts_is_broken_and_none_is_loosened(office: Office) -> None:
    chief, case = await office.world.colleague("Chief", *Role), await talking(office)
    broken: list[str] = []
    async with office.at(chief) as page:
        await page.add_init_script(OURS)
        page.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
        for path in ("/", f"/?q={case}", f"/cases/{case}"):
            answer = await page.goto(office.url + path)
            assert answer
            rules = re.sub(r"nonce-[^']+", "nonce-x", answer.headers["content-security-policy"])
            assert "script-src 'nonce-x'; style-src 'nonce-x';" in rules
            assert await page.evaluate(
                "[typeof htmx, htmx.config.allowEval, htmx.config.historyCacheSize]"
            ) == [
                "object",
                False,
                0,
            ]
        await office.world.send(office.phone, "Monday is fine")
        await expect(page.locator("#transcript")).to_contain_text("Monday is fine")
        assert broken == []
    async with await office.browser.new_page() as page:
        await page.add_init_script(OURS)
        await page.goto(f"{office.url}/sign-in")
        async with page.expect_console_message(lambda line: line.text == "script-src-attr"):
            await page.evaluate(SCRIPTED)
        assert await page.evaluate("window.taken") is None


async def test_htmx_does_nothing_that_somebody_wrote(office: Office) -> None:
    wang, case = await office.world.colleague(), await talking(office)
    asked: list[str] = []
    async with office.at(wang) as page:
        await office.world.act(Claim(), case)
        await page.goto(f"{office.url}/cases/{case}")
        page.on("request", lambda request: asked.append(request.url))
        await office.world.send(office.phone, "\n".join(BY_HTMX))
        await expect(page.locator("#transcript")).to_contain_text(BY_HTMX[-1])
        await expect(page.locator("#news")).to_have_text("Something new happened in this case.")
        await page.evaluate(  # were it not escaped: what is shown in a page's main part is not htmx's
            "(all) => { const there = document.getElementById('head'); there.innerHTML = all;"
            " htmx.process(document.body); htmx.process(there); }",
            "".join(BY_HTMX),
        )
        await page.wait_for_timeout(1500)
        assert await page.evaluate("window.taken") is None
    assert [url for url in asked if "taken" in url] == []
