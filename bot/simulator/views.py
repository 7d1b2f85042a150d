"""The world as the chat page and tests of any language read it."""

from html import escape

from bot.simulator.bots import Bot
from bot.simulator.calls import Call
from bot.simulator.chats import Button, Chat, Json, Message
from bot.simulator.people import Person
from bot.simulator.world import Simulator


def state_view(world: Simulator) -> Json:
    """Everything but the messages."""
    return {
        "bot": bot_view(world.bot) if world.bots else None,
        "people": [person_view(person) for person in world.people.values()],
        "groups": [group_view(c) for c in world.chats.values() if not c.is_private and c.migrated_to is None],
        "now": world.now.isoformat(),
    }


def bot_view(bot: Bot) -> Json:
    return {
        "id": bot.id,
        "username": bot.user["username"],
        "first_name": bot.user["first_name"],
        "commands": bot.commands_by_language(),
        "description": bot.text("description"),
        "short_description": bot.text("short_description"),
        "descriptions": {lang: text for (name, lang), text in bot.texts.items() if name == "description"},
        "webhook": bot.webhook.url if bot.webhook else None,
        "pending_updates": len(bot.queue.pending()),
    }


def person_view(person: Person) -> Json:
    return {
        "id": person.id,
        "first_name": person.first_name,
        "language_code": person.language_code,
        "blocked": person.has_blocked,
        "started": person.has_started,
        "chat_id": person.chat.id,
    }


def group_view(chat: Chat) -> Json:
    topics = [{"thread_id": t.thread_id, "name": t.name, "closed": t.closed} for t in chat.topics.values()]
    return {
        "id": chat.id,
        "title": chat.title,
        "members": sorted(chat.members),
        "forum": chat.is_forum,
        "topics": topics,
    }


def message_view(message: Message) -> Json:
    """One message; a deleted one keeps its place but shows nothing."""
    shown: Json = {
        "sequence": message.sequence,
        "message_id": message.message_id,
        "from": None if message.is_service else _sender(message),
        "date": int(message.date.timestamp()),
        "kind": message.kind,
        "edited": message.is_reworded,
        "deleted": message.deleted,
        "thread_id": message.thread_id,
    }
    if message.deleted:
        return shown | {"text": "", "entities": [], "html": "", "keyboard": [], "reply_keyboard": None}
    return shown | _content(message)


def _content(message: Message) -> Json:
    rows = [[_button_view(button) for button in row] for row in message.buttons]
    is_reply_markup = message.markup is not None and "inline_keyboard" not in message.markup
    return {
        "text": _service_text(message.content) if message.is_service else message.text,
        "entities": message.entities,
        "html": escape(_service_text(message.content)) if message.is_service else message.html,
        "keyboard": rows,
        "reply_keyboard": message.markup if is_reply_markup else None,
        "reply_to": message.reply_to,
        "reactions": message.reactions,
        "content": message.content,
    }


def messages_view(chat: Chat, after: int) -> list[Json]:
    """What is new or has changed since a sequence number, in the order it changed."""
    changed = [m for m in chat.messages.values() if m.sequence > after]
    return [message_view(m) for m in sorted(changed, key=lambda m: m.sequence)]


def call_view(call: Call) -> Json:
    return {
        "method": call.method,
        "params": call.params,
        "status": call.status,
        "answer": call.answer,
        "at": call.at.isoformat(),
        "bot_id": call.bot_id,
        "unknown": list(call.unknown),
    }


def _sender(message: Message) -> Json:
    return {key: message.sender[key] for key in ("id", "is_bot", "first_name")}


def _button_view(button: Button) -> Json:
    shown = {"text": button.text, "data": button.data, "url": button.url}
    return {key: value for key, value in shown.items() if value is not None}


def _service_text(content: Json) -> str:
    """A service message in words, for the chat page; the bot is given the fields."""
    name, details = next(iter(content.items()))
    words = name.replace("_", " ").capitalize()
    return f"{words}: {details['name']}" if isinstance(details, dict) and "name" in details else words
