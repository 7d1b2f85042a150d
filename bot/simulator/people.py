"""People: what each of them can do in a Telegram client, and what the bot hears of it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from bot.simulator.attachments import WITH_CAPTION, AttachmentKind, attachment
from bot.simulator.bots import Query
from bot.simulator.chats import Chat, Json, Message
from bot.simulator.errors import PersonError
from bot.simulator.formatting import with_detected
from bot.simulator.profiles import Profile
from bot.simulator.state import State
from bot.simulator.wire import chat_json, message_json


@dataclass(slots=True, eq=False, kw_only=True)
class Person(Profile):
    """One person with a private chat with the bot; each verb is a step in a Telegram client."""

    world: State = field(repr=False)

    @property
    def chat(self) -> Chat:
        """The private chat with the bot."""
        return self.world.chats[self.id]

    @property
    def messages(self) -> list[Message]:
        """What the private chat shows now, oldest first."""
        return self.chat.present()

    def send(
        self,
        text: str,
        *,
        chat_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> Message:
        """Write a message, in the private chat or in a group of theirs."""
        message = self._new_message(chat_id, thread_id)
        message.text, message.entities = text, with_detected(text, [])
        message.reply_to = reply_to
        return self._post(message)

    def start(self, payload: str = "") -> Message:
        """Press Start, or open a deep link with this payload."""
        return self.send(f"/start {payload}" if payload else "/start")

    def attach(
        self, kind: AttachmentKind, caption: str | None = None, *, chat_id: int | None = None
    ) -> Message:
        """Send a photo, a voice message, the own contact and so on."""
        message = self._new_message(chat_id, None)
        message.kind, message.content = kind, attachment(kind, self, self.world.files)
        if caption and kind in WITH_CAPTION:
            message.text, message.entities = caption, with_detected(caption, [])
        return self._post(message)

    def edit(self, message_id: int, text: str, *, chat_id: int | None = None) -> Message:
        """Change the text of an own message."""
        message = self._message(message_id, chat_id)
        if message.sender["id"] != self.id:
            raise PersonError(f"message {message_id} is not by {self.first_name}")
        message.text, message.entities = text, with_detected(text, [])
        message.edited_at, message.is_reworded = self.world.now, True
        self.world.changed(message)
        self.world.tell("edited_message", message_json(message), message.chat)
        return message

    def tap(self, label: str, *, chat_id: int | None = None) -> str | None:
        """Tap the newest button with this label and return the id of the callback query, if it makes one."""
        chat = self._chat(chat_id)
        for message in chat.newest_first():
            if message.button(label) is not None:
                return self.tap_label(message.message_id, label, chat_id=chat.id)
        keys = [key for row in (chat.reply_keyboard() or {}).get("keyboard", []) for key in row]
        for key in keys:
            if key["text"] == label:
                self._press_key(key, chat)
                return None
        there = [b.text for m in chat.present() for row in m.buttons for b in row] + [k["text"] for k in keys]
        raise PersonError(f"no button {label!r}; there are {there}")

    def tap_label(self, message_id: int, label: str, *, chat_id: int | None = None) -> str | None:
        """Tap the button with this label under this message."""
        button = self._message(message_id, chat_id).button(label)
        if button is None:
            raise PersonError(f"message {message_id} has no button {label!r}")
        if button.url is not None:
            self._open_link(button.url)
            return None
        if button.data is None:
            raise PersonError(f"the simulator cannot press a button of the kind of {label!r}")
        return self.tap_data(message_id, button.data, chat_id=chat_id)

    def tap_data(self, message_id: int, data: str, *, chat_id: int | None = None) -> str:
        """Send a callback query with any data at all, as a forged client could; returns its id."""
        chat = self._chat(chat_id)
        message = chat.messages.get(message_id)
        if message is None:
            raise PersonError(f"there is no message {message_id}")
        bot = self.world.bots.get(message.sender["id"], self.world.bot)
        query_id = self.world.next_query_id()
        bot.queries[query_id] = Query(self.id, self.world.now)
        payload = {
            "id": query_id,
            "from": self.user(),
            "message": self._tapped(message),
            "chat_instance": str(7919 * abs(chat.id)),
            "data": data,
        }
        bot.queue.push("callback_query", payload, lane=f"tap:{self.id}")
        return query_id

    def rename(self, first_name: str) -> None:
        """Take another name; earlier messages keep the old one."""
        self.first_name = self.chat.title = first_name

    def block(self) -> None:
        """Stop the bot: it hears so, and its messages are refused from now on."""
        if not self.has_blocked:
            self.has_blocked = True
            self.world.tell("my_chat_member", self._membership("member", "kicked"), self.chat)
            self.world.feed.publish({"state": True})

    def unblock(self) -> None:
        """Let the bot write again."""
        if self.has_blocked:
            self.has_blocked = False
            self.world.tell("my_chat_member", self._membership("kicked", "member"), self.chat)
            self.world.feed.publish({"state": True})

    def deactivate(self) -> None:
        """Delete the account: the bot is not told, and can no longer write."""
        self.is_deactivated = True

    def _chat(self, chat_id: int | None) -> Chat:
        chat = self.world.chats.get(self.id if chat_id is None else chat_id)
        if chat is None or self.id not in chat.members:
            raise PersonError(f"{self.first_name} is in no chat {chat_id}")
        if chat.is_private and self.has_blocked:
            raise PersonError(f"{self.first_name} has blocked the bot; unblock it first")
        return chat

    def _message(self, message_id: int, chat_id: int | None) -> Message:
        message = self._chat(chat_id).message(message_id)
        if message is None:
            raise PersonError(f"there is no message {message_id}")
        return message

    def _new_message(self, chat_id: int | None, thread_id: int | None) -> Message:
        chat = self._chat(chat_id)
        if chat.migrated_to is not None:
            raise PersonError(f"group {chat.id} became {chat.migrated_to}")
        if thread_id is not None and thread_id not in chat.topics:
            raise PersonError(f"there is no topic {thread_id}")
        return self.world.draft(chat, self.user(), thread_id=thread_id)

    def _post(self, message: Message) -> Message:
        if message.chat.is_private:
            self.has_started = True
        self.world.post(message)
        self.world.tell("message", message_json(message), message.chat)
        return message

    def _press_key(self, key: Json, chat: Chat) -> None:
        if key.get("request_contact"):
            self.attach("contact", chat_id=chat.id)
        elif key.get("request_location"):
            self.attach("location", chat_id=chat.id)
        else:
            self.send(key["text"], chat_id=chat.id)

    def _open_link(self, url: str) -> None:
        """A link to this bot starts it; any other link leaves Telegram, and the bot hears nothing."""
        link = urlsplit(url if "://" in url else f"https://{url}")
        if (
            link.hostname in {"t.me", "telegram.me"}
            and link.path.strip("/") == self.world.bot.user["username"]
        ):
            self.start(parse_qs(link.query).get("start", [""])[0])

    def _tapped(self, message: Message) -> Json:
        """A deleted message still names its chat, with the date 0 that marks it as out of reach."""
        if message.deleted:
            return {"chat": chat_json(message.chat), "message_id": message.message_id, "date": 0}
        return message_json(message)

    def _membership(self, before: str, after: str) -> Json:
        return self.world.membership(self.chat, self.user(), _member(before), _member(after))


def _member(status: str) -> Json:
    return {"status": status} | ({"until_date": 0} if status == "kicked" else {})
