"""Somebody in a hurry who has never seen the console: few taps, nothing lost, nothing done by a slip."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.content.bundle import Bundle, compile_bundle
from bot.domain.case_actions import Claim, Decide, GiveSecond, Snooze
from bot.domain.case_events import Decision
from bot.domain.staff import Role
from bot.service.register import list_staff, staff_by_id
from tests.talk import World, open_world
from tests.web.office import Console, told
from tests.web.test_in_browser import Office
from tests.web.test_in_browser import office as office

PREGNANT = ("45", "yes", "yes", "yes", "yes", "not sure", "not sure", "yes", "no", "yes", "no", "submit")
"""Answers to the questions: E3 applies, E2 and I2 stay open."""


@pytest.fixture
async def console(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Console]:
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        yield console
        await console.desk.live.stop()


async def a_case(world: World, *more: str) -> str:
    """Let somebody come as far as the questions, say more, and return the case that opens."""
    for said in ("/start", "Start", "I agree", "I agree", "I agree", *(more or ("/contact",))):
        await world.send(world.phone("en"), said)
    return (await world.cases())[0].case


async def test_each_criterion_has_its_button_the_likeliest_first(console: Console) -> None:
    case = await a_case(console.world, *PREGNANT, "/contact")
    async with console.browser(await console.world.colleague()) as browser:
        page = (await browser.get(f"/cases/{case}")).text
        at = [page.index(f'value="not_eligible:{each}"') for each in ("E3", "I2", "E2", "I1")]
        folded = page.index("Not eligible by another criterion")
        assert at == sorted(at)
        assert at[2] < folded < at[3], "what fits stands behind a fold"
        assert "Not eligible: E3 – Pregnant or lactating patients" in told(
            await browser.get(f"/cases/{case}")
        )
        done = await browser.post(f"/cases/{case}/decide", decision="not_eligible:E3")
        assert done.status_code == 303
        page = told(await browser.get(f"/cases/{case}"))
    assert "Decided Not eligible (E3) Wang" in page


@pytest.mark.parametrize("odd", ["not_eligible:E99", "not_eligible:", "not_eligible", "nothing:E3"])
async def test_a_criterion_that_does_not_exist_rules_nobody_out(console: Console, odd: str) -> None:
    case = await a_case(console.world)
    async with console.browser(await console.world.colleague()) as browser:
        assert (await browser.post(f"/cases/{case}/decide", decision=odd)).status_code == 409
        assert "Decide " in told(await browser.get(f"/cases/{case}"))


async def test_what_was_typed_outlives_a_refusal_and_the_way_leads_back(console: Console) -> None:
    case = await a_case(console.world)
    await console.world.act(Claim(), case)
    async with console.browser(await console.world.colleague("Li")) as browser:
        refused = await browser.post(
            f"/cases/{case}/decide", decision="other", reason="\nan <b>hour's</b> words"
        )
        assert refused.status_code == 409
        assert "readonly>\nan &lt;b&gt;hour&#39;s&lt;/b&gt; words</textarea>" in refused.text
        assert "The reason you wrote" in told(refused)
        assert f'href="/cases/{case}">Back to the case' in refused.text
        foreign = {"Origin": "https://elsewhere.example"}
        sent = await browser.http.post(f"/cases/{case}/note", data={"text": "planted"}, headers=foreign)
        assert (sent.status_code, "planted" in sent.text) == (403, False)
        nowhere = await browser.post("/cases/nonesuch/note", text="still here")
        assert "still here" in nowhere.text
        assert "Back to the case" not in told(nowhere)


async def test_what_was_typed_about_a_colleague_outlives_a_refusal(console: Console) -> None:
    chief = await console.world.colleague("Chief", Role.ADMINISTRATOR)
    async with console.browser(chief) as browser:
        await console.give_code(browser)
        refused = await browser.post("/staff", name="Dr New", telegram="+86")
    assert ("Dr New" in refused.text, "+86" in refused.text) == (True, True)
    assert 'href="/staff">Back to the staff' in refused.text


async def test_a_case_has_one_name_and_the_others_say_whose_they_are(console: Console) -> None:
    world = console.world
    case = await a_case(world)
    row = (await world.cases())[0]
    seer = await world.colleague("Seer", Role.INVESTIGATOR, sees_identity=True)
    async with console.browser(seer) as browser:
        await console.give_code(browser)
        queue, page = await browser.get("/"), await browser.get(f"/cases/{case}")
        assert f"<strong>{case}</strong>" in queue.text
        assert row.code not in told(queue)
        assert f"<title>{case} " in page.text
        assert f" {case} Participant {row.code} · Talk 0000" in told(page)
        await browser.get(f"/cases/{case}/identity")
        assert f'<a href="/cases/{case}">{case}</a>' in (await browser.get("/audit")).text
        assert f'<a href="/?q={row.code}">' in (await browser.get("/log")).text
        assert f"<strong>{case}</strong>" in (await browser.get(f"/?q={row.code}")).text
        browser.http.cookies.set("language", "zh-Hans")
        assert f" {case} 参与者 {row.code} · 对话 0000" in told(await browser.get(f"/cases/{case}"))


async def test_an_emergency_that_somebody_holds_is_not_out_of_sight(console: Console) -> None:
    world = console.world
    case = await a_case(world, "my chest hurts and I cannot breathe")
    async with console.browser(await world.colleague()) as browser:
        assert "urgent case" not in told(await browser.get("/"))
        await world.act(Claim(), case)
        page = told(await browser.get("/"))
        assert "Mine 1 1 urgent" in page
        assert "Nobody is unclaimed." in page
        assert "Nobody waits" not in page
        assert "A colleague holds" not in page
    async with console.browser(await world.colleague("Li")) as browser:
        mine = await browser.get("/?tab=mine")
        assert 'href="?tab=all&amp;priority=urgent">A colleague holds an urgent case' in mine.text
        assert "1 urgent" not in told(mine)
        assert case in told(await browser.get("/?tab=all&priority=urgent"))


async def test_the_emergency_words_are_marked_and_one_tap_away(console: Console) -> None:
    case = await a_case(console.world, "my chest hurts and I cannot breathe")
    async with console.browser(await console.world.colleague()) as browser:
        page = await browser.get(f"/cases/{case}")
    assert '<li class="chip urgent"><a href="#emergency">Emergency</a></li>' in page.text
    assert page.text.count('id="emergency"') == 1
    line = page.text.partition('id="emergency">')[2].partition("</li>")[0]
    assert "Emergency" in line
    assert "my chest hurts" in line


async def test_an_emergency_by_its_button_reads_as_one_in_the_history(console: Console) -> None:
    world = console.world
    case = await a_case(world, "my chest hurts and I cannot breathe", "Continue", "mmmm")
    await world.tap(world.phone("en"), "This is an emergency")
    async with console.browser(await world.colleague()) as browser:
        history = told(await browser.get(f"/cases/{case}")).partition("Notes and history")[2]
    assert "The person told of an emergency" in history
    assert "The person wrote" not in history
    assert "not kept" not in history, "nothing was written"


LOOKS = """
(line) => {
  const box = getComputedStyle(line.firstElementChild);
  const shown = ["backgroundColor", "borderTopColor", "borderTopStyle", "borderTopWidth", "fontSize"];
  const head = getComputedStyle(line.querySelector(".alarm")).color;
  return [getComputedStyle(line).justifySelf, head, ...shown.map((each) => box[each])];
}
"""


@pytest.mark.browser
async def test_an_emergency_told_by_a_button_looks_like_one_in_words(office: Office) -> None:
    await office.world.send(office.phone, "a riddle")
    await office.world.tap(office.phone, "This is an emergency")
    await office.world.tap(office.phone, "Continue")
    await office.world.send(office.phone, "my chest hurts and I cannot breathe")
    case = (await office.world.cases())[0].case
    async with office.at(await office.world.colleague()) as page:
        await page.goto(f"{office.url}/cases/{case}")
        by_button, in_words = page.locator("#transcript .emergency").first, page.locator("#emergency")
        await expect(by_button.locator("div")).to_have_text("EmergencyTold of an emergency")
        await expect(in_words).to_contain_text("my chest hurts")
        assert await by_button.evaluate(LOOKS) == await in_words.evaluate(LOOKS)
        await expect(by_button.locator("time")).to_be_visible()


@pytest.mark.parametrize(("days", "late"), [(1, False), (3, True)])
async def test_a_case_set_aside_says_so_at_the_top(console: Console, days: int, late: bool) -> None:  # noqa: FBT001
    case = await a_case(console.world)
    await console.world.act(Snooze(console.world.now + timedelta(days=days)), case)
    async with console.browser(await console.world.colleague()) as browser:
        top = told(await browser.get(f"/cases/{case}")).partition("On this page")[0].partition("Criteria")[0]
    assert "Set aside until 20" in top
    assert ("later than an answer is due" in top) is late


async def test_a_second_opinion_is_asked_of_everybody_but_who_decided(tmp_path: Path, bundle: Bundle) -> None:
    content = json.loads(bundle.body)
    content["trial"]["policies"]["staff"]["second_review"] = True
    async with open_world(tmp_path, compile_bundle(json.dumps(content).encode())) as world:
        console, case = Console(world), await a_case(world)
        await world.act(Decide(Decision.UNREACHABLE), case)
        async with console.browser(await world.colleague()) as browser:
            for path in ("/", f"/cases/{case}"):
                page = await browser.get(path)
                assert "Waits for a second opinion; Wang decided" in told(page), path
                assert "You decided this: a colleague must agree." in told(page), path
                assert f"/cases/{case}/claim" not in page.text, path
        async with console.browser(await world.colleague("Li")) as browser:
            for path in ("/", f"/cases/{case}"):
                page = await browser.get(path)
                assert "Waits for a second opinion; Wang decided" in told(page), path
                assert f"/cases/{case}/claim" in page.text, path
            await world.act(GiveSecond(agrees=True), case, "Li")
            assert "second opinion" not in told(await browser.get("/?tab=done"))


async def test_nobody_is_removed_by_a_slip_and_what_was_done_is_said(console: Console) -> None:
    chief = await console.world.colleague("Chief", Role.ADMINISTRATOR)
    seer = await console.world.colleague("Dr Chen", Role.INVESTIGATOR, sees_identity=True)
    async with console.browser(chief) as browser:
        await console.give_code(browser)
        page = (await browser.get("/staff")).text
        for what in ("authenticator", "remove"):
            fold = page.rpartition(f'action="/staff/{seer.id}/{what}"')[0].rpartition("<details")[2]
            assert fold.startswith(' class="grave"><summary>'), what
            assert "</details>" not in fold, what
            done = await browser.post(f"/staff/{seer.id}/{what}")
            assert "Chen" not in done.headers["location"]
            said = told(await browser.get(done.headers["location"]))
            assert {"authenticator": "was reset", "remove": "was removed"}[what] in said
        assert await staff_by_id(console.world.office, seer.id) is None
        assert len(await list_staff(console.world.office)) == 2


@pytest.mark.browser
async def test_somebody_is_ruled_out_by_two_taps_without_scripts(office: Office) -> None:
    for said in PREGNANT:
        await office.world.send(office.phone, said)
    async with office.at(await office.world.colleague(), java_script_enabled=False) as page:
        await page.locator("#queue .open").click()
        await page.get_by_role("button", name="Not eligible: E3").click()
        await expect(page.locator("#head")).to_contain_text("Done")
        await expect(page.locator("main")).to_contain_text("Not eligible (E3)")


@pytest.mark.browser
async def test_something_else_needs_words_and_every_criterion_shows_that_it_unfolds(office: Office) -> None:
    async with office.at(await office.world.colleague()) as page:
        await page.locator("#queue .open").click()
        marks = await page.locator(".criterion summary").evaluate_all(
            "(all) => all.map((each) => getComputedStyle(each, '::before').content)"
        )
        assert marks
        assert all("▸" in mark or "▾" in mark for mark in marks), marks
        await page.get_by_text("Something else, or a reason").click()
        await page.get_by_role("button", name="Something else").click()
        await expect(page.locator("#why:invalid")).to_be_visible()
        await page.locator("#why").fill("moved abroad")
        await page.get_by_role("button", name="Something else").click()
        await expect(page.locator("#head")).to_contain_text("Done")
        await expect(page.locator("#history")).to_contain_text("moved abroad")


@pytest.mark.browser
async def test_saved_views_stand_on_the_line_of_the_filters_and_move_nothing(office: Office) -> None:
    async with office.at(await office.world.colleague()) as page:
        filters, views = page.locator(".filters button"), page.locator(".views summary")
        first_case = page.locator("#queue .open").first

        async def places() -> list[float]:
            boxes = [await each.bounding_box() for each in (filters, views, first_case)]
            return [box["y"] + box["height"] / 2 for box in boxes if box]

        before = await places()
        assert before[0] == pytest.approx(before[1], abs=2)
        await views.click()
        await expect(page.get_by_label("Name for what is shown now")).to_be_visible()
        assert await places() == before
