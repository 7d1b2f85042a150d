"""From an update to what arrived: pure, and the only place that looks at Telegram's objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Contact, Message, Update, User

from bot.domain.messages import AttachmentSent, Commanded, ContactSent, Edited, FromPerson, Started, Typed
from bot.service.card_tokens import CardToken, read_card_token
from bot.service.ports import Arrival
from bot.service.tokens import tapped

LONGEST = 4096
"""Letters of a message at most, as Telegram promises (TELEGRAM.md 2): a million would hold up everybody."""


@dataclass(frozen=True, slots=True)
class Tap:
    """What is needed to answer a tap, and to mark its button; none of it need arrive."""

    id: str
    chat: int
    message: int | None
    data: str


@dataclass(frozen=True, slots=True)
class FromGroup:
    """Somebody wrote a command in a group; `bot` is whom they named behind an @, if anybody."""

    chat: int
    language: str | None
    bot: str | None = None


@dataclass(frozen=True, slots=True)
class CardTap:
    """Somebody tapped a button of a card; `id` is what the tap is answered by."""

    id: str
    person: int
    language: str | None
    token: CardToken


@dataclass(frozen=True, slots=True)
class InGroup:
    """Somebody wrote in a group: in answer to a message there, in a topic, or a note.

    `bot` is whom they named behind the @ of a note, if anybody.
    """

    key: str
    chat: int
    person: int
    message: int
    language: str | None
    text: str
    reply_to: int | None = None
    topic: int | None = None
    replied: str = ""
    """What the bot said in the message that is answered, where it was the bot's."""
    edited: bool = False
    bot: str | None = None


@dataclass(frozen=True, slots=True)
class Unblocked:
    """Somebody lets the bot write to them again."""

    person: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing a person said to the bot."""


Read: TypeAlias = "tuple[Arrival, Tap | None] | FromGroup | CardTap | InGroup | Unblocked | Ignored"


def read(raw: Mapping[str, Any], bot_id: int) -> Read:
    """Return what an update means. Raises where it is not an update that Telegram could have sent."""
    update = _parsed(raw)
    _number(update.update_id)
    key = f"{bot_id}:{update.update_id}"
    if update.callback_query:
        return _tap(key, update.callback_query, raw)
    message = update.message or update.edited_message
    if message:
        return _message(key, message, raw, bot_id, edited=update.edited_message is not None)
    if update.my_chat_member:
        return _membership(update.my_chat_member)
    return Ignored()


def _parsed(raw: Mapping[str, Any]) -> Update:
    """Return an update as the library reads it, or what is needed of it.

    Telegram adds to what a message may carry faster than the library learns: what nobody here looks at, such
    as the message replied to, must cost nobody their answer.
    """
    try:
        return Update.de_json(dict(raw), None)
    except Exception:  # noqa: BLE001 -- anything may stand in an update; what is needed is read strictly
        return Update.de_json({kind: _needed(body) for kind, body in raw.items()}, None)


_NEEDED = frozenset(
    {
        *("id", "message_id", "date", "chat", "from", "text", "caption", "message", "data"),
        *("chat_instance", "contact"),
    }
)


def _needed(body: Any) -> Any:  # noqa: ANN401 -- JSON from outside
    """Return the body of an update without what is not read here."""
    if not isinstance(body, Mapping):
        return body
    kept = {name: value for name, value in body.items() if name in _NEEDED}
    return {**kept, "message": _needed(kept["message"])} if "message" in kept else kept


def _number(value: Any) -> int:  # noqa: ANN401 -- the library takes anything
    """Return a whole number; a key or a person that no database takes would stop all."""
    if type(value) is not int:
        raise TypeError("not a number")
    return value


def _tap(key: str, query: CallbackQuery, raw: Mapping[str, Any]) -> Read:
    message = query.message
    data = query.data or ""
    person = _number(query.from_user.id)
    if message is not None and message.chat.type != Chat.PRIVATE:
        card = read_card_token(data)
        return CardTap(query.id, person, query.from_user.language_code, card) if card else Ignored()
    tap = Tap(query.id, person, message.message_id if message else None, data)
    arrival = Arrival(
        key,
        person,
        tapped(data),
        query.from_user.language_code,
        message=tap.message,
        raw=_json(raw),
    )
    return arrival, tap


def _message(key: str, message: Message, raw: Mapping[str, Any], bot_id: int, *, edited: bool) -> Read:
    sender = message.from_user
    if message.chat.type != Chat.PRIVATE:
        return _in_group(key, message, sender, bot_id, edited=edited)
    if sender is None or sender.is_bot:
        return Ignored()
    inbound = _inbound(message, edited=edited)
    if message.contact and not edited:
        # Read as it came: a forwarded one is somebody else's to give, of whatever kind it is.
        forwarded = "forward_origin" in raw["message"] or "forward_date" in raw["message"]
        inbound = _contact(message.contact, sender, forwarded=forwarded)
    arrival = Arrival(
        key,
        _number(sender.id),
        inbound,
        sender.language_code,
        message.date,
        _number(message.message_id),
        _json(raw),
    )
    return arrival, None


def _inbound(message: Message, *, edited: bool) -> FromPerson:
    text, caption = (message.text or "")[:LONGEST], (message.caption or "")[:LONGEST]
    if edited:
        return Edited(text or caption)
    if not text:
        return AttachmentSent(caption)
    if text.startswith("/"):
        return _command(text)
    return Typed(text)


def _contact(contact: Contact, sender: User, *, forwarded: bool) -> FromPerson:
    """Return a phone number; the sender's own only where Telegram says that it is theirs."""
    own = contact.user_id is not None and contact.user_id == sender.id and not forwarded
    return ContactSent(str(contact.phone_number) if own else "", own)


def _command(text: str) -> FromPerson:
    head, *rest = text.split(maxsplit=1)
    name = head[1:].partition("@")[0].casefold()
    argument = rest[0].strip() if rest else ""
    return Started(argument) if name == "start" else Commanded(name, argument)


NOTE = "/note"


def _in_group(key: str, message: Message, sender: User | None, bot_id: int, *, edited: bool) -> Read:
    text = message.text or ""
    command, _, named = text.split()[0].partition("@") if text.strip() else ("", "", "")
    if command.startswith("/") and command != NOTE:
        return FromGroup(message.chat.id, sender.language_code if sender else None, named or None)
    replied = message.reply_to_message
    # In a topic whatever is no answer seems to answer the message that opened it.
    answers = replied.message_id if replied and not replied.forum_topic_created else None
    topic = message.message_thread_id if message.is_topic_message else None
    if sender is None or sender.is_bot or not text or not (answers or topic):
        return Ignored()
    return InGroup(
        key,
        message.chat.id,
        _number(sender.id),
        _number(message.message_id),
        sender.language_code,
        text[:LONGEST],
        answers,
        topic,
        _said_by(replied, bot_id),
        edited,
        named if command == NOTE and named else None,
    )


def _said_by(message: Message | None, bot_id: int) -> str:
    ours = message is not None and message.from_user is not None and message.from_user.id == bot_id
    return (message.text or "") if message and ours else ""


def _membership(change: ChatMemberUpdated) -> Read:
    here = {"member", "administrator"}
    joined = change.new_chat_member.status in here and change.old_chat_member.status not in here
    if change.chat.type in {Chat.GROUP, Chat.SUPERGROUP} and joined:
        return FromGroup(change.chat.id, change.from_user.language_code)
    if change.chat.type == Chat.PRIVATE and joined:
        return Unblocked(_number(change.from_user.id))
    return Ignored()


def _json(raw: Mapping[str, Any]) -> str:
    return json.dumps(raw, ensure_ascii=False)
