"""A case page that is open follows the talk, and leaves whoever reads it where they are; in Chromium."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.domain.case_actions import Decide, Note, Undo
from bot.domain.case_events import Decision
from tests.web.test_in_a_hurry import PREGNANT
from tests.web.test_in_browser import Office
from tests.web.test_in_browser import office as office

pytestmark = pytest.mark.browser


async def in_an_emergency(office: Office) -> str:
    """Let the participant tell of an emergency at the first question; return the case."""
    await office.world.send(office.phone, "my chest hurts and I cannot breathe")
    return (await office.world.cases())[0].case


async def test_what_the_participant_does_shows_by_itself(office: Office) -> None:
    case = await in_an_emergency(office)
    async with office.at(await office.world.colleague()) as page:
        await page.goto(f"{office.url}/cases/{case}")
        await office.world.tap(office.phone, "Continue")
        await expect(page.locator("#transcript")).to_contain_text("Went on after the safety text")
        await office.world.send(office.phone, "45")
        await expect(page.locator("#transcript li.participant").last).to_contain_text("45")
        await expect(page.locator("#criteria-now")).to_contain_text("45")


async def went_on(office: Office, page: Page) -> None:
    """Let the participant go on, and wait until the page shows it."""
    await office.world.tap(office.phone, "Continue")
    await expect(page.locator("#transcript")).to_contain_text("Went on after the safety text")
    await expect(page.get_by_role("status")).not_to_be_empty()


async def test_who_reads_further_up_stays_there_and_who_reads_the_end_sees_what_comes(office: Office) -> None:
    case = await in_an_emergency(office)
    async with office.at(await office.world.colleague()) as page:
        await page.goto(f"{office.url}/cases/{case}")
        talk = page.locator("#transcript")
        assert await talk.evaluate("(talk) => talk.scrollHeight > talk.clientHeight + 200")
        await talk.evaluate("(talk) => { talk.scrollTop = 70; }")
        await went_on(office, page)
        assert await talk.evaluate("(talk) => talk.scrollTop") == 70
        await talk.evaluate("(talk) => { talk.scrollTop = talk.scrollHeight; }")
        await office.world.send(office.phone, "45")
        await expect(page.locator("#transcript")).to_contain_text("Question 2 of")
        left = "(talk) => talk.scrollHeight - talk.scrollTop - talk.clientHeight"
        assert await talk.evaluate(left) < 8


async def test_what_is_unfolded_stays_so_and_the_keys_stay_where_they_are(office: Office) -> None:
    case = (await office.world.cases())[0].case
    for said in PREGNANT:
        await office.world.send(office.phone, said)
    async with office.at(await office.world.colleague()) as page:
        await page.goto(f"{office.url}/cases/{case}")
        met, not_met = page.locator("#criterion-I1"), page.locator("#criterion-E3")
        await not_met.locator("summary").click()
        await met.locator("summary").focus()
        await page.keyboard.press("Enter")
        await in_an_emergency(office)
        await expect(page.locator("#transcript")).to_contain_text("my chest hurts")
        await expect(met).to_have_js_property("open", True)  # noqa: FBT003 -- as Playwright takes it
        await expect(not_met).to_have_js_property("open", False)  # noqa: FBT003
        await expect(met.locator("summary")).to_be_focused()


async def test_a_decision_that_is_no_more_leaves_the_page_and_what_is_typed_stays(office: Office) -> None:
    case = (await office.world.cases())[0].case
    await office.world.act(Decide(Decision.UNREACHABLE), case)
    async with office.at(await office.world.colleague("Li")) as page:
        await page.goto(f"{office.url}/cases/{case}")
        await page.mouse.move(0, 0)
        why, status = page.get_by_label("Why is it undone?"), page.locator("#news")
        await why.fill("they call")
        await office.world.act(Note("no answer twice"), case)
        await expect(page.locator("#history")).to_contain_text("no answer twice")
        await expect(status).not_to_be_empty()
        await expect(why).to_have_value("they call")
        await expect(why).to_be_focused()
        await why.fill("")
        await why.blur()
        await office.world.act(Undo("they wrote a letter"), case)
        await expect(page.locator("#history")).to_contain_text("they wrote a letter")
        await expect(page.get_by_role("button", name="Undo the decision")).to_have_count(0)
        await expect(page.locator("#ruling")).to_have_count(0)
        await office.world.act(Decide(Decision.WITHDREW), case)
        await expect(page.locator("#ruling-now")).to_contain_text("Wang")
        await expect(why).to_have_value("")
