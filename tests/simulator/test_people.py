"""What people do, and how the bot hears of it."""

from typing import Any

import pytest

from bot.simulator import Person, PersonError, Simulator
from bot.simulator.attachments import KINDS, AttachmentKind

from .client import Api, keyboard


async def last(api: Api) -> dict[str, Any]:
    return (await api.updates(offset=-1))[-1]


async def test_a_message_has_the_shape_of_a_real_one(api: Api, sim: Simulator, mei: Person) -> None:
    mei.send("/help@doorstep_demo_bot 我很好")
    assert (await last(api))["message"] == {
        "message_id": 2,
        "from": {"id": mei.id, "is_bot": False, "first_name": "Mei", "language_code": "zh-hans"},
        "chat": {"id": mei.id, "type": "private", "first_name": "Mei"},
        "date": int(sim.now.timestamp()),
        "text": "/help@doorstep_demo_bot 我很好",
        "entities": [{"type": "bot_command", "offset": 0, "length": 23}],
    }


async def test_a_deep_link_arrives_as_start_with_its_payload(api: Api, mei: Person) -> None:
    mei.start("NCT06203249_poster")
    assert (await last(api))["message"]["text"] == "/start NCT06203249_poster"


@pytest.mark.parametrize("kind", KINDS)
async def test_attachments(api: Api, mei: Person, kind: AttachmentKind) -> None:
    mei.attach(kind, "look /here")
    message = (await last(api))["message"]
    assert kind in message
    assert message.get("caption") == (
        "look /here" if kind in {"photo", "document", "voice", "video"} else None
    )


async def test_an_attached_file_can_be_fetched(api: Api, mei: Person) -> None:
    mei.attach("document")
    file_id = (await last(api))["message"]["document"]["file_id"]
    assert (await api.ok("getFile", file_id=file_id))["file_path"] == f"files/{file_id}/document.pdf"


async def test_an_edit_arrives_as_an_edited_message(api: Api, mei: Person) -> None:
    sent = mei.send("yse")
    mei.edit(sent.message_id, "yes")
    update = await last(api)
    assert update["edited_message"]["text"] == "yes"
    assert "edit_date" in update["edited_message"]
    assert mei.messages[-1].text == "yes"


async def test_a_tap_carries_the_message_it_was_under(api: Api, mei: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keyboard("Yes", "No"))
    query_id = mei.tap("No")
    query = (await last(api))["callback_query"]
    assert query["id"] == query_id
    assert query["data"] == "no"
    assert query["message"] == sent
    assert query["from"]["language_code"] == "zh-hans"


async def test_tap_takes_the_newest_message_with_that_button(api: Api, mei: Person) -> None:
    for _ in range(2):
        newest = await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keyboard("Yes"))
    await api.ok("sendMessage", chat_id=mei.id, text="no keys")
    mei.tap("Yes")
    assert (await last(api))["callback_query"]["message"]["message_id"] == newest["message_id"]


async def test_a_forged_tap_may_carry_anything(api: Api, mei: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=mei.id, text="no keys at all")
    mei.tap_data(sent["message_id"], "'; drop table")
    assert (await last(api))["callback_query"]["data"] == "'; drop table"


async def test_a_tap_on_a_deleted_message_says_it_is_out_of_reach(api: Api, mei: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keyboard("Yes"))
    await api.ok("deleteMessage", chat_id=mei.id, message_id=sent["message_id"])
    mei.tap_data(sent["message_id"], "yes")
    assert (await last(api))["callback_query"]["message"]["date"] == 0


async def test_a_link_to_the_bot_starts_it_and_another_link_does_nothing(api: Api, mei: Person) -> None:
    links = [("Again", "https://t.me/doorstep_demo_bot?start=abc"), ("Site", "https://x.org")]
    markup = {"inline_keyboard": [[{"text": label, "url": url} for label, url in links]]}
    await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=markup)
    assert mei.tap("Site") is None
    assert mei.tap("Again") is None
    assert [u["message"]["text"] for u in await api.updates(offset=1)] == ["/start abc"]


async def test_keys_of_a_reply_keyboard_send_their_text_until_it_is_removed(api: Api, mei: Person) -> None:
    keys = {"keyboard": [["Yes", {"text": "My number", "request_contact": True}]]}
    await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keys)
    mei.tap("Yes")
    mei.tap("My number")
    first, second = await api.updates()
    assert first["message"]["text"] == "Yes"
    assert second["message"]["contact"]["user_id"] == mei.id
    await api.ok("sendMessage", chat_id=mei.id, text="bye", reply_markup={"remove_keyboard": True})
    with pytest.raises(PersonError, match="no button 'Yes'"):
        mei.tap("Yes")


async def test_blocking_and_unblocking_tell_the_bot_once_each(api: Api, mei: Person) -> None:
    for step in (mei.block, mei.block, mei.unblock, mei.unblock):
        step()
    blocked, unblocked = await api.updates()
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert unblocked["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert unblocked["my_chat_member"]["new_chat_member"]["user"]["id"] == 42


async def test_a_person_who_blocked_the_bot_cannot_write(mei: Person) -> None:
    mei.block()
    with pytest.raises(PersonError, match="unblock it first"):
        mei.send("hello")


async def test_steps_no_client_offers_are_refused(api: Api, mei: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keyboard("Yes"))
    for step in (
        lambda: mei.edit(sent["message_id"], "mine now"),
        lambda: mei.tap_data(999, "x"),
        lambda: mei.tap_label(sent["message_id"], "Maybe"),
        lambda: mei.send("x", chat_id=-5),
        lambda: mei.send("x", thread_id=5),
    ):
        with pytest.raises(PersonError):
            step()


async def test_what_a_person_sees(api: Api, mei: Person) -> None:
    await api.ok(
        "sendMessage", chat_id=mei.id, text="<b>Ready?</b>", parse_mode="HTML", reply_markup=keyboard("Yes")
    )
    question = mei.messages[-1]
    assert (question.text, question.html, question.from_bot) == ("Ready?", "<b>Ready?</b>", True)
    assert [[(b.text, b.data) for b in row] for row in question.buttons] == [[("Yes", "yes")]]
    assert mei.messages[0].from_bot is False
