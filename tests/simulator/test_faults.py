"""Faults and limits on demand."""

import asyncio

import aiohttp
import pytest

from bot.simulator import Person, Simulator
from bot.simulator.faults import Kind

from .client import TOKEN, Api, Clock, keyboard


@pytest.mark.parametrize(
    ("kind", "status", "description"),
    [
        ("429", 429, "Too Many Requests: retry after 7"),
        ("500", 500, "Internal Server Error"),
        ("502", 502, "Bad Gateway"),
        ("403", 403, "Forbidden: bot was blocked by the user"),
    ],
)
async def test_planned_refusals(
    api: Api, sim: Simulator, mei: Person, kind: Kind, status: int, description: str
) -> None:
    sim.fault(kind=kind, method="sendMessage", times=2, skip=1, retry_after=7)
    seen = [await api.answer("sendMessage", chat_id=mei.id, text=str(n)) for n in range(4)]
    assert [given.status for given in seen] == [200, status, status, 200]
    assert seen[1].body["description"] == description
    assert [m.text for m in mei.messages] == ["/start", "0", "3"]


async def test_a_planned_429_says_how_long(api: Api, sim: Simulator, mei: Person) -> None:
    sim.fault(kind="429", chat_id=mei.id, retry_after=3)
    assert (await api.answer("getMe")).status == 200
    refused = await api.answer("sendMessage", chat_id=mei.id, text="x")
    assert refused.body["parameters"] == {"retry_after": 3}


async def test_a_fault_for_every_method_leaves_polling_alone(api: Api, sim: Simulator) -> None:
    sim.fault(kind="500")
    assert await api.updates() == []
    assert (await api.answer("getMe")).status == 500


async def test_a_slow_answer(api: Api, sim: Simulator) -> None:
    sim.fault(kind="slow", method="getMe", seconds=0.02)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await api.ok("getMe")
    assert loop.time() - began >= 0.02


async def call(url: str, method: str, **values: object) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/bot{TOKEN}/{method}", json=values) as answer,
    ):
        return answer.status


async def test_a_cut_connection_does_nothing(sim: Simulator, url: str, mei: Person) -> None:
    sim.fault(kind="cut", method="sendMessage")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await call(url, "sendMessage", chat_id=mei.id, text="x")
    assert len(mei.messages) == 1


async def test_a_lost_answer_is_done_all_the_same(sim: Simulator, url: str, mei: Person) -> None:
    sim.fault(kind="lost", method="sendMessage", seconds=0.01)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await call(url, "sendMessage", chat_id=mei.id, text="x")
    assert mei.messages[-1].text == "x"


class TestLimits:
    """The buckets, on the simulator's clock."""

    @pytest.fixture
    def sim(self, clock: Clock) -> Simulator:
        return Simulator(clock=clock, limits=True)

    async def sent(self, api: Api, chat_id: int, times: int) -> list[int]:
        return [(await api.answer("sendMessage", chat_id=chat_id, text="x")).status for _ in range(times)]

    async def test_a_private_chat_bears_a_burst_then_one_a_second(
        self, api: Api, sim: Simulator, mei: Person
    ) -> None:
        assert await self.sent(api, mei.id, 6) == [200] * 5 + [429]
        sim.advance(1)
        assert await self.sent(api, mei.id, 2) == [200, 429]
        refused = await api.answer("sendMessage", chat_id=mei.id, text="x")
        assert refused.body["parameters"] == {"retry_after": 1}

    async def test_a_group_bears_twenty_a_minute(self, api: Api, sim: Simulator, mei: Person) -> None:
        group = sim.group("Staff", [mei])
        assert await self.sent(api, group.id, 21) == [200] * 20 + [429]
        sim.advance(3)
        assert await self.sent(api, group.id, 2) == [200, 429]

    async def test_all_chats_together_bear_thirty_a_second(self, api: Api, sim: Simulator) -> None:
        people = [sim.person() for _ in range(31)]
        for person in people:
            person.start()
        statuses = [(await self.sent(api, person.id, 1))[0] for person in people]
        assert statuses == [200] * 30 + [429]

    async def test_answering_taps_is_not_limited(self, api: Api, mei: Person) -> None:
        await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keyboard("Yes"))
        for _ in range(40):
            await api.ok("answerCallbackQuery", callback_query_id=mei.tap("Yes"))
