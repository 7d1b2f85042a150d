"""Pages that renew themselves: so many and no more, and no longer than somebody is signed in."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.content.bundle import Bundle
from bot.domain.case_actions import Answer
from bot.domain.staff import OPERATOR
from bot.service import review_reading
from bot.service.register import remove_staff
from bot.service.review import act
from bot.web import live
from bot.web.live import Follower, Live
from tests.talk import open_world
from tests.web.office import Console
from tests.web.test_views import statements

EVENTS = {"Accept": "text/event-stream"}
SOON = 30


@pytest.fixture
async def console(tmp_path: Path, bundle: Bundle) -> AsyncIterator[Console]:
    """A console whose streams last for as long as nothing ends them."""
    async with open_world(tmp_path, bundle) as world:
        console = Console(world)
        console.desk = replace(console.desk, live=Live(every=0.01, lasts=60))
        yield console
        await console.desk.live.stop()


async def followed(console: Console, streams: list[asyncio.Task[httpx.Response]], by: int) -> None:
    """Wait until so many streams are followed, and all others are answered."""
    deadline = asyncio.get_running_loop().time() + SOON
    while (sum(not each.done() for each in streams), len(console.desk.live._followers)) != (by, by):
        assert asyncio.get_running_loop().time() < deadline, len(console.desk.live._followers)
        await asyncio.sleep(0.02)


async def ended(streams: list[asyncio.Task[httpx.Response]]) -> Counter[int]:
    """Return how often streams ended with which status; fails where one does not end."""
    done, held = await asyncio.wait(streams, timeout=SOON)
    assert not held
    return Counter(each.result().status_code for each in done)


async def test_three_hundred_streams_of_one_session_are_twenty(console: Console) -> None:
    async with console.browser(await console.world.colleague(), console.desk) as browser:
        streams = [asyncio.create_task(browser.http.get("/live", headers=EVENTS)) for _ in range(300)]
        await followed(console, streams, by=live.MOST_EACH)
        await browser.post("/sign-out")
        assert await ended(streams) == {200: 20, 429: 280}
        told = {each.result().text for each in streams if each.result().status_code == 200}
        assert all(each.endswith(live.OVER) for each in told), "each page learns that it is over"
        assert (await browser.http.get("/live", headers=EVENTS)).text == live.OVER


async def test_who_is_put_off_comes_in_when_another_page_is_closed(console: Console) -> None:
    async with console.browser(await console.world.colleague(), console.desk) as browser:
        streams = [asyncio.create_task(browser.http.get("/live", headers=EVENTS)) for _ in range(20)]
        await followed(console, streams, by=20)
        assert (await browser.http.get("/live", headers=EVENTS)).status_code == 429
        streams[0].cancel()
        await asyncio.wait(streams[:1])
        again = asyncio.create_task(browser.http.get("/live", headers=EVENTS))
        await followed(console, [*streams[1:], again], by=20)
        await browser.post("/sign-out")
        await ended([*streams[1:], again])


async def test_all_together_follow_so_much_and_no_more(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST", 3)
    wang, li = [await console.world.colleague(name) for name in ("Wang", "Li")]
    async with console.browser(wang, console.desk) as one, console.browser(li, console.desk) as other:
        streams = [asyncio.create_task(who.http.get("/live", headers=EVENTS)) for who in (one, other) * 3]
        await followed(console, streams, by=3)
        await one.post("/sign-out")
        await other.post("/sign-out")
        assert await ended(streams) == {200: 3, 429: 3}


async def test_who_leaves_the_team_follows_no_longer_and_others_do(console: Console) -> None:
    wang, li = [await console.world.colleague(name) for name in ("Wang", "Li")]
    async with console.browser(wang, console.desk) as one, console.browser(li, console.desk) as other:
        theirs, ours = [asyncio.create_task(each.http.get("/live", headers=EVENTS)) for each in (one, other)]
        await followed(console, [theirs, ours], by=2)
        await remove_staff(console.world.office, wang.id, by=OPERATOR, now=console.world.now)
        assert await ended([theirs]) == {200: 1}
        assert not ours.done()
        await other.post("/sign-out")
        await ended([ours])


async def test_a_case_follows_its_talk_too_and_the_queue_only_its_cases(console: Console) -> None:
    world = console.world
    for phone in (world.phone("en"), world.phone("en", 8)):
        for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
            await world.send(phone, said)
    one, other = [row.case for row in await world.cases()]

    async def marks() -> list[str]:
        return [await console.desk.live.mark(world.office, case) for case in (one, other, None)]

    before = await marks()
    await world.send(world.phone("en"), "45")
    answered = await marks()
    assert [old == new for old, new in zip(before, answered, strict=True)] == [False, True, True]
    await act(world.office, other, Answer(snippet="more_time"), (await world.colleague()).id, now=world.now)
    on_its_way = await marks()
    assert on_its_way[1] != answered[1]
    await world.sent()
    arrived = await marks()
    assert [old == new for old, new in zip(on_its_way, arrived, strict=True)] == [True, False, True]
    with statements(world.store.database) as asked:
        await review_reading.pulse(world.office, {one, other})
    joined = [" JOIN " in each for each in asked if "FROM cases" in each]
    assert joined == [False, True], "all pages by one, the queue as before"


async def test_a_change_and_the_message_that_it_sends_renew_a_page_once(console: Console) -> None:
    world, slow = console.world, Live()
    for said in ("/start", "Start", "I agree", "I agree", "I agree", "/contact"):
        await world.send(world.phone("en"), said)
    case, wang = (await world.cases())[0].case, (await world.colleague()).id

    async def still() -> bool:
        return True

    page = Follower(case, "Wang's", still, await slow.mark(world.office, case))
    slow._followers.add(page)
    await act(world.office, case, Answer(snippet="more_time"), wang, now=world.now)
    await slow._tell(world.office)
    assert not page.changed.is_set(), "the message is on its way"
    await world.sent()
    await slow._tell(world.office)
    assert page.changed.is_set()
    page.changed.clear()
    await slow._tell(world.office)
    assert not page.changed.is_set()
    await act(world.office, case, Answer(snippet="more_time"), wang, now=world.now)
    await slow._tell(world.office)
    await slow._tell(world.office)
    assert page.changed.is_set(), "nobody waits for a message that takes longer"
