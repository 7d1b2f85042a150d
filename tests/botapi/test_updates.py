"""What each kind of Bot API update means to this bot; anything else is ignored, and nothing breaks it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.botapi.intake import read_all
from bot.botapi.updates import FromGroup, Ignored, Read, Tap, Unblocked, read
from bot.domain.messages import (
    AttachmentSent,
    Commanded,
    ContactSent,
    Edited,
    FromPerson,
    Started,
    Tapped,
    TokenForged,
    Typed,
)
from bot.service.ports import Arrival
from bot.simulator.bots import ADMINISTRATOR

BOT = 1000000001
DATE = 1_700_000_000
MEI = {"id": 7, "is_bot": False, "first_name": "Mei", "language_code": "zh-hans"}
ROBOT = {"id": 8, "is_bot": True, "first_name": "Other", "username": "other_bot"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Mei"}
GROUP = {"id": -5, "type": "group", "title": "Family"}
FORUM = {"id": -1005, "type": "supergroup", "title": "Family", "is_forum": True}
CHANNEL = {"id": -1006, "type": "channel", "title": "News"}
FILE = {"file_id": "f", "file_unique_id": "u"}
CARD = {"phone_number": "+8613800138000", "first_name": "Mei", "user_id": 7}
NOBODYS = {"phone_number": "+8613800138000", "first_name": "Mei"}
PHOTO: dict[str, Any] = {"photo": [{**FILE, "width": 1, "height": 1}]}


def message(*, chat: dict[str, Any] = PRIVATE, sender: dict[str, Any] | None = MEI, **content: Any) -> Any:
    body = {"message_id": 3, "date": DATE, "chat": chat, **content}
    return body if sender is None else {**body, "from": sender}


def text(said: str, **more: Any) -> dict[str, Any]:
    return {"message": message(text=said, **more)}


def tap(data: str | None = "abcd1234.a.3", **more: Any) -> dict[str, Any]:
    query = {"id": "99", "from": MEI, "chat_instance": "1", **more}
    return {"callback_query": query if data is None else {**query, "data": data}}


def change(chat: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    me = {"id": BOT, "is_bot": True, "first_name": "Doorstep"}

    def member(status: str) -> dict[str, Any]:
        more = {"kicked": {"until_date": 0}, "administrator": ADMINISTRATOR}.get(status, {})
        return {**more, "status": status, "user": me}

    return {
        "chat": chat,
        "from": MEI,
        "date": DATE,
        "old_chat_member": member(before),
        "new_chat_member": member(after),
    }


def meant(update: dict[str, Any]) -> Read:
    return read({"update_id": 12, **update}, BOT)


SAID: list[tuple[str, dict[str, Any], FromPerson]] = [
    ("text", text("yes"), Typed("yes")),
    ("start", text("/start"), Started()),
    ("a deep link", text("/start NCT06203249_flyer-7"), Started("NCT06203249_flyer-7")),
    ("start in capitals, to this bot", text("/START@doorstep_bot x"), Started("x")),
    ("a command", text("/help"), Commanded("help")),
    ("a command with an argument", text("/language  zh "), Commanded("language", "zh")),
    ("a command on two lines", text("/language\nzh"), Commanded("language", "zh")),
    ("a lone slash", text("/"), Commanded("")),
    ("an edited text", {"edited_message": message(text="17", edit_date=DATE)}, Edited("17")),
    ("an edited caption", {"edited_message": message(caption="17", **PHOTO)}, Edited("17")),
    ("a photo", {"message": message(**PHOTO)}, AttachmentSent()),
    ("a photo with words", {"message": message(caption="my scan", **PHOTO)}, AttachmentSent("my scan")),
    ("a voice note", {"message": message(voice={**FILE, "duration": 3})}, AttachmentSent()),
    (
        "a video",
        {"message": message(video={**FILE, "width": 1, "height": 1, "duration": 1})},
        AttachmentSent(),
    ),
    ("a document", {"message": message(document=FILE)}, AttachmentSent()),
    ("a location", {"message": message(location={"latitude": 1.0, "longitude": 2.0})}, AttachmentSent()),
    ("one's own contact", {"message": message(contact=CARD)}, ContactSent("+8613800138000", own=True)),
    ("somebody else's", {"message": message(contact={**CARD, "user_id": 8})}, ContactSent("", own=False)),
    ("one without an owner", {"message": message(contact=NOBODYS)}, ContactSent("", own=False)),
    (
        "one's own, forwarded",
        {"message": message(contact=CARD, forward_origin={"type": "user", "date": DATE, "sender_user": MEI})},
        ContactSent("", own=False),
    ),
    (
        "one's own, forwarded in a way that is not invented yet",
        {"message": message(contact=CARD, forward_origin={"type": "hologram", "date": "never"})},
        ContactSent("", own=False),
    ),
    (
        "one's own, beside what cannot be read",
        {"message": message(contact=CARD, reply_to_message={"message_id": "x"})},
        ContactSent("+8613800138000", own=True),
    ),
    ("a die", {"message": message(dice={"emoji": "🎲", "value": 3})}, AttachmentSent()),
    ("a kind that is not invented yet", {"message": message(hologram={"depth": 4})}, AttachmentSent()),
    (
        "a forwarded text",
        text("yes", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "x"}),
        Typed("yes"),
    ),
    ("a tap", tap(), Tapped("abcd1234", 10, 3)),
    ("a forged tap", tap("dm:yes"), TokenForged()),
    ("a tap on a game", tap(None, game_short_name="chess"), TokenForged()),
    ("a tap under a message", tap(message=message(text="?", sender=ROBOT)), Tapped("abcd1234", 10, 3)),
    (
        "a tap under a message out of reach",
        tap(message={"chat": PRIVATE, "message_id": 3, "date": 0}),
        Tapped("abcd1234", 10, 3),
    ),
]


@pytest.mark.parametrize(("update", "inbound"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_what_a_person_says(update: dict[str, Any], inbound: FromPerson) -> None:
    result = meant(update)
    assert isinstance(result, tuple)
    arrival, _ = result
    assert arrival.inbound == inbound
    assert (arrival.key, arrival.person, arrival.phone_language) == ("1000000001:12", 7, "zh-hans")
    assert json.loads(arrival.raw)["update_id"] == 12
    written = "message" in update or "edited_message" in update
    assert arrival.told_at == (datetime.fromtimestamp(DATE, UTC) if written else None)


GROUPS: list[tuple[str, dict[str, Any], int]] = [
    ("a command in a group", text("/start", chat=GROUP), -5),
    ("a command in a topic", text("/help", chat=FORUM, message_thread_id=4), -1005),
    (
        "a command of an anonymous administrator",
        text("/help", chat=FORUM, sender=ANONYMOUS, sender_chat=FORUM),
        -1005,
    ),
    ("added to a group", {"my_chat_member": change(GROUP, "left", "member")}, -5),
    ("added again", {"my_chat_member": change(FORUM, "kicked", "administrator")}, -1005),
]


@pytest.mark.parametrize(("update", "chat"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS])
def test_what_is_answered_in_a_group(update: dict[str, Any], chat: int) -> None:
    result = meant(update)
    assert isinstance(result, FromGroup)
    assert result.chat == chat


IGNORED: list[tuple[str, dict[str, Any]]] = [
    ("talk in a group", text("I am ill", chat=GROUP)),
    ("a photo in a group", {"message": message(chat=GROUP, **PHOTO)}),
    ("a tap in a group", tap(message=message(chat=GROUP, text="?"))),
    ("another bot", text("/start", sender=ROBOT)),
    ("a message from nobody", text("/start", sender=None)),
    ("a channel post", {"channel_post": message(chat=CHANNEL, sender=None, text="/start")}),
    ("an edited channel post", {"edited_channel_post": message(chat=CHANNEL, sender=None, text="x")}),
    (
        "a business connection",
        {
            "business_connection": {
                "id": "b",
                "user": MEI,
                "user_chat_id": 7,
                "date": DATE,
                "is_enabled": True,
            }
        },
    ),
    ("a business message", {"business_message": message(text="I am ill", business_connection_id="b")}),
    (
        "deleted business messages",
        {"deleted_business_messages": {"business_connection_id": "b", "chat": PRIVATE, "message_ids": [1]}},
    ),
    ("an inline query", {"inline_query": {"id": "1", "from": MEI, "query": "x", "offset": ""}}),
    ("a chosen inline result", {"chosen_inline_result": {"result_id": "1", "from": MEI, "query": "x"}}),
    (
        "a poll answer",
        {"poll_answer": {"poll_id": "1", "user": MEI, "option_ids": [0], "option_persistent_ids": ["a"]}},
    ),
    (
        "a reaction",
        {
            "message_reaction": {
                "chat": PRIVATE,
                "message_id": 3,
                "user": MEI,
                "date": DATE,
                "old_reaction": [],
                "new_reaction": [],
            }
        },
    ),
    ("a member of a group", {"chat_member": change(GROUP, "left", "member")}),
    ("blocked by a person", {"my_chat_member": change(PRIVATE, "member", "kicked")}),
    (
        "made an administrator where it is already",
        {"my_chat_member": change(GROUP, "member", "administrator")},
    ),
    ("other rights as an administrator", {"my_chat_member": change(GROUP, "administrator", "administrator")}),
    ("removed from a group", {"my_chat_member": change(GROUP, "member", "kicked")}),
    ("added to a channel", {"my_chat_member": change(CHANNEL, "left", "administrator")}),
    ("a join request", {"chat_join_request": {"chat": GROUP, "from": MEI, "user_chat_id": 7, "date": DATE}}),
    (
        "a payment question",
        {
            "pre_checkout_query": {
                "id": "1",
                "from": MEI,
                "currency": "XTR",
                "total_amount": 1,
                "invoice_payload": "x",
            }
        },
    ),
    ("a kind that is not invented yet", {"telepathy": {"from": MEI}}),
    ("nothing at all", {}),
]


@pytest.mark.parametrize("update", [row[1] for row in IGNORED], ids=[row[0] for row in IGNORED])
def test_what_is_no_concern_of_ours(update: dict[str, Any]) -> None:
    assert meant(update) == Ignored()
    batch = read_all([{"update_id": 1, **update}], BOT)
    assert (batch.arrivals, batch.groups, batch.unreadable) == ([], [], [])


def test_who_unblocks_the_bot_is_heard_without_writing() -> None:
    assert meant({"my_chat_member": change(PRIVATE, "kicked", "member")}) == Unblocked(7)


def test_a_tap_knows_how_it_is_answered() -> None:
    result = meant(tap(message=message(text="?", sender=ROBOT)))
    assert isinstance(result, tuple)
    assert result[1] == Tap("99", 7, 3, "abcd1234.a.3")


def test_a_tap_of_a_stranger_is_never_taken_for_the_chats_person() -> None:
    """A tap belongs to who tapped, whatever chat the message claims."""
    result = meant(tap(message=message(chat={**PRIVATE, "id": 4711}, text="?")))
    assert isinstance(result, tuple)
    assert result[0].person == 7


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll", "x"])
PARTS = st.sampled_from(
    ["message_id", "date", "chat", "from", "text", "data", "id", "photo", "new_chat_member", "entities"]
)
ALMOST = st.dictionaries(PARTS, JSON | st.just(MEI) | st.just(PRIVATE) | st.just(DATE), max_size=8)
UPDATES = st.dictionaries(NAMES, ALMOST | JSON, max_size=2)


@given(UPDATES, JSON)
def test_any_update_is_read_or_set_aside(update: dict[str, Any], number: Any) -> None:
    raw = {"update_id": number, **update}
    neighbour = {"update_id": 13, **text("yes")}
    batch = read_all([raw, neighbour], BOT)
    assert [arrival.inbound for arrival in batch.arrivals][-1] == Typed("yes")
    assert len(batch.unreadable) <= 1
    if batch.unreadable:
        with pytest.raises(Exception) as refused:  # noqa: PT011 -- whatever it is, it is set aside by its name
            read(raw, BOT)
        assert batch.unreadable[0].reason == f"unreadable: {refused.type.__name__}"
    else:
        assert isinstance(read(raw, BOT), tuple | FromGroup | Unblocked | Ignored)


@given(st.text())
def test_any_text_is_read_as_what_it_says(said: str) -> None:
    result = meant(text(said))
    assert isinstance(result, tuple)
    arrival: Arrival = result[0]
    match arrival.inbound:
        case Typed(words):
            assert words == said
        case Commanded() | Started():
            assert said.startswith("/")
        case AttachmentSent():
            assert not said
        case other:
            raise AssertionError(other)
