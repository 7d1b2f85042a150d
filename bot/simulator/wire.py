"""The world's objects as Bot API JSON."""

from bot.simulator.chats import Chat, Json, Message, Topic


def chat_json(chat: Chat) -> Json:
    """The short form of a chat that messages carry."""
    if chat.is_private:
        return {"id": chat.id, "type": "private", "first_name": chat.title}
    forum = {"is_forum": True} if chat.is_forum else {}
    return {"id": chat.id, "type": chat.type, "title": chat.title, **forum}


def message_json(message: Message, *, with_reply: bool = True) -> Json:
    """A message as an update or an answer carries it; a reply is shown one level deep, as Telegram does."""
    shown: Json = {
        "message_id": message.message_id,
        "from": message.sender,
        "chat": chat_json(message.chat),
        "date": int(message.date.timestamp()),
        **_text_json(message),
        **message.content,
    }
    if message.thread_id is not None:
        shown |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    if message.edited_at is not None:
        shown["edit_date"] = int(message.edited_at.timestamp())
    if message.markup is not None and "inline_keyboard" in message.markup:
        shown["reply_markup"] = message.markup
    if message.protected:
        shown["has_protected_content"] = True
    if message.forward_origin is not None:
        shown["forward_origin"] = message.forward_origin
    replied = message.chat.message(message.reply_to) if with_reply and message.reply_to else None
    if replied is not None:
        shown["reply_to_message"] = message_json(replied, with_reply=False)
    return shown


def _text_json(message: Message) -> Json:
    if not message.text:
        return {}
    name = "text" if message.kind == "text" else "caption"
    entities = {"entities" if name == "text" else "caption_entities": message.entities}
    return {name: message.text} | (entities if message.entities else {})


def topic_json(topic: Topic) -> Json:
    return {"message_thread_id": topic.thread_id, "name": topic.name, "icon_color": topic.icon_color}
