"""The bot's process: it lives, dies at any await, and is started again on the same file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from random import Random  # noqa: TID251 -- repeatable chance is what the simulation is about
from unittest.mock import patch

from bot import app, running
from bot.botapi import cards
from bot.botapi.line import Line
from bot.botapi.profile import sign_in
from bot.content.console_words import read_console_words, read_staff_words
from bot.content.shelf import Shelf
from bot.domain.errors import DoorstepError
from bot.settings import PUBLIC_API, Settings
from bot.storage.database import open_database
from bot.storage.store import SqlStore
from tests.conftest import shipped
from tests.simulation.disk import Disk
from tests.simulation.figures import Figures
from tests.simulation.telegram import Watcher
from tests.simulation.virtual import seconds
from tests.simulation.wire import Wire

TOKEN = "1000000001:AAE-made-up-token-for-tests"
_RESTART = 5.0
_LONGEST_STOP = 120.0
_CONSOLE_WORDS, _STAFF_WORDS = cache(read_console_words), cache(read_staff_words)
"""Read once, not by each worker that comes to life."""
_LOOK = 20.0
"""Seconds between two looks for cards that are due: each costs as much as a turn."""


@contextmanager
def wired(chance: Random) -> Iterator[Callable[[], str]]:
    """Let the composition root take its clock and its chance from the simulation."""

    def new_id() -> str:
        return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=8))

    with (
        patch.object(running, "monotonic", seconds),
        patch.object(app, "new_id", new_id),
        patch.object(cards, "_LOOK", _LOOK),
        patch.object(running, "read_console_words", _CONSOLE_WORDS),
        patch.object(running, "read_staff_words", _STAFF_WORDS),
    ):
        yield new_id


@dataclass(slots=True)
class Life:
    """One worker after another."""

    url: str
    disk: Disk
    watcher: Watcher
    new_wire: Callable[[], Wire]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    figures: Figures
    public: bool = False
    """Talks to Telegram's own address, and so keeps Telegram's limits by itself."""
    staff_group: int | None = None
    """Where the study team is, if there is one."""
    down_for: float = _RESTART
    _wire: Wire | None = None
    _running: asyncio.Task[None] | None = None
    _dying: bool = False
    _ended: bool = field(default=False)

    async def run(self) -> None:
        """Start, and start again, until `end`."""
        while not self._ended:
            await self._once()
            if not self._ended:
                await asyncio.sleep(self.down_for)
                self.down_for = _RESTART

    def die(self, *, at_once: bool, down_for: float) -> None:
        """Die here: killed, with nothing more done; or told to stop, which takes its time."""
        if self._running is None or self._dying:
            return
        self._dying = True
        self.down_for = down_for
        self.watcher.interruptions += 1
        self.figures.counts["deaths"] += 1
        if at_once and self._wire:
            self._wire.is_cut = True
            self.disk.unplug()
        self._running.cancel()

    async def end(self) -> None:
        self._ended = True
        if self._running:
            self._running.cancel()

    async def _once(self) -> None:
        self._dying = False
        self._wire = self.new_wire()
        self._running = asyncio.create_task(self._work(self._wire))
        while not self._running.done() and not self._dying and not self._ended:
            await asyncio.wait([self._running], timeout=1.0)
        _, left = await asyncio.wait([self._running], timeout=_LONGEST_STOP)
        self.figures.holds(not left, "told to stop, and did not")
        self._say_why(self._running)
        self._running = None

    def _say_why(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or not task.done():
            return
        error = task.exception()  # of one that was killed it says nothing
        if self._dying:
            return
        self.watcher.interruptions += 1
        self.figures.counts["exits"] += 1
        self.figures.holds(isinstance(error, DoorstepError), "ended by itself:", repr(error))

    async def _work(self, wire: Wire) -> None:
        database = open_database(self.url)
        line = Line(
            TOKEN,
            base_url="http://inside/bot",
            base_file_url="http://inside/file/bot",
            request=wire,
            get_updates_request=wire,
        )
        try:
            await sign_in(line)
            store = SqlStore(database, self.new_id)
            settings = Settings(
                _env_file=None,
                telegram_api_url=PUBLIC_API if self.public else "http://inside",
                staff_group_id=self.staff_group,
            )
            shelf = Shelf([shipped()])
            await running.make_worker(line, store, shelf, settings, self.clock, with_cards=True).run()
        finally:
            with suppress(Exception):
                await line.shutdown()
            await database.close()
            self.disk.unplug()
