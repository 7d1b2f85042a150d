"""Saved views: filters of the queue under a name, in one's own browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from bot.web.views import MOST
from tests.talk import open_world
from tests.web.office import Browser, Console, told


@pytest.fixture
async def browser(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Browser]:
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        async with console.browser(await world.colleague()) as opened:
            yield opened
        await console.desk.live.stop()


async def test_a_view_is_saved_found_again_and_forgotten(browser: Browser) -> None:
    saved = await browser.post("/views", name=" My  urgent ", tab="mine", priority="urgent", after="x")
    assert saved.headers["location"] == "/?tab=mine&priority=urgent"
    page = await browser.get("/")
    assert '<a href="/?tab=mine&amp;priority=urgent">My urgent</a>' in page.text
    assert (await browser.get("/?tab=mine&priority=urgent")).status_code == 200
    await browser.post("/views", name="My urgent", tab="all")
    page = await browser.get("/")
    assert '<a href="/?tab=all">My urgent</a>' in page.text
    assert page.text.count(">My urgent</a>") == 1, "the same name means the newer filters"
    await browser.post("/views/forget", name="My urgent")
    assert "My urgent" not in (await browser.get("/")).text


async def test_what_is_shown_is_what_is_saved(browser: Browser) -> None:
    page = await browser.get("/?tab=all&priority=wanted")
    for hidden in ('name="tab" value="all"', 'name="priority" value="wanted"'):
        assert f'<input type="hidden" {hidden}>' in page.text


async def test_the_oldest_makes_room_and_a_name_is_needed(browser: Browser) -> None:
    for number in range(MOST + 1):
        await browser.post("/views", name=f"view {number}", tab="all")
    page = told(await browser.get("/"))
    assert ("view 0 " in page, f"view {MOST} " in page) == (False, True)
    assert (await browser.post("/views", name=" ", tab="all")).status_code == 409


@pytest.mark.parametrize("cookie", ["", "x", "bm9uc2Vuc2U=", "W1siYSIsIDFdXQ==", "é", "a" * 3000])
async def test_a_cookie_that_is_none_of_ours_holds_nothing(browser: Browser, cookie: str) -> None:
    headers = [(b"Cookie", f"doorstep={browser.token}; views=".encode() + cookie.encode("latin-1"))]
    assert (await browser.http.get("/", headers=headers)).status_code == 200


async def test_a_name_is_text_and_nothing_else(browser: Browser) -> None:
    await browser.post("/views", name='"><script>window.taken=1</script>', tab='"><b>')
    page = await browser.get("/")
    assert "<script>window" not in page.text
    assert '"><b>' not in page.text
