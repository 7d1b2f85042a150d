"""Chats, their members, forum topics and files."""

from bot.simulator.bots import ADMINISTRATOR
from bot.simulator.chats import Chat, Json, Topic
from bot.simulator.errors import bad_request
from bot.simulator.methods.context import Context
from bot.simulator.utf16 import units
from bot.simulator.wire import chat_json, message_json, topic_json

_LONGEST_TOPIC = 128
_COLOURS = frozenset({7322096, 16766590, 13338331, 9367192, 16749490, 16478047})
_FIRST_COLOUR = 7322096
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_chat(call: Context) -> Json:
    chat = call.chat()
    info = chat_json(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    pinned = chat.message(chat.pinned) if chat.pinned else None
    return info | ({"pinned_message": message_json(pinned)} if pinned else {})


def get_chat_member(call: Context) -> Json:
    chat = call.chat()
    user_id = call.args.number("user_id")
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    if user_id == call.bot.id:
        return {"user": call.bot.user, **({"status": "member"} if chat.is_private else ADMINISTRATOR)}
    person = call.world.profiles.get(user_id)
    if person is None:
        raise bad_request("user not found")
    return {"user": person.user(), "status": "member" if user_id in chat.members else "left"}


def create_forum_topic(call: Context) -> Json:
    """Open a topic; its service message gives it its id."""
    chat = _forum(call)
    name = _name(call)
    colour = call.args.number("icon_color", _FIRST_COLOUR)
    if colour not in _COLOURS:
        raise bad_request("invalid icon color specified")
    opening = {"forum_topic_created": {"name": name, "icon_color": colour}}
    message = call.world.service(chat, call.bot.user, opening)
    message.thread_id = message.message_id
    topic = Topic(message.message_id, name, colour)
    chat.topics[topic.thread_id] = topic
    return topic_json(topic)


def edit_forum_topic(call: Context) -> bool:
    chat = _forum(call)
    topic = _topic(call, chat)
    name = _name(call) if call.args.has("name") else topic.name
    if name == topic.name and not call.args.has("icon_custom_emoji_id"):
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.name = name
    return _note(call, chat, topic, {"forum_topic_edited": {"name": name}})


def close_forum_topic(call: Context) -> bool:
    return _turn(call, closed=True)


def reopen_forum_topic(call: Context) -> bool:
    return _turn(call, closed=False)


def _turn(call: Context, *, closed: bool) -> bool:
    chat = _forum(call)
    topic = _topic(call, chat)
    if topic.closed is closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    return _note(call, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})


def delete_forum_topic(call: Context) -> bool:
    """Delete a topic with all its messages."""
    chat = _forum(call)
    topic = _topic(call, chat)
    for message in chat.present():
        if message.thread_id == topic.thread_id:
            message.deleted = True
            call.world.changed(message)
    del chat.topics[topic.thread_id]
    return True


def _note(call: Context, chat: Chat, topic: Topic, content: Json) -> bool:
    call.world.service(chat, call.bot.user, content, thread_id=topic.thread_id)
    return True


def _forum(call: Context) -> Chat:
    chat = call.writable_chat()
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if not chat.manages_topics:
        raise bad_request("not enough rights to create a topic")
    return chat


def _topic(call: Context, chat: Chat) -> Topic:
    topic = chat.topics.get(call.args.number("message_thread_id"))
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def _name(call: Context) -> str:
    name = call.args.text("name").strip()
    if not name:
        raise bad_request("TOPIC_TITLE_EMPTY")
    if units(name) > _LONGEST_TOPIC:
        raise bad_request("TOPIC_TITLE_TOO_LONG")
    return name


def get_file(call: Context) -> Json:
    file_id = call.args.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    stored = call.world.files.by_id.get(file_id)
    if stored is None:
        raise bad_request("invalid file_id")
    return stored.wire() | {"file_path": stored.path}
