"""An open case page: what may be done follows the case, and what somebody has begun stays; in Chromium."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Locator, Page, expect

from bot.content.bundle import Bundle
from bot.domain.case_actions import Answer, Claim, Decide, Note, Release, Undo
from bot.domain.case_events import Decision
from tests.conftest import shipped
from tests.web.test_in_browser import Office, violations
from tests.web.test_in_browser import office as office

pytestmark = pytest.mark.browser

TAKE = "Go on with what can be done now"
DROP = "Show what can be done now, without what I wrote"


@pytest.fixture
def bundle() -> Bundle:
    """A trial whose staff may write in their own words."""
    shown = shipped()
    staff = replace(shown.trial.staff, free_text=True)
    return replace(shown, trial=replace(shown.trial, staff=staff))


async def opened(office: Office, page: Page) -> str:
    """Open the only case, with the pointer out of the way, and return it."""
    case = (await office.world.cases())[0].case
    await page.goto(f"{office.url}/cases/{case}")
    await page.mouse.move(0, 0)
    return case


def notice(page: Page, part: str) -> Locator:
    """Return what a part says of itself where somebody has begun something."""
    return page.locator(f"#{part}-now .changed:not([hidden])")


async def test_what_nobody_has_begun_follows_the_case(office: Office) -> None:
    await office.world.colleague("Li")
    async with office.at(await office.world.colleague()) as page:
        case = await opened(office, page)
        reply, decide, jump = page.locator("#reply"), page.locator("#decide-here"), page.locator("#to-reply")
        await page.locator("#fold-other").evaluate("(fold) => { fold.open = true; }")
        await office.world.act(Claim(), case, "Li")
        await expect(reply).to_have_count(0)
        await expect(decide).to_have_count(0)
        await expect(jump).to_have_count(0)
        await expect(page.get_by_role("button", name="Claim")).to_have_count(0)
        await expect(page.locator("#head")).to_contain_text("Claimed · Li")
        await office.world.act(Release(), case, "Li")
        await expect(page.get_by_role("button", name="Claim")).to_have_count(1)
        await expect(decide).to_have_count(1)
        await expect(jump).to_have_count(1)
        await reply.fill("When may we call you?")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator("#transcript")).to_contain_text("When may we call you?")
        await expect(page.locator(".changed:visible")).to_have_count(0)


async def test_what_is_typed_stays_where_a_colleague_was_faster(office: Office) -> None:
    await office.world.colleague("Li")
    async with office.at(await office.world.colleague()) as page:
        case, reply = await opened(office, page), page.locator("#reply")
        await reply.fill("half a thou")
        await reply.evaluate("(field) => field.setSelectionRange(2, 4)")
        await office.world.act(Claim(), case, "Li")
        told = notice(page, "reply")
        await expect(told).to_contain_text("This case has changed meanwhile. It is now: Claimed · Li.")
        await expect(told).not_to_contain_text("wrote to the person")
        await expect(reply).to_have_value("half a thou")
        await expect(reply).to_be_focused()
        assert await reply.evaluate("(field) => [field.selectionStart, field.selectionEnd]") == [2, 4]
        await expect(page.locator("#decide-here")).to_have_count(0)
        assert await violations(page) == []
        await office.world.act(Release(), case, "Li")
        await expect(told).to_have_count(0)
        await office.world.act(Claim(), case, "Li")
        await told.get_by_role("button", name=DROP).click()
        await expect(reply).to_have_count(0)


async def test_an_answer_that_was_sent_meanwhile_is_told_of_and_the_words_go_on(office: Office) -> None:
    async with office.at(await office.world.colleague()) as page:
        case, reply = await opened(office, page), page.locator("#reply")
        await reply.fill("When may we call?")
        await reply.blur()
        await office.world.act(Answer(snippet="more_time"), case)
        told = notice(page, "reply")
        await expect(told).to_contain_text("Waiting for the participant · Wang")
        await expect(told).to_contain_text("Wang wrote to the person.")
        await told.get_by_role("button", name=TAKE).click()
        await expect(told).to_have_count(0)
        await expect(reply).to_have_value("When may we call?")
        await expect(reply).to_be_focused()
        await expect(page.get_by_role("button", name="End the talk")).to_be_visible()
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator("#transcript")).to_contain_text("When may we call?")


async def test_criteria_that_changed_are_told_of_and_the_reason_goes_on(office: Office) -> None:
    async with office.at(await office.world.colleague()) as page:
        await opened(office, page)
        why, told = page.locator("#why"), notice(page, "decide")
        await page.locator("#fold-other summary").click()
        await why.fill("they call")
        for said in ("45", "yes", "no"):
            await office.world.send(office.phone, said)
        await expect(told).to_contain_text("The criteria to choose from have changed.")
        before = page.locator("#decide-now [value='not_eligible:I2']")
        assert not await before.is_visible()
        await told.get_by_role("button", name=TAKE).click()
        await expect(why).to_have_value("they call")
        await expect(why).to_be_visible()


async def test_a_decision_meanwhile_keeps_the_words_of_an_open_note(office: Office) -> None:
    await office.world.colleague("Li")
    async with office.at(await office.world.colleague()) as page:
        case = await opened(office, page)
        note = page.get_by_label("Note for colleagues")
        await note.fill("half a thou")
        await office.world.act(Decide(Decision.UNREACHABLE), case, "Li")
        await expect(page.locator("#ruling-now")).to_contain_text("Could not be reached")
        await expect(page.locator("#decide-here")).to_have_count(0)
        await expect(note).to_have_value("half a thou")
        await expect(note).to_be_focused()
        await expect(page.locator(".changed:visible")).to_have_count(0)
        why = page.get_by_label("Why is it undone?")
        await why.fill("they call")
        await office.world.act(Undo("they wrote a letter"), case, "Li")
        await expect(notice(page, "ruling")).to_contain_text("changed meanwhile")
        await expect(why).to_have_value("they call")


async def test_what_the_pointer_is_on_is_not_exchanged_under_it(office: Office) -> None:
    await office.world.colleague("Li")
    async with office.at(await office.world.colleague()) as page:
        case = await opened(office, page)
        button = page.get_by_role("button", name="Withdrew")
        await button.hover()
        await office.world.act(Claim(), case, "Li")
        await expect(notice(page, "decide")).to_contain_text("Claimed · Li")
        await expect(button).to_be_visible()
        await expect(page.locator("#reply")).to_have_count(0)
        await page.mouse.move(0, 0)
        await office.world.act(Note("I called"), case, "Li")
        await expect(button).to_have_count(0)


async def test_a_colleague_who_was_chosen_stays_chosen(office: Office) -> None:
    for name in ("Chen", "Li"):
        await office.world.colleague(name)
    async with office.at(await office.world.colleague()) as page:
        case = await opened(office, page)
        to = page.locator("#to")
        await to.select_option(label="Li")
        await to.blur()
        await office.world.act(Claim(), case, "Wang")
        told = notice(page, "later")
        await expect(told).to_contain_text("Claimed · Wang")
        assert await to.evaluate("(list) => list.selectedOptions[0].label") == "Li"
        await told.get_by_role("button", name=TAKE).click()
        assert await to.evaluate("(list) => list.selectedOptions[0].label") == "Li"
        await office.world.act(Release(), case, "Wang")
        await expect(told).to_be_visible()


async def test_without_scripts_the_page_is_as_loaded(office: Office) -> None:
    await office.world.colleague("Li")
    wang = await office.world.colleague()
    async with office.at(wang, java_script_enabled=False, expected=("409",)) as page:
        case = await opened(office, page)
        await expect(page.locator(".changed:visible")).to_have_count(0)
        await office.world.act(Claim(), case, "Li")
        await page.get_by_role("button", name="Withdrew").click()
        await expect(page.locator("main")).to_contain_text("A colleague holds this case")
