"""The whole bot over HTTP: python-telegram-bot against the simulator, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import new_id
from bot.botapi.line import open_line
from bot.botapi.profile import sign_in
from bot.botapi.worker import Worker
from bot.content.bundle import Bundle
from bot.content.shelf import Edition, Shelf
from bot.domain.events import AnswerRecorded
from bot.running import make_worker
from bot.service.export import export_row
from bot.settings import Settings
from bot.simulator import Chat, Message, Person, Simulator
from bot.simulator.server import serve
from bot.storage.database import open_database
from bot.storage.migrate import prepare
from bot.storage.reading import conversations, events_of
from bot.storage.store import SqlStore

TOKEN = "1000000001:AAE-made-up-token-for-tests"
PATIENCE = 20.0
"""Seconds a test waits for an answer before it says what it saw instead."""


class Clock:
    """A clock that can be set forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead  # noqa: TID251 -- a test of the running bot lives in real time

    def advance(self, span: timedelta) -> None:
        """Let time pass."""
        self._ahead += span


class Books:
    """What can be looked up about a bot: what it keeps in its store, and what staff got."""

    store: SqlStore
    shelf: Shelf
    simulator: Simulator
    staff: Chat | None = None

    async def export(self, person: Someone) -> list[dict[str, Any]]:
        """Return what is exported of one person's conversations, by the codes in their buttons."""
        rows: list[dict[str, Any]] = []
        async for row in conversations(self.store, with_events=False):
            if row.conversation.id in person.codes():
                edition = await self._edition(row.conversation.content_hash)
                rows.append(
                    export_row(edition.trial, row.conversation, row.participant_code, with_answers=True)
                )
        return rows

    async def _edition(self, content_hash: str) -> Edition:
        known = self.shelf.known(content_hash)
        if known:
            return known
        async with self.store.transaction() as transaction:
            bodies = await transaction.editions([content_hash])
        return self.shelf.remember(content_hash, bodies[content_hash])

    async def answers_recorded(self, person: Someone, question: str) -> int:
        """Return how many versions of an answer the audit trail of the last conversation holds."""
        history = await events_of(self.store, person.codes()[-1])
        return sum(isinstance(event, AnswerRecorded) and event.question == question for event in history)

    def alerts(self) -> list[str]:
        """Return the lines that staff got."""
        assert self.staff is not None
        return [message.text for message in self.staff.messages.values() if message.from_bot]

    async def events(self, conversation: str) -> list[str]:
        """Return the kinds of what is kept of a conversation's events."""
        return [type(event).__name__ for event in await events_of(self.store, conversation)]


class Running(Books):
    """One bot with its simulator and its database; it can be stopped and started."""

    def __init__(self, url: str, simulator: Simulator, database_url: str, bundle: Bundle) -> None:
        self._url = url
        self._database_url = database_url
        self._task: asyncio.Task[None] | None = None
        self.with_cards = False
        self.simulator = simulator
        self.bundle = bundle
        self.clock = Clock()

    async def start(self) -> None:
        """Start the bot on its database."""
        database = open_database(self._database_url)
        self.store = SqlStore(database, new_id)
        line = open_line(TOKEN, self._url)
        await sign_in(line)
        if self.staff is None:
            self.staff = self.simulator.group("Study team", [self.simulator.person(first_name="Wang")])
        self.shelf = Shelf([self.bundle])
        settings = Settings(_env_file=None, telegram_api_url=self._url, staff_group_id=self.staff.id)
        self.worker: Worker = make_worker(
            line, self.store, self.shelf, settings, self.clock, with_cards=self.with_cards
        )

        async def work() -> None:
            try:
                await self.worker.run()
            finally:
                await line.shutdown()
                await database.close()

        self._task = asyncio.create_task(work())

    async def stop(self) -> None:
        """Stop the bot between two moments, as an operator would."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def restart(self) -> None:
        """Stop and start."""
        await self.stop()
        await self.start()


class Someone:
    """A person with the simulator's phone, who waits for the answer to each thing they do."""

    def __init__(self, person: Person) -> None:
        self.person = person

    async def say(self, text: str) -> Message:
        """Type something, and return the newest message with buttons after it."""
        return await self.after(lambda: self.person.send(text))

    async def tap(self, label: str) -> Message:
        """Tap the newest button of that label."""
        return await self.after(lambda: self.person.tap(label))

    async def after(self, act: Callable[[], object]) -> Message:
        """Do something, and return the first message with buttons that comes after it."""
        seen = len(self.person.messages)
        act()
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            fresh = [message for message in self.person.messages[seen:] if message.from_bot]
            if fresh and fresh[-1].buttons:
                return fresh[-1]
            await asyncio.sleep(0.003)
        raise AssertionError(f"no answer; last: {self.person.messages[-1].text!r}")

    def newest(self) -> Message:
        """Return the newest message of the bot."""
        return [message for message in self.person.messages if message.from_bot][-1]

    def codes(self) -> list[str]:
        """Return the codes of this person's conversations, oldest first."""
        data = [
            button.data
            for message in self.person.messages
            for row in message.buttons
            for button in row
            if button.data
        ]
        return list(dict.fromkeys(token.partition(".")[0] for token in data))


@asynccontextmanager
async def running(folder: Path, bundle: Bundle) -> AsyncIterator[Running]:
    """Run a bot and its simulator on a fresh database in this folder."""
    database_url = f"sqlite+aiosqlite:///{folder / 'bot.sqlite3'}"
    await prepare(database_url)
    simulator = Simulator(clock=lambda: datetime.now(UTC))  # noqa: TID251 -- see Clock
    async with serve(simulator) as url:
        bot = Running(url, simulator, database_url, bundle)
        await bot.start()
        try:
            yield bot
        finally:
            await bot.stop()
