"""A test speaks as the participant: what they type and tap, and what stands on their phone afterwards.

Everything goes through the real use cases and a real database, and each update is delivered twice.
"""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.botapi.updates import read
from bot.content.bundle import Bundle
from bot.content.shelf import Shelf
from bot.domain.case_actions import Action, Answer, Claim, Decide, EndTalk, Undo
from bot.domain.case_events import Decision
from bot.domain.events import Event
from bot.domain.review import Case
from bot.domain.staff import OPERATOR, Role, Staff
from bot.service.export import export_row
from bot.service.handled import Handled
from bot.service.message import Message
from bot.service.ports import Arrival
from bot.service.register import add_staff
from bot.service.review import Office, act
from bot.service.review_ports import Filters
from bot.service.review_reading import queue
from bot.service.review_views import QueueRow
from bot.service.screening import Desks, handle, keep_offered
from bot.service.sending import Queued, Sent, Settled
from bot.service.timers import polled, run_due
from bot.storage.database import Database, open_database
from bot.storage.migrate import prepare
from bot.storage.outbox import SqlOutbox
from bot.storage.reading import conversations, events_of
from bot.storage.store import SqlStore
from tests.conftest import NOW

BOT = 1000000001
STAFF = -1001234567890
LEASE = timedelta(minutes=1)


@dataclass(slots=True)
class Phone:
    """One person's phone: their language, and the messages on it."""

    id: int
    language: str | None = "en"
    messages: list[Message] = field(default_factory=list)

    @property
    def newest(self) -> str:
        """The last message, as plain text."""
        return plain(self.messages[-1])

    def labels(self) -> list[str]:
        """The labels of the last message's buttons."""
        return [button.label for row in self.messages[-1].rows for button in row]

    @property
    def keys(self) -> list[str]:
        """The labels of the keys that stand in the place of the keyboard."""
        shown = next((each for each in reversed(self.messages) if each.keys or each.clears), None)
        return [key.label for row in shown.keys for key in row] if shown else []

    def token(self, label: str) -> str:
        """The token behind the newest button of that label."""
        for message in reversed(self.messages):
            for row in message.rows:
                for button in row:
                    if button.label == label and button.token:
                        return button.token
        raise AssertionError(f"no button {label!r}; newest: {self.labels()}")


def plain(message: Message) -> str:
    """Return what a person sees of a message."""
    return html.unescape(re.sub(r"</?[a-z][^>]*>", "", message.html))


class World:
    """The bot without a network, its database, and the people who write to it."""

    def __init__(self, database: Database, bundle: Bundle, now: datetime = NOW) -> None:
        self.now = now
        self.bundle = bundle
        ids = count(1)
        self._numbers = count(500)
        self.store = SqlStore(database, lambda: f"{next(ids):08d}")
        self.outbox = SqlOutbox(database, "sole")
        self.staff = Phone(STAFF)
        self.phones: dict[int, Phone] = {STAFF: self.staff}
        self.desks = Desks(self.store, Shelf([bundle]), lambda: f"{next(self._numbers):08d}", STAFF)
        self.office = Office(self.desks, self.store)
        self._colleagues: dict[str, Staff] = {}

    def phone(self, language: str | None = "en", number: int = 7) -> Phone:
        """Return the phone of one more person."""
        return self.phones.setdefault(number, Phone(number, language))

    async def send(self, phone: Phone, text: str) -> list[Handled]:
        """Type something."""
        return await self._deliver({"message": _message(phone, self.now, text=text)})

    async def attach(self, phone: Phone, caption: str | None = None) -> list[Handled]:
        """Send a photo."""
        photo = [{"file_id": "p", "file_unique_id": "u", "width": 1, "height": 1}]
        return await self._deliver({"message": _message(phone, self.now, photo=photo, caption=caption)})

    async def share(self, phone: Phone, whose: str = "") -> list[Handled]:
        """Send a contact: one's own by the button, or `other`, `unknown`, or one's own `forwarded`."""
        owner = {"other": phone.id + 1, "unknown": None}.get(whose, phone.id)
        contact = {"phone_number": "8613800138000", "first_name": "Anna", "user_id": owner}
        known = {name: value for name, value in contact.items() if value is not None}
        origin = {"type": "user", "date": int(self.now.timestamp()), "sender_user": _user(phone)}
        forwarded = origin if whose == "forwarded" else None
        return await self._deliver(
            {"message": _message(phone, self.now, contact=known, forward_origin=forwarded)}
        )

    async def edit(self, phone: Phone, text: str) -> list[Handled]:
        """Edit an earlier message."""
        return await self._deliver({"edited_message": _message(phone, self.now, text=text)})

    async def tap(self, phone: Phone, label: str, message: int | None = None) -> list[Handled]:
        """Tap the newest button of that label, under the message of that number where it is given."""
        return await self.forge(phone, phone.token(label), message)

    async def forge(self, phone: Phone, data: str, message: int | None = None) -> list[Handled]:
        """Send a tap with any data, as a client can."""
        tap = {"id": "1", "from": _user(phone), "chat_instance": "1", "data": data}
        if message is not None:
            tap["message"] = {**_message(phone, self.now, text="…"), "message_id": message}
        return await self._deliver({"callback_query": tap})

    async def colleague(self, name: str = "Wang", *roles: Role, sees_identity: bool = False) -> Staff:
        """Return a member of the study team, a coordinator unless said otherwise."""
        if name not in self._colleagues:
            self._colleagues[name] = await add_staff(
                self.office,
                name,
                roles or [Role.COORDINATOR],
                telegram_id=None,
                sees_identity=sees_identity,
                by=OPERATOR,
                now=self.now,
            )
        return self._colleagues[name]

    async def cases(self, **wanted: Any) -> list[QueueRow]:
        """Return what stands in the queue."""
        wang = await self.colleague()
        return list((await queue(self.office, Filters(**wanted), wang.id, now=self.now)).rows)

    async def act(self, action: Action, case: str | None = None, name: str = "Wang") -> Case:
        """Let a member of staff do something, to the first case in the queue unless said otherwise."""
        self.now += timedelta(seconds=5)
        who = await self.colleague(name)
        about = case or (await self.cases())[0].case
        moved = await act(self.office, about, action, who.id, now=self.now)
        await self._drain()
        return moved

    async def staff_do(self, said: str) -> None:
        """Do what a line of a golden conversation says."""
        what, _, rest = said.partition(" ")
        about = (await self.cases(resolved=what == "undo"))[0].case
        actions: dict[str, Action] = {
            "answer": Answer(snippet=rest),
            "end": EndTalk(),
            "claim": Claim(),
            "undo": Undo(rest),
        }
        await self.act(Decide(Decision(rest)) if what == "decide" else actions[what], about)

    async def wait(self, span: timedelta) -> None:
        """Let time pass; whatever becomes due meanwhile is done."""
        self.now += span
        await run_due(self.desks, now=self.now)
        await self._drain()

    async def redeploy(self, bundle: Bundle) -> None:
        """Start the bot anew with another edition on offer: nothing of before is at hand but the store."""
        self.bundle = bundle
        self.desks = Desks(self.store, Shelf([bundle]), self.desks.new_id, STAFF)
        await keep_offered(self.desks, now=self.now)

    async def absence(self, span: timedelta) -> int:
        """Let the bot be away for a while; return how many people were asked again."""
        await polled(self.desks, now=self.now)
        self.now += span
        asked = await polled(self.desks, now=self.now)
        assert await polled(self.desks, now=self.now) == 0, "asked again twice"
        await self._drain()
        return asked

    async def exported(self, *, with_answers: bool = True) -> list[dict[str, Any]]:
        """Return what is exported of every conversation, in order of opening."""
        rows = []
        async for row in conversations(self.store, with_events=False):
            edition = self.desks.editions.known(row.conversation.content_hash)
            if edition is None:
                async with self.store.transaction() as transaction:
                    bodies = await transaction.editions([row.conversation.content_hash])
                edition = self.desks.editions.remember(
                    row.conversation.content_hash, bodies[row.conversation.content_hash]
                )
            rows.append(
                export_row(
                    edition.trial,
                    row.conversation,
                    row.participant_code,
                    row.case,
                    with_answers=with_answers,
                )
            )
        return rows

    async def events(self, conversation: str) -> list[Event]:
        """Return what is kept of a conversation's events."""
        return await events_of(self.store, conversation)

    async def _deliver(self, body: dict[str, Any]) -> list[Handled]:
        self.now += timedelta(seconds=5)
        meant = read({"update_id": next(self._numbers), **body}, BOT)
        assert isinstance(meant, tuple)
        arrival: Arrival = meant[0]
        handled = await handle([arrival], self.desks, now=self.now)
        again = await handle([arrival], self.desks, now=self.now)
        assert again == [], "the same update acted twice"
        await self._drain()
        return handled

    async def _drain(self) -> None:
        for queued in await self.sent():
            self.phones[queued.chat].messages.append(queued.message)

    async def sent(self) -> list[Queued]:
        """Take everything from the outbox as if Telegram had taken it, in order."""
        taken: list[Queued] = []
        settled: list[Settled] = []
        released: list[str] = []
        while True:
            claimed = await self.outbox.exchange(settled, released, self.now, lease=LEASE, limit=100)
            if not claimed:
                return taken
            taken.extend(claimed)
            settled = [Sent(each.id, passing=each.message.passing) for each in claimed]
            released = list({queued.chat_row for queued in claimed})


@asynccontextmanager
async def open_world(folder: Path, bundle: Bundle) -> AsyncIterator[World]:
    """Open a world on a fresh database in this folder."""
    url = f"sqlite+aiosqlite:///{folder / 'world.sqlite3'}"
    await prepare(url)
    database = open_database(url)
    world = World(database, bundle)
    await keep_offered(world.desks, now=world.now)
    try:
        yield world
    finally:
        await database.close()


def _user(phone: Phone) -> dict[str, Any]:
    user: dict[str, Any] = {"id": phone.id, "is_bot": False, "first_name": "Anna"}
    if phone.language:
        user["language_code"] = phone.language
    return user


def _message(phone: Phone, now: datetime, **content: Any) -> dict[str, Any]:
    return {
        "message_id": 1,
        "date": int(now.timestamp()),
        "chat": {"id": phone.id, "type": "private", "first_name": "Anna"},
        "from": _user(phone),
        **{name: value for name, value in content.items() if value is not None},
    }
