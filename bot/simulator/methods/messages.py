"""Sending, editing, deleting and copying messages."""

from bot.simulator.chats import Chat, Json, Message
from bot.simulator.errors import bad_request
from bot.simulator.formatting import format_caption, format_text
from bot.simulator.markup import check_inline_markup
from bot.simulator.methods.context import Context
from bot.simulator.utf16 import units
from bot.simulator.wire import message_json

_MOST_DELETED = 100
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def send_message(call: Context) -> Json:
    text, entities = _text(call)
    message = call.draft()
    message.text, message.entities = text, entities
    return call.post(message)


def send_document(call: Context) -> Json:
    """Send an uploaded file, or one Telegram has already."""
    caption, entities = _caption(call)
    stored = _document(call)
    message = call.draft()
    message.kind, message.text, message.entities = "document", caption, entities
    message.content = {"document": stored}
    return call.post(message)


def _document(call: Context) -> Json:
    given = call.args.text("document")
    upload = call.args.uploads.get(given.removeprefix("attach://") or "document")
    if upload is not None:
        stored = call.world.files.add(upload.name, "application/octet-stream", upload.content)
        return {**stored.wire(), "file_name": stored.name, "mime_type": stored.mime_type}
    known = call.world.files.by_id.get(given)
    if known is not None:
        return {**known.wire(), "file_name": known.name, "mime_type": known.mime_type}
    raise bad_request(
        "wrong file identifier/HTTP URL specified" if given else "there is no document in the request"
    )


def edit_message_text(call: Context) -> Json:
    """Replace text and keyboard of an own text message; without `reply_markup` the keyboard goes."""
    text, entities = _text(call)
    markup = check_inline_markup(call.args.json("reply_markup"))
    message = _editable(call)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    if (message.text, message.entities, message.markup) == (text, entities, markup):
        raise bad_request(_NOT_MODIFIED)
    message.is_reworded |= message.text != text or message.entities != entities
    message.text, message.entities, message.markup = text, entities, markup
    return _edited(call, message)


def edit_message_reply_markup(call: Context) -> Json:
    """Replace the keyboard of an own message, or take it away."""
    markup = check_inline_markup(call.args.json("reply_markup"))
    message = _editable(call)
    if message.markup == markup:
        raise bad_request(_NOT_MODIFIED)
    message.markup = markup
    return _edited(call, message)


def _editable(call: Context) -> Message:
    if not call.args.number("message_id"):
        raise bad_request("message identifier is not specified")
    message = call.message(call.writable_chat(), "message to edit")
    has_other_markup = message.markup is not None and "inline_keyboard" not in message.markup
    if (
        message.sender["id"] != call.bot.id
        or message.is_service
        or message.forward_origin
        or has_other_markup
    ):
        raise bad_request("message can't be edited")
    return message


def _edited(call: Context, message: Message) -> Json:
    message.edited_at = call.world.now
    call.world.changed(message)
    return message_json(message)


def delete_message(call: Context) -> bool:
    if not call.args.has("chat_id"):
        raise bad_request("chat identifier is not specified")
    if not call.args.number("message_id"):
        raise bad_request("message identifier is not specified")
    message = call.message(call.writable_chat(), "message to delete")
    if call.is_too_old_to_delete(message):
        raise bad_request("message can't be deleted")
    _delete(call, message)
    return True


def delete_messages(call: Context) -> bool:
    """Delete several; those that are not there are passed over."""
    chat = call.writable_chat()
    found = [m for i in _message_ids(call) if (m := chat.message(i)) is not None]
    if any(call.is_too_old_to_delete(message) for message in found):
        raise bad_request("message can't be deleted")
    for message in found:
        _delete(call, message)
    return True


def _message_ids(call: Context) -> list[int]:
    ids = call.args.json("message_ids")
    if not ids:
        raise bad_request("message identifiers are not specified")
    if not isinstance(ids, list):
        raise bad_request("expected an Array of message identifiers")
    if len(ids) > _MOST_DELETED:
        raise bad_request("too many message identifiers specified")
    if not all(str(i).isdecimal() for i in ids):
        raise bad_request("message identifier must be a Number")
    return [int(i) for i in ids]


def _delete(call: Context, message: Message) -> None:
    message.deleted = True
    call.world.changed(message)


def copy_message(call: Context) -> Json:
    """Send the same content anew, without saying where it came from."""
    source = _source(call, "message to copy")
    if source.is_service or source.protected:
        raise bad_request("message can't be copied")
    copy = call.draft()
    _fill(copy, source)
    if call.args.has("caption") and source.kind != "text":
        copy.text, copy.entities = _caption(call)
    return {"message_id": call.post(copy)["message_id"]}


def forward_message(call: Context) -> Json:
    source = _source(call, "message to forward")
    if source.is_service or source.protected:
        raise bad_request("message can't be forwarded")
    forwarded = call.draft()
    _fill(forwarded, source)
    forwarded.forward_origin = source.forward_origin or {
        "type": "user",
        "sender_user": source.sender,
        "date": int(source.date.timestamp()),
    }
    return call.post(forwarded)


def _source(call: Context, what: str) -> Message:
    return call.message(call.chat("from_chat_id"), what)


def _fill(message: Message, source: Message) -> None:
    message.kind, message.content = source.kind, source.content
    message.text, message.entities = source.text, source.entities


def send_chat_action(call: Context) -> bool:
    """Show that the bot is typing; nothing is kept."""
    action = call.args.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = call.writable_chat()
    call.thread(chat)
    call.world.feed.publish({"typing": chat.id, "action": action})
    return True


def pin_chat_message(call: Context) -> bool:
    chat = call.writable_chat()
    chat.pinned = call.message(chat, "message to pin").message_id
    return True


def set_message_reaction(call: Context) -> bool:
    """Put the bot's one reaction on a message, or take it away."""
    reactions = call.args.json("reaction") or []
    if not isinstance(reactions, list):
        raise bad_request("expected an Array of ReactionType")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    message = call.message(_reactable(call), "message to react")
    message.reactions = reactions
    call.world.changed(message)
    return True


def _reactable(call: Context) -> Chat:
    if not call.args.number("message_id"):
        raise bad_request("message identifier is not specified")
    return call.writable_chat()


def _text(call: Context) -> tuple[str, list[Json]]:
    return format_text(call.args.text("text"), call.args.text("parse_mode"), call.args.json("entities"))


def _caption(call: Context) -> tuple[str, list[Json]]:
    args = call.args
    return format_caption(args.text("caption"), args.text("parse_mode"), args.json("caption_entities"))


_LONGEST_ANSWER = 200


def answer_callback_query(call: Context) -> bool:
    """Answer a tap once, in time; the person sees the text, if there is one."""
    text = call.args.text("text")
    if units(text) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query = call.bot.queries.get(call.args.text("callback_query_id"))
    late = query is None or query.answered or call.world.now - query.asked_at > call.world.answer_within
    if query is None or late:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    query.answered = True
    answer = {"person_id": query.person_id, "text": text, "show_alert": call.args.flag("show_alert")}
    call.world.feed.publish({"answer": answer})
    return True
