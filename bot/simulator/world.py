"""The simulated Telegram: one object that holds all state, with no HTTP in it."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.simulator.bots import ADMINISTRATOR, TOKEN, Bot, new_bot
from bot.simulator.calls import Call, Journal
from bot.simulator.chats import Chat, Json, Message
from bot.simulator.errors import ApiError
from bot.simulator.faults import Fault, Faults, Kind
from bot.simulator.feed import Feed
from bot.simulator.files import Files
from bot.simulator.limits import Limits
from bot.simulator.people import Person
from bot.simulator.signals import Signal
from bot.simulator.updates import UpdateQueue
from bot.simulator.wire import chat_json, message_json

_FIRST_PERSON = 1_000_001
_FIRST_GROUP = 4_000_000_001
_FIRST_SUPERGROUP = 1_002_000_000_001
_FIRST_QUERY = 4_000_000_000_000_001
_QUIET = 0.03
_LOOK_EVERY = 0.004


class Simulator:
    """People, chats and bots; nothing here reads a clock or throws dice, so a run repeats exactly."""

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
        """`tokens` are those to accept (None: any well-formed one); `answer_within` is a tap's deadline."""
        self._clock = clock
        self._offset = timedelta()
        self._tokens = None if tokens is None else frozenset(tokens)
        self._ids = {name: count(1) for name in ("message", "sequence", "person", "group", "query")}
        self._names = (bot_name, bot_username)
        self.answer_within = timedelta(seconds=answer_within)
        self.signal = Signal()
        self.feed = Feed()
        self.journal = Journal()
        self.faults = Faults()
        self.limits = Limits(enabled=limits)
        self.files = Files()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.bots: dict[int, Bot] = {}
        self.bot = self._new_bot(bot_name, bot_username)
        self.closing = False
        self.background: dict[int, asyncio.Task[None]] = {}

    # Time

    @property
    def now(self) -> datetime:
        return self._clock() + self._offset

    def advance(self, seconds: float) -> None:
        """Let time pass in this world."""
        self._offset += timedelta(seconds=seconds)
        self.signal.fire()

    # People and groups

    def person(self, *, first_name: str = "Mei", language_code: str | None = "en") -> Person:
        """A new person, who has not written to the bot yet."""
        person = Person(self, _FIRST_PERSON + next(self._ids["person"]), first_name, language_code)
        self.people[person.id] = person
        self.chats[person.id] = Chat(person.id, "private", members={person.id})
        self.feed.publish({"state": True})
        return person

    def group(self, title: str, members: Iterable[Person], *, forum: bool = False) -> Chat:
        """A new group with the bot as an administrator; a forum is a supergroup, others are basic groups."""
        number = next(self._ids["group"])
        chat_id = -(_FIRST_SUPERGROUP if forum else _FIRST_GROUP) - number
        chat = Chat(chat_id, "supergroup" if forum else "group", title, forum, {p.id for p in members})
        self.chats[chat_id] = chat
        adder = next((self.people[i].user() for i in sorted(chat.members)), self.bot.user)
        self.tell("my_chat_member", self.membership(chat, adder, {"status": "left"}, ADMINISTRATOR), chat)
        self.feed.publish({"state": True})
        return chat

    def migrate(self, chat: Chat) -> Chat:
        """Make a basic group a supergroup, under a new id; the old one answers with `migrate_to_chat_id`."""
        new_id = -_FIRST_SUPERGROUP - next(self._ids["group"])
        moved = Chat(new_id, "supergroup", chat.title, members=set(chat.members))
        self.chats[new_id] = moved
        sender = self.people[min(chat.members)].user()
        leaving = self.service(chat, sender, {"migrate_to_chat_id": new_id})
        arriving = self.service(moved, sender, {"migrate_from_chat_id": chat.id})
        chat.migrated_to = new_id
        for message in (leaving, arriving):
            self.tell("message", message_json(self, message), message.chat)
        self.feed.publish({"state": True})
        return moved

    def membership(self, chat: Chat, by: Json, before: Json, after: Json) -> Json:
        """A `my_chat_member` update: how the bot's own place in a chat changed."""
        return {
            "chat": chat_json(self, chat),
            "from": by,
            "date": int(self.now.timestamp()),
            "old_chat_member": {"user": self.bot.user, **before},
            "new_chat_member": {"user": self.bot.user, **after},
        }

    # Messages

    def draft(self, chat: Chat, sender: Json, *, thread_id: int | None = None) -> Message:
        """A message with its number and date, not in its chat yet."""
        number = next(self._ids["message"])
        return Message(message_id=number, chat=chat, sender=sender, date=self.now, thread_id=thread_id)

    def post(self, message: Message) -> Message:
        """Put a message into its chat."""
        message.chat.messages[message.message_id] = message
        self.changed(message)
        return message

    def service(self, chat: Chat, sender: Json, content: Json, *, thread_id: int | None = None) -> Message:
        """Post a service message, such as a topic's opening."""
        message = self.draft(chat, sender, thread_id=thread_id)
        message.kind, message.content = "service", content
        return self.post(message)

    def changed(self, message: Message) -> None:
        """Show a new or changed message to whoever watches its chat."""
        message.sequence = next(self._ids["sequence"])
        self.feed.publish({"chat_id": message.chat.id, "sequence": message.sequence})

    # Bots and updates

    def authenticate(self, token: str) -> Bot:
        """The bot of this token, known from now on; the first token takes what is already queued."""
        known = TOKEN.fullmatch(token) if self._tokens is None or token in self._tokens else None
        if known is None:
            raise ApiError(401, "Unauthorized")
        bot_id = int(known[1])
        bot = self.bots.get(bot_id) or self._claim(bot_id, token)
        if bot.token != token:
            raise ApiError(401, "Unauthorized")
        return bot

    def tell(self, kind: str, payload: Json, chat: Chat) -> None:
        """Queue an update: private chats are with the first bot, groups have every bot in them."""
        bots = [self.bot] if chat.is_private or not self.bots else self.bots.values()
        for bot in bots:
            bot.queue.push(kind, payload, lane=f"chat:{chat.id}")

    def next_query_id(self) -> str:
        return str(_FIRST_QUERY + next(self._ids["query"]))

    def _claim(self, bot_id: int, token: str) -> Bot:
        bot = self.bot if self.bot.token is None else self._new_bot(self._names[0], f"bot{bot_id}_bot")
        bot.claim(token)
        self.bots[bot_id] = bot
        self.feed.publish({"state": True})
        return bot

    def _new_bot(self, name: str, username: str) -> Bot:
        queue = UpdateQueue(lambda: self.now, self.signal.fire)
        return new_bot(queue, first_name=name, username=username)

    # Tests

    def calls(self, method: str | None = None) -> list[Call]:
        """The calls bots made, oldest first, of one method or all."""
        return self.journal.by_method(method)

    def fault(self, *, kind: Kind, method: str | None = None, times: int = 1, **details: Any) -> Fault:  # noqa: ANN401 - the other fields of Fault
        """Plan a fault; see `Fault` for the kinds and their details."""
        fault = Fault(kind=kind, method=method, times=times, **details)
        self.faults.planned.append(fault)
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

    # The end

    def close(self) -> None:
        """End everything that waits: polls, streams, deliveries."""
        self.closing = True
        for task in self.background.values():
            task.cancel()
        self.feed.close()
        self.signal.fire()
