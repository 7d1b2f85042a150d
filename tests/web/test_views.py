"""Saved views: filters of the queue under a name, a member's own, on whatever device they sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, update

from bot.content.bundle import Bundle
from bot.domain.staff import OPERATOR
from bot.service.register import remove_staff
from bot.service.saved_views import MOST
from bot.storage.database import Database
from bot.storage.review_tables import saved_views
from tests.talk import open_world
from tests.web.office import Browser, Console, sent_to, told


@pytest.fixture
async def console(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Console]:
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        yield console
        await console.desk.live.stop()


@pytest.fixture
async def browser(console: Console) -> AsyncIterator[Browser]:
    async with console.browser(await console.world.colleague()) as opened:
        yield opened


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


async def test_no_view_goes_without_a_word(browser: Browser) -> None:
    for number in range(MOST):
        assert "no more" not in told(await browser.get("/"))
        await browser.post("/views", name=f"view {number}", tab="all")
    page = told(await browser.get("/"))
    assert f"You have {MOST} views, and there is room for no more. Forget one to save another" in page
    ninth = await browser.post("/views", name="view 9", tab="all")
    assert ninth.status_code == 409
    assert "Forget one first." in told(ninth)
    assert "view 9" in ninth.text, "what was typed stays"
    assert "view 0 " in told(await browser.get("/"))
    assert (await browser.post("/views", name="view 0", tab="mine")).status_code == 303
    await browser.post("/views/forget", name="view 1")
    assert (await browser.post("/views", name="view 9", tab="all")).status_code == 303


async def test_a_view_needs_a_name(browser: Browser) -> None:
    assert (await browser.post("/views", name=" ", tab="all")).status_code == 409


async def test_another_browser_of_the_same_member_shows_them(console: Console, browser: Browser) -> None:
    await browser.post("/views", name="My urgent", tab="mine")
    async with console.browser(await console.world.colleague()) as phone:
        assert ">My urgent</a>" in (await phone.get("/")).text
        await phone.post("/views/forget", name="My urgent")
    assert "My urgent" not in (await browser.get("/")).text


async def test_a_colleague_has_their_own(console: Console, browser: Browser) -> None:
    await browser.post("/views", name="My urgent", tab="mine")
    async with console.browser(await console.world.colleague("Li")) as theirs:
        assert "My urgent" not in (await theirs.get("/")).text
        await theirs.post("/views/forget", name="My urgent")
        await theirs.post("/views", name="My urgent", tab="all")
    assert '<a href="/?tab=mine">My urgent</a>' in (await browser.get("/")).text


async def test_views_put_under_a_colleagues_name_do_not_open(console: Console, browser: Browser) -> None:
    """By somebody who can write to the database."""
    await browser.post("/views", name="My urgent", tab="mine")
    li = await console.world.colleague("Li")
    async with console.world.store.database.writing() as connection:
        await connection.execute(update(saved_views).values(staff_id=li.id))
    for each in (li, await console.world.colleague()):
        async with console.browser(each) as opened:
            page = await opened.get("/")
            assert (page.status_code, "My urgent" in page.text) == (200, False)


async def test_who_left_saves_nothing(console: Console, browser: Browser) -> None:
    wang = await console.world.colleague()
    await remove_staff(console.world.office, wang.id, by=OPERATOR, now=console.world.now)
    assert sent_to(await browser.post("/views", name="My urgent", tab="mine")) == "/sign-in"


@pytest.mark.parametrize("cookie", ["", "x", "é", "a" * 3000, "W1siTXkgdXJnZW50Iiwge31dXQ=="])
async def test_a_cookie_of_before_counts_for_nothing_and_goes(browser: Browser, cookie: str) -> None:
    headers = [(b"Cookie", f"doorstep={browser.token}; views=".encode() + cookie.encode("latin-1"))]
    page = await browser.http.get("/", headers=headers)
    assert (page.status_code, "My urgent" in page.text) == (200, False)
    assert page.headers["set-cookie"].startswith('views=""; expires=')
    assert "Max-Age=0; Path=/" in page.headers["set-cookie"]


async def test_eight_views_cost_the_store_no_more_than_one(console: Console, browser: Browser) -> None:
    asked: list[int] = []
    for number in range(MOST):
        await browser.post("/views", name=f"view {number}", tab="all")
        with statements(console.world.store.database) as sent:
            await browser.get("/")
        asked.append(len(sent))
        assert sum("saved_views" in each for each in sent) == 1
    assert set(asked) == {asked[0]}


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect what is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def test_no_cookie_is_set(browser: Browser) -> None:
    saved = await browser.post("/views", name="My urgent", tab="mine")
    assert "set-cookie" not in saved.headers
    assert "set-cookie" not in (await browser.get("/")).headers


async def test_a_name_is_text_and_nothing_else(browser: Browser) -> None:
    await browser.post("/views", name='"><script>window.taken=1</script>', tab='"><b>')
    page = await browser.get("/")
    assert "<script>window" not in page.text
    assert '"><b>' not in page.text
