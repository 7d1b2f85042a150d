import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.simulator import Person, Simulator
from bot.simulator.server import serve

from .client import Api, Clock
from .receiver import Receiver


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> Simulator:
    return Simulator(clock=clock)


@pytest.fixture
async def api(sim: Simulator) -> Api:
    """A bot that has shown itself once."""
    api = Api(sim)
    await api.ok("getMe")
    return api


@pytest.fixture
async def mei(sim: Simulator, api: Api) -> Person:
    """A person who has pressed Start, with nothing left in the bot's queue."""
    person = sim.person(first_name="Mei", language_code="zh-hans")
    person.start()
    await api.ok("getUpdates", offset=-1)
    sim.bot.queue.clear()
    return person


@pytest.fixture
async def url(sim: Simulator) -> AsyncIterator[str]:
    async with serve(sim) as address:
        yield address


@pytest.fixture
async def receiver(sim: Simulator) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    async with TestServer(app) as server:
        receiver.url = str(server.make_url("/hook"))
        yield receiver
        sim.close()
        await asyncio.gather(*sim.background.values(), return_exceptions=True)
