"""The simulated Telegram as tests and the chat page use it: people, groups, faults, and what the bot did."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.simulator.bots import ADMINISTRATOR
from bot.simulator.calls import Call
from bot.simulator.chats import Chat
from bot.simulator.faults import Fault, Kind
from bot.simulator.people import Person
from bot.simulator.state import State
from bot.simulator.wire import message_json

_FIRST_PERSON = 1_000_001
_FIRST_GROUP = 4_000_000_001
_FIRST_SUPERGROUP = 1_002_000_000_001
_QUIET = 0.03
_LOOK_EVERY = 0.004


class Simulator(State):
    """A whole Telegram in one object; `Simulator(clock=…)` is all it takes."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        tokens: Collection[str] | None = None,
        bot_name: str = "Doorstep",
        bot_username: str = "doorstep_demo_bot",
        limits: bool = False,
        answer_within: float = 15.0,
    ) -> None:
        super().__init__(
            clock=clock,
            tokens=tokens,
            bot_name=bot_name,
            bot_username=bot_username,
            limits=limits,
            answer_within=answer_within,
        )
        self.people: dict[int, Person] = {}
        self._person_ids = count(_FIRST_PERSON)
        self._group_ids = count(1)

    # People and groups

    def person(self, *, first_name: str = "Mei", language_code: str | None = "en") -> Person:
        """A new person, who has not written to the bot yet."""
        person_id = next(self._person_ids)
        person = Person(world=self, id=person_id, first_name=first_name, language_code=language_code)
        self.people[person_id] = self.profiles[person_id] = person
        self.chats[person_id] = Chat(person_id, "private", first_name, members={person_id})
        self.feed.publish({"state": True})
        return person

    def group(self, title: str, members: Iterable[Person], *, forum: bool = False) -> Chat:
        """A new group with the bot as an administrator; a forum is a supergroup, others are basic groups."""
        number = next(self._group_ids)
        chat_id = -(_FIRST_SUPERGROUP if forum else _FIRST_GROUP) - number
        chat = Chat(chat_id, "supergroup" if forum else "group", title, forum, {p.id for p in members})
        self.chats[chat_id] = chat
        adder = next((self.people[i].user() for i in sorted(chat.members)), self.bot.user)
        self.tell("my_chat_member", self.membership(chat, adder, {"status": "left"}, ADMINISTRATOR), chat)
        self.feed.publish({"state": True})
        return chat

    def migrate(self, chat: Chat) -> Chat:
        """Make a basic group a supergroup, under a new id; the old one answers with `migrate_to_chat_id`."""
        new_id = -_FIRST_SUPERGROUP - next(self._group_ids)
        moved = Chat(new_id, "supergroup", chat.title, members=set(chat.members))
        self.chats[new_id] = moved
        sender = self.people[min(chat.members)].user()
        leaving = self.service(chat, sender, {"migrate_to_chat_id": new_id})
        arriving = self.service(moved, sender, {"migrate_from_chat_id": chat.id})
        chat.migrated_to = new_id
        for message in (leaving, arriving):
            self.tell("message", message_json(message), message.chat)
        self.feed.publish({"state": True})
        return moved

    # Tests

    def calls(self, method: str | None = None) -> list[Call]:
        """The calls bots made, oldest first, of one method or all."""
        return self.journal.by_method(method)

    def fault(self, *, kind: Kind, method: str | None = None, times: int = 1, **details: Any) -> Fault:  # noqa: ANN401 - the other fields of Fault
        """Plan a fault; see `Fault` for the kinds and their details."""
        fault = Fault(kind=kind, method=method, times=times, **details)
        if kind == "outage":
            fault.begins = self.now + timedelta(seconds=fault.after)
        self.faults.planned.append(fault)
        self.signal.fire()
        return fault

    async def settle(self, *, seconds: float = 5.0, quiet: float = _QUIET) -> None:
        """Wait until the bot has confirmed every update, waits for more, and was quiet for a moment."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not self._is_settled(loop.time() - max(quiet, 0.0), began):
            if loop.time() - began > seconds:
                raise TimeoutError(f"the bot did not settle in {seconds} s: {self._unsettled()}")
            await asyncio.sleep(_LOOK_EVERY)

    def _is_settled(self, quiet_since: float, began: float) -> bool:
        listens = self.journal.parked > 0 or self.bot.webhook is not None
        done = self.journal.is_idle and listens and not self.bot.queue.pending()
        return done and max(self.journal.last, began) <= quiet_since

    def _unsettled(self) -> str:
        waiting = [update.kind for update in self.bot.queue.pending()]
        busy = self.journal.in_flight - self.journal.parked
        return f"unconfirmed {waiting}, {busy} calls in flight, {self.journal.parked} polls waiting"
