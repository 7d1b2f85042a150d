"""Several workers on one PostgreSQL, as they run in tests: hired, dismissed, or dead on the spot."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from bot.app import new_id
from bot.botapi.line import Line, open_line
from bot.botapi.profile import sign_in
from bot.botapi.webhook import Gatherer, Webhook
from bot.botapi.worker import Worker
from bot.content.bundle import Bundle
from bot.content.shelf import Shelf
from bot.running import make_worker
from bot.service.ports import StoreUnavailable
from bot.settings import Settings
from bot.simulator import Simulator
from bot.simulator.server import serve
from bot.storage.database import Database, open_database
from bot.storage.lock import leadership
from bot.storage.store import SqlStore
from bot.web.health import create_app
from bot.web.serving import serving
from tests.botapi.running import PATIENCE, TOKEN, Books, Clock, Someone

SECRET = "letters-digits-and-at-least-32-of-them"
PATH = "/telegram"
_LATE = 0.03
"""Seconds after which the second copy of every other update comes."""


async def until(holds: Callable[[], bool], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.005)


class Colleague:
    """One worker with a database connection, a line and a claim to lead of its own."""

    def __init__(self, database: Database, line: Line, worker: Worker) -> None:
        self.database = database
        self.line = line
        self.worker = worker
        self._task: asyncio.Task[None] | None = None

    @property
    def leads(self) -> bool:
        there = self.worker._presence.leads and self.worker._presence.there
        return there and self._task is not None and not self._task.done()

    def start(self, database_url: str) -> None:
        self._task = asyncio.create_task(self._work(database_url))

    async def _work(self, database_url: str) -> None:
        try:
            async with leadership(database_url) as lead:
                await self.worker.run(lead.try_lead)
        finally:
            await self.line.shutdown()
            await self.database.close()

    async def dismiss(self) -> None:
        """Stop this worker; what made it end before is raised."""
        assert self._task is not None
        self._task.cancel()
        (ended,) = await asyncio.gather(self._task, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError), repr(ended)

    async def die(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """End as by a kill: nothing is written any more."""

        async def nothing(*_: object, **__: object) -> None:
            raise StoreUnavailable("ConnectionDoesNotExistError")

        monkeypatch.setattr(self.worker._sender._outbox, "exchange", nothing)
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class Turns(Gatherer):
    """Hands every update twice to the workers in turn: at the same time, or the second copy later."""

    def __init__(self) -> None:
        super().__init__(self._nowhere)
        self.team: list[Gatherer] = []
        self.given: Counter[int] = Counter()
        self._numbers = count()
        self._late: list[asyncio.Task[None]] = []

    async def add(self, update: Any) -> None:
        number = next(self._numbers)
        first, second = (self.team[(number + step) % len(self.team)] for step in (0, 1))
        if "my_chat_member" not in update:
            self.given[update["update_id"]] += 1
        if number % 2:
            await asyncio.gather(first.add(update), second.add(update))
        else:
            await first.add(update)
            self._late.append(asyncio.create_task(self._again(second, update)))

    async def finish(self) -> None:
        """Wait for the late copies."""
        await asyncio.gather(*self._late)

    async def _again(self, gatherer: Gatherer, update: Any) -> None:
        await asyncio.sleep(_LATE)
        await gatherer.add(update)

    async def _nowhere(self, updates: Sequence[Any]) -> None:
        raise AssertionError(updates)


class Team(Books):
    """Workers on one database, with one simulator before them."""

    def __init__(self, simulator: Simulator, url: str, database_url: str, bundle: Bundle) -> None:
        self._url = url
        self.database_url = database_url
        self.simulator = simulator
        self.shelf = Shelf([bundle])
        self.clock = Clock()
        self.staff = simulator.group("Study team", [simulator.person(first_name="Wang")])
        self.store = SqlStore(open_database(database_url), new_id)
        self.called_at: str | None = None
        self.with_cards = False
        self.colleagues: list[Colleague] = []

    async def hire(self, number: int) -> Colleague:
        """Start one more worker; the number makes its name."""
        database = open_database(self.database_url)
        line = open_line(TOKEN, self._url)
        await sign_in(line)
        values: dict[str, Any] = {
            "telegram_api_url": self._url,
            "staff_group_id": self.staff.id if self.staff else None,
            "http_port": 8080 + number,
            "webhook_url": self.called_at,
            "webhook_secret": SECRET,
        }
        store = SqlStore(database, new_id)
        settings = Settings(_env_file=None, **values)
        working = make_worker(line, store, self.shelf, settings, self.clock, with_cards=self.with_cards)
        colleague = Colleague(database, line, working)
        colleague.start(self.database_url)
        self.colleagues.append(colleague)
        return colleague

    def leaders(self) -> list[Colleague]:
        return [colleague for colleague in self.colleagues if colleague.leads]

    async def leader(self) -> Colleague:
        """Wait until somebody leads who is in touch with Telegram."""
        await until(lambda: any(each.worker._presence.there for each in self.leaders()), "nobody leads")
        (leader,) = self.leaders()
        return leader

    async def count(self, what: str) -> int:
        async with self.store.database.reading() as connection:
            return int((await connection.execute(text(f"SELECT count(*) FROM {what}"))).scalar_one())  # noqa: S608 -- ours

    async def all_sent(self) -> None:
        """Wait until nothing is left in the outbox."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while await self.count("outbox WHERE sent_at IS NULL"):
            assert asyncio.get_running_loop().time() < deadline, "something was not sent"
            await asyncio.sleep(0.01)

    async def check_sent_once(self) -> None:
        """Say that what was sent is what was kept to be sent, and that nothing had to be set aside."""
        await self.all_sent()
        calls = [call for call in self.simulator.calls("sendMessage") if call.ok]
        assert len(calls) == await self.count("outbox")
        assert await self.count("quarantine") == 0
        assert await self.count("chats WHERE lease_owner IS NOT NULL OR waiting_since IS NOT NULL") == 0

    async def close(self) -> None:
        for colleague in self.colleagues:
            if colleague._task and not colleague._task.done():
                await colleague.dismiss()
        await self.store.database.close()


@asynccontextmanager
async def team(database_url: str, bundle: Bundle) -> AsyncIterator[Team]:
    """Give a simulator and a database without anybody at work yet; updates are polled for."""
    simulator = Simulator(clock=lambda: datetime.now(UTC))  # noqa: TID251 -- a running bot lives in real time
    async with serve(simulator) as url:
        given = Team(simulator, url, database_url, bundle)
        try:
            yield given
        finally:
            await given.close()


async def story(bot: Team, person: Someone) -> dict[str, Any]:
    """Return all that can be seen of a person's talk, without what differs from run to run."""
    (row,) = await bot.export(person)
    codes = [row["conversation"], row["participant"]]
    passing = {"participant", "conversation", "started_at", "finished_at"}
    return {
        "bot": [_blank(m.text, codes) for m in person.person.messages if m.from_bot],
        "person": [m.text for m in person.person.messages if not m.from_bot],
        "row": {name: value for name, value in row.items() if name not in passing},
        "events": await bot.events(row["conversation"]),
        "alerts": [_blank(line, codes) for line in bot.alerts() if any(code in line for code in codes)],
    }


def _blank(words: str, codes: Sequence[str]) -> str:
    for code in codes:
        words = words.replace(code, "#")
    return words


async def leading(bot: Team, seen: set[int]) -> None:
    """Note for ever how many lead at the same time."""
    while True:
        seen.add(len(bot.leaders()))
        await asyncio.sleep(0.002)


@asynccontextmanager
async def staffed(database_url: str, bundle: Bundle, workers: int) -> AsyncIterator[Team]:
    """Put so many workers behind a webhook; at the end say that nothing was lost, doubled or refused."""
    turns = Turns()
    led: set[int] = set()
    async with team(database_url, bundle) as bot:
        app = create_app(dict, (PATH, Webhook(turns, SECRET).answer))
        async with serving(app, "127.0.0.1", 0) as front:
            bot.called_at = f"{front}{PATH}"
            for number in range(workers):
                turns.team.append((await bot.hire(number)).worker.gatherer)
            await bot.leader()
            watch = asyncio.create_task(leading(bot, led))
            yield bot
            await turns.finish()
            await bot.simulator.settle()
            watch.cancel()
            await asyncio.wait([watch])
            assert led == {1}
            assert len(bot.simulator.calls("setWebhook")) == 1, "only the leader says where to call"
            await bot.check_sent_once()
            assert await bot.count("updates") == len(turns.given), "lost, or taken for new when it was not"
            assert set(turns.given.values()) == {1}, "refused although nothing was wrong"
