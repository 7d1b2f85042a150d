"""The state of the simulated Telegram, and how it changes; no HTTP and no people's hands in it."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import count

from bot.simulator.bots import TOKEN, Bot, new_bot
from bot.simulator.calls import Journal
from bot.simulator.chats import Chat, Json, Message
from bot.simulator.errors import ApiError
from bot.simulator.faults import Faults
from bot.simulator.feed import Feed
from bot.simulator.files import Files
from bot.simulator.limits import Limits
from bot.simulator.profiles import Profile
from bot.simulator.signals import Signal
from bot.simulator.updates import UpdateQueue
from bot.simulator.wire import chat_json

_FIRST_QUERY = 4_000_000_000_000_001


class State:
    """Chats, messages and bots; nothing here reads a clock or throws dice, so a run repeats exactly."""

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
        self._ids = {name: count(1) for name in ("message", "sequence", "query")}
        self._names = (bot_name, bot_username)
        self.answer_within = timedelta(seconds=answer_within)
        self.signal = Signal()
        self.feed = Feed()
        self.journal = Journal()
        self.faults = Faults()
        self.limits = Limits(enabled=limits)
        self.files = Files()
        self.profiles: dict[int, Profile] = {}
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

    def membership(self, chat: Chat, by: Json, before: Json, after: Json) -> Json:
        """A `my_chat_member` update: how the bot's own place in a chat changed."""
        return {
            "chat": chat_json(chat),
            "from": by,
            "date": int(self.now.timestamp()),
            "old_chat_member": {"user": self.bot.user, **before},
            "new_chat_member": {"user": self.bot.user, **after},
        }

    def next_query_id(self) -> str:
        return str(_FIRST_QUERY + next(self._ids["query"]))

    def _claim(self, bot_id: int, token: str) -> Bot:
        bot = self.bot if self.bot.token is None else self._new_bot(self._names[0], f"bot{bot_id}_bot")
        bot.claim(token)
        self.bots[bot_id] = bot
        self.feed.publish({"state": True})
        return bot

    def _new_bot(self, name: str, username: str) -> Bot:
        queue = UpdateQueue(lambda: self.now, self.signal.fire, self.faults)
        return new_bot(queue, first_name=name, username=username)

    # The end

    def close(self) -> None:
        """End everything that waits: polls, streams, deliveries."""
        self.closing = True
        for task in self.background.values():
            task.cancel()
        self.feed.close()
        self.signal.fire()
