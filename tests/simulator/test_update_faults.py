"""Updates that come twice or in another order, and times when nothing goes through."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest

from bot.simulator import Person, Simulator

from .client import Api, Clock, until
from .receiver import Receiver
from .test_faults import call
from .test_updates import texts


class TestDuplicates:
    async def test_a_confirmed_update_comes_again_once(self, api: Api, sim: Simulator, mei: Person) -> None:
        sim.fault(kind="duplicate")
        mei.send("one")
        mei.send("two")
        first, second = await api.updates()
        again = await api.updates(offset=second["update_id"] + 1)
        assert again == [first]
        assert await texts(api, offset=first["update_id"] + 2) == []

    async def test_only_of_one_chat_and_not_the_first(self, api: Api, sim: Simulator, mei: Person) -> None:
        other = sim.person()
        sim.fault(kind="duplicate", chat_id=mei.id, skip=1, times=2)
        for person, text in ((mei, "a"), (other, "b"), (mei, "c"), (mei, "d"), (mei, "e")):
            person.send(text)
        last = (await api.updates())[-1]["update_id"]
        assert await texts(api, offset=last + 1) == ["c", "d"]

    async def test_it_comes_late_and_after_what_happened_since(
        self, api: Api, sim: Simulator, mei: Person
    ) -> None:
        sim.fault(kind="duplicate", seconds=90_000)
        mei.send("one")
        (first,) = await api.updates()
        assert await api.updates(offset=first["update_id"] + 1) == []
        sim.advance(89_999)
        mei.send("two")
        (second,) = await api.updates(offset=1)
        sim.advance(1)
        assert await api.updates(offset=2) == [second, first]

    async def test_a_poll_that_waits_is_woken_for_it(self, api: Api, sim: Simulator, mei: Person) -> None:
        sim.fault(kind="duplicate", seconds=60)
        mei.send("one")
        (first,) = await api.updates()
        poll = asyncio.ensure_future(api.updates(offset=first["update_id"] + 1, timeout=50))
        await until(lambda: sim.bot.polls == 1)
        sim.advance(60)
        assert await poll == [first]

    async def test_or_wakes_when_the_clock_comes_to_it_by_itself(self, clock: Clock) -> None:
        loop = asyncio.get_running_loop()
        sim = Simulator(clock=lambda: clock.now + timedelta(seconds=loop.time()))
        api, person = Api(sim), sim.person()
        await api.ok("getMe")
        sim.fault(kind="duplicate", seconds=0.05)
        person.send("one")
        (first,) = await api.updates()
        assert await api.updates(offset=first["update_id"] + 1) == []
        assert await asyncio.wait_for(api.updates(offset=1, timeout=50), 3) == [first]

    async def test_by_webhook(self, api: Api, sim: Simulator, mei: Person, receiver: Receiver) -> None:
        sim.fault(kind="duplicate")
        await api.ok("setWebhook", url=receiver.url)
        mei.send("one")
        await receiver.has("one", "one")
        mei.send("two")
        await receiver.has("one", "one", "two")


class TestOrder:
    def talk(self, sim: Simulator, mei: Person) -> None:
        """Write from three chats, a line that goes on in the first."""
        others = [sim.person(), sim.person()]
        for person, text in ((mei, "a1"), (others[0], "b1"), (mei, "a2"), (others[1], "c1")):
            person.send(text)

    async def test_one_poll_is_turned_round_chat_by_chat(self, api: Api, sim: Simulator, mei: Person) -> None:
        sim.fault(kind="reorder", skip=1)
        self.talk(sim, mei)
        assert await texts(api) == ["a1", "b1", "a2", "c1"]
        assert await texts(api, offset=1) == ["c1", "b1", "a1", "a2"]
        assert await texts(api, offset=2) == ["a1", "b1", "a2", "c1"]

    async def test_or_altogether(self, api: Api, sim: Simulator, mei: Person) -> None:
        sim.fault(kind="reorder", within_chat=True)
        self.talk(sim, mei)
        assert await texts(api) == ["c1", "a2", "b1", "a1"]

    async def test_a_single_update_has_no_order(self, api: Api, sim: Simulator, mei: Person) -> None:
        sim.fault(kind="reorder")
        mei.send("one")
        assert await texts(api) == ["one"]
        assert len(sim.faults.planned) == 1

    async def test_a_webhook_gets_the_newest_chat_first(
        self, api: Api, sim: Simulator, mei: Person, receiver: Receiver
    ) -> None:
        self.talk(sim, mei)
        sim.fault(kind="reorder")
        await api.ok("setWebhook", url=receiver.url, max_connections=1)
        await receiver.has("c1", "a1", "b1", "a2")

    async def test_a_webhook_may_get_the_newest_of_a_chat_first(
        self,
        api: Api,
        sim: Simulator,
        mei: Person,
        receiver: Receiver,
    ) -> None:
        for text in ("one", "two", "three"):
            mei.send(text)
        sim.fault(kind="reorder", within_chat=True)
        await api.ok("setWebhook", url=receiver.url)
        await receiver.has("three", "one", "two")


class TestOutages:
    async def test_every_call_breaks_and_polls_too(self, api: Api, sim: Simulator, mei: Person) -> None:
        mei.send("one")
        sim.fault(kind="outage", after=60, seconds=30)
        assert await texts(api) == ["one"]
        sim.advance(60)
        assert (await api.answer("getUpdates")).cut
        assert (await api.answer("sendMessage", chat_id=mei.id, text="x")).cut
        sim.advance(29)
        assert (await api.answer("getMe")).cut
        sim.advance(1)
        assert await texts(api) == ["one"]
        assert mei.messages[-1].text == "one"
        assert sim.faults.planned == []

    async def test_or_is_answered_502(self, api: Api, sim: Simulator) -> None:
        sim.fault(kind="outage", seconds=30, refused=True)
        assert await api.error("getUpdates") == (502, "Bad Gateway")

    async def test_it_breaks_a_poll_that_waits(self, api: Api, sim: Simulator, mei: Person) -> None:
        poll = asyncio.ensure_future(api.answer("getUpdates", timeout=50))
        await until(lambda: sim.bot.polls == 1)
        sim.fault(kind="outage", seconds=30)
        mei.send("one")
        assert (await poll).cut
        sim.advance(30)
        assert await texts(api) == ["one"]

    async def test_over_a_socket_the_connection_breaks(self, sim: Simulator, url: str) -> None:
        sim.fault(kind="outage", seconds=30)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await call(url, "getUpdates")

    async def test_no_webhook_is_called(
        self,
        api: Api,
        sim: Simulator,
        mei: Person,
        receiver: Receiver,
    ) -> None:
        await api.ok("setWebhook", url=receiver.url)
        mei.send("one")
        await receiver.has("one")
        sim.fault(kind="outage", seconds=30)
        mei.send("two")
        await asyncio.sleep(0.05)
        assert receiver.texts == ["one"]
        sim.advance(30)
        await receiver.has("one", "two")


async def test_a_slow_answer_goes_by_the_worlds_clock(api: Api, sim: Simulator) -> None:
    sim.fault(kind="slow", method="getMe", seconds=3600)
    slow = asyncio.ensure_future(api.ok("getMe"))
    await asyncio.sleep(0.01)
    assert not slow.done()
    sim.advance(3600)
    await asyncio.wait_for(slow, 3)


async def test_new_kinds_strike_no_call(api: Api, sim: Simulator, mei: Person) -> None:
    sim.fault(kind="duplicate")
    sim.fault(kind="reorder")
    await api.ok("sendMessage", chat_id=mei.id, text="x")
    assert len(sim.faults.planned) == 2
