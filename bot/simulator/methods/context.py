"""What every method is given, and the look-ups most of them begin with."""

from dataclasses import dataclass
from datetime import timedelta

from bot.simulator.bots import Bot
from bot.simulator.chats import Chat, Json, Message
from bot.simulator.errors import bad_request, forbidden
from bot.simulator.markup import check_markup
from bot.simulator.schema import Arguments, read_int
from bot.simulator.wire import message_json
from bot.simulator.world import Simulator

DELETE_LIFE = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Context:
    """One call: who asks, with what, in which world."""

    world: Simulator
    bot: Bot
    args: Arguments

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat named by a parameter, readable by the bot."""
        chat_id = self.args.values.get(name)
        if chat_id is None:
            raise bad_request("chat_id is empty")
        chat = self.world.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def writable_chat(self, name: str = "chat_id") -> Chat:
        """As `chat`, refused where the bot may not write."""
        chat = self.chat(name)
        if chat.migrated_to is not None:
            reason = "group chat was upgraded to a supergroup chat"
            raise bad_request(reason, migrate_to_chat_id=chat.migrated_to)
        if chat.is_private:
            self._check_person(chat.id)
        return chat

    def _check_person(self, person_id: int) -> None:
        person = self.world.profiles[person_id]
        if person.is_deactivated:
            raise forbidden("user is deactivated")
        if person.has_blocked:
            raise forbidden("bot was blocked by the user")
        if not person.has_started:
            raise forbidden("bot can't initiate conversation with a user")

    def message(self, chat: Chat, what: str) -> Message:
        """The message named by `message_id`; `what` names it in the refusal, as Telegram does."""
        message = chat.message(self.args.number("message_id"))
        if message is None:
            raise bad_request(f"{what} not found")
        return message

    def thread(self, chat: Chat) -> int | None:
        """The forum topic to write in; none is the general one."""
        thread_id = self.args.number("message_thread_id")
        if not thread_id:
            return None
        if thread_id not in chat.topics:
            raise bad_request("message thread not found")
        return thread_id

    def reply_target(self, chat: Chat) -> int | None:
        """The message this one answers, by `reply_parameters` or the older parameter."""
        asked = self.args.json("reply_parameters")
        if asked is not None and not isinstance(asked, dict):
            raise bad_request("object expected as reply parameters")
        wanted = asked or {"message_id": self.args.number("reply_to_message_id")}
        target = read_int(wanted.get("message_id"))
        if not target or chat.message(target) is not None:
            return target or None
        if wanted.get("allow_sending_without_reply") or self.args.flag("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

    def draft(self) -> Message:
        """A message of the bot's, with everything the sending methods have in common."""
        markup = check_markup(self.args.json("reply_markup"))
        chat = self.writable_chat()
        message = self.world.draft(chat, self.bot.user, thread_id=self.thread(chat))
        message.markup = markup
        message.reply_to = self.reply_target(chat)
        message.protected = self.args.flag("protect_content")
        return message

    def post(self, message: Message) -> Json:
        """Send a drafted message and show it as Telegram answers it."""
        return message_json(self.world.post(message))

    def is_too_old_to_delete(self, message: Message) -> bool:
        return self.world.now - message.date >= DELETE_LIFE
