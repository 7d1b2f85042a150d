"""The whole program as `python -m bot run` runs it, people who talk to it, and a fault meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot import app, running
from bot.botapi import polling, presence, sender, worker
from bot.botapi.transport import Transport
from bot.cli.logs import row_of
from bot.content.shelf import Shelf
from bot.settings import Settings
from bot.simulator import Chat, Simulator
from bot.simulator.server import serve
from bot.storage import connections
from bot.storage.database import Database, open_database
from tests.botapi.running import TOKEN
from tests.botapi.test_intake import until
from tests.conftest import shipped
from tests.crash.process import EVERYBODYS
from tests.crash.talker import Talker, cast, check_kept, check_seen, kept
from tests.ports import free_port

SECRET = "letters-digits-and-at-least-32-of-them"
ANSWER = 0.8
"""Seconds that a call to Telegram may take here."""
_WHILE = 0.3
"""Seconds for which /readyz is watched while a fault is on."""
_EARLY = 3

Ready = tuple[int, dict[str, bool]]
WELL: Ready = (200, {"telegram": True, "store": True})


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again after moments instead of seconds, and compile no trial twice."""
    monkeypatch.setattr(polling, "_LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(sender, "_PAUSE", 0.05)
    monkeypatch.setattr(worker, "_TRY_AGAIN", 0.05)
    monkeypatch.setattr(presence, "_PULSE", 0.1)
    monkeypatch.setitem(Transport.__init__.__kwdefaults__ or {}, "timeout", ANSWER)
    impatient = (*connections._PRAGMAS, "PRAGMA busy_timeout=30")
    monkeypatch.setattr(connections, "_PRAGMAS", impatient)
    monkeypatch.setitem(connections._HURRIED, "lock_timeout", "60")
    monkeypatch.setattr(running, "read_shelf", lambda _settings: Shelf([shipped()]))


class Log(logging.Handler):
    """What the program wrote down."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        row = row_of(record)
        self.lines.append(f"{row['event']} {row.get('error')} {row.get('reason')}")

    def count(self, words: str) -> int:
        """Return how many lines hold these words."""
        return sum(words in line for line in self.lines)


@dataclass
class Scene:
    """One program, its Telegram, its database, and the people."""

    simulator: Simulator
    settings: Settings
    staff: Chat
    http: httpx.AsyncClient
    log: Log
    people: list[Talker] = field(default_factory=list)
    database: Database | None = None
    struck: Callable[[], int] = lambda: 0
    """How often the fault was felt so far."""
    _talks: list[asyncio.Task[None]] = field(default_factory=list)
    _program: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the program, and wait until it answers over HTTP."""
        told: list[str] = []

        def note(*address: Any, **more: Any) -> Database:
            self.database = open_database(*address, **more)
            return self.database

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(app, "open_database", note)
            self._program = asyncio.create_task(running.run(self.settings, told.append))
            await until(lambda: len(told) > 1 or self._ended(), "it did not start")

    async def stop(self) -> None:
        """Stop it as an operator would; whatever ended it by itself is raised."""
        assert self._program
        assert not self._ended(), "it ended by itself"
        self._program.cancel()
        async with asyncio.timeout(10):
            await asyncio.gather(self._program, return_exceptions=True)

    def _ended(self) -> bool:
        if self._program and self._program.done():
            self._program.result()
        return bool(self._program and self._program.done())

    def come(self, *talkers: Talker) -> None:
        """Let people begin to talk; each waits for every answer, and says nothing twice."""
        self.people += talkers
        self._talks += [asyncio.create_task(talker.talk()) for talker in talkers]

    async def finish(self) -> None:
        """Wait until everybody has come to the end."""
        await asyncio.gather(*self._talks)
        await self.simulator.settle()

    async def ready(self) -> Ready:
        """Return what /readyz says of what makes it ready; the day of the backup is a note beside it."""
        answer = await self.http.get("/readyz")
        return answer.status_code, {name: answer.json()[name] for name in WELL[1]}

    def sent(self, chat: int, status: int) -> int:
        """Return how many messages to a chat were answered by Telegram like this."""
        calls = self.simulator.calls("sendMessage")
        return sum(call.status == status and call.params["chat_id"] == chat for call in calls)


@asynccontextmanager
async def stage(database_url: str, *, by_webhook: bool = False) -> AsyncIterator[Scene]:
    """Set everything up; the program is not started yet."""
    simulator = Simulator(clock=lambda: datetime.now(UTC))  # noqa: TID251 -- a running bot lives in real time
    staff = simulator.group("Study team", [simulator.person(first_name="Wang")])
    here = f"http://127.0.0.1:{free_port()}"
    async with serve(simulator) as url, httpx.AsyncClient(base_url=here) as http:
        values: dict[str, Any] = {
            "telegram_bot_token": TOKEN,
            "telegram_api_url": url,
            "database_url": database_url,
            "mode": "pilot",  # a demo marks each message
            "encryption_keys": EVERYBODYS,
            "staff_group_id": staff.id,
            "http_port": int(here.rpartition(":")[2]),
        }
        if by_webhook:
            values |= {"webhook_url": f"{here}/telegram", "webhook_secret": SECRET}
        scene = Scene(simulator, Settings(_env_file=None, **values), staff, http, Log())
        logging.getLogger("bot").addHandler(scene.log)
        try:
            yield scene
        finally:
            logging.getLogger("bot").removeHandler(scene.log)
            for talk in scene._talks:
                talk.cancel()
            await scene.stop()


Strike = Callable[[Scene], AbstractAsyncContextManager[None]]
"""Makes something go wrong until the block ends; sets `struck` of the scene."""


@dataclass(frozen=True)
class Fault:
    """One fault as docs/faults.md names it, and what /readyz must say while it is on."""

    name: str
    strike: Strike
    false: frozenset[str] = frozenset()
    """The fields of /readyz that are false meanwhile."""
    by_webhook: bool = False
    before_start: bool = False
    comes_and_goes: bool = False
    """Whether /readyz says so again and again rather than all the time."""
    often: int = 3
    """How often it is felt before it ends."""

    def __str__(self) -> str:
        return self.name

    def shown(self) -> Ready:
        """Return what /readyz says while this is on."""
        fields = {name: name not in self.false for name in WELL[1]}
        return (503 if self.false else 200), fields


async def live_through(scene: Scene, fault: Fault, calm: Sequence[Sequence[str]]) -> None:
    """Let people talk before, during and after a fault, and look at what came of it."""
    *early, late = cast(scene.simulator, _EARLY + 1)
    if not fault.before_start:
        await scene.start()
        assert await comes(scene, WELL), await scene.ready()
        scene.come(*early)
        await until(lambda: all(len(talker.said) > 1 for talker in early), "nobody was heard")
    async with fault.strike(scene):
        if fault.before_start:
            await scene.start()
            scene.come(*early)
        scene.come(late)
        await until(lambda: scene.struck() >= fault.often, "the fault was not felt: this shows nothing")
        await _watch(scene, fault)
        if "store" in fault.false and not fault.comes_and_goes:
            assert not late.texts, "somebody was answered whose words were not kept"
    await scene.finish()
    assert await comes(scene, WELL), await scene.ready()
    await check_everything(scene, calm)


async def _watch(scene: Scene, fault: Fault) -> None:
    assert await comes(scene, fault.shown()), await scene.ready()
    loop = asyncio.get_running_loop()
    ends = loop.time() + _WHILE
    while loop.time() < ends and not fault.comes_and_goes:
        said = await scene.ready()
        assert said == fault.shown(), said
        await asyncio.sleep(0.02)


async def comes(scene: Scene, wanted: Ready) -> bool:
    """Say whether /readyz comes to say this within some seconds."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + 15
    while loop.time() < ends:
        if await scene.ready() == wanted:
            return True
        await asyncio.sleep(0.02)
    return False


async def check_everything(scene: Scene, calm: Sequence[Sequence[str]]) -> None:
    """All that was said is kept once, and everybody saw every message in order."""
    rows = await kept(scene.settings.database_url)
    assert len(rows) == len(scene.people)
    for talker, undisturbed in zip(scene.people, calm, strict=False):
        check_kept(rows[talker.code], talker)
        check_seen(talker, undisturbed)
