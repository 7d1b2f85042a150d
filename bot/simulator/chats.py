"""Chats, forum topics and messages: what the world remembers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from bot.simulator.html_output import to_html

Json: TypeAlias = dict[str, Any]
ChatType = Literal["private", "group", "supergroup"]


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message, as a person sees it."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Message:
    """One message of a chat; `text` holds the caption where there is one."""

    message_id: int
    chat: "Chat"
    sender: Json
    date: datetime
    kind: str = "text"
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    content: Json = field(default_factory=dict)
    markup: Json | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    protected: bool = False
    forward_origin: Json | None = None
    reactions: list[Json] = field(default_factory=list)
    edited_at: datetime | None = None
    is_reworded: bool = False  # a change of the keyboard alone is not shown as an edit
    deleted: bool = False
    sequence: int = 0

    @property
    def from_bot(self) -> bool:
        return bool(self.sender["is_bot"])

    @property
    def is_service(self) -> bool:
        return self.kind == "service"

    @property
    def html(self) -> str:
        """The text as HTML that is safe to show."""
        return to_html(self.text, self.entities)

    @property
    def buttons(self) -> list[list[Button]]:
        """The inline keyboard, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[Button(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows]

    def button(self, label: str) -> Button | None:
        """The first inline button with exactly this label."""
        return next((b for row in self.buttons for b in row if b.text == label), None)


@dataclass(slots=True)
class Topic:
    """A forum topic; its thread id is the id of the service message that opened it."""

    thread_id: int
    name: str
    icon_color: int
    closed: bool = False


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat (its title is the person's name) or a group, with its messages in order of id."""

    id: int
    type: ChatType
    title: str = ""
    is_forum: bool = False
    members: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: int | None = None
    pinned: int | None = None
    manages_topics: bool = True  # whether the bot, an administrator, was given that right

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    def message(self, message_id: int) -> Message | None:
        """The message with this id, unless it was deleted."""
        found = self.messages.get(message_id)
        return None if found is None or found.deleted else found

    def present(self) -> list[Message]:
        """The messages that are still there, oldest first."""
        return [m for m in self.messages.values() if not m.deleted]

    def newest_first(self) -> Iterator[Message]:
        return (m for m in reversed(self.messages.values()) if not m.deleted)

    def reply_keyboard(self) -> Json | None:
        """The reply keyboard on show: the last one sent and not taken away since."""
        for message in self.newest_first():
            markup = message.markup or {}
            if "remove_keyboard" in markup:
                return None
            if "keyboard" in markup:
                return markup
        return None
