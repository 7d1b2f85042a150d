"""A case page that is open follows the talk, and leaves whoever reads it where they are; in Chromium."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.domain.case_actions import Claim, Decide, Undo
from bot.domain.case_events import Decision
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
