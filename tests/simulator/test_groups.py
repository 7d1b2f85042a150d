"""The staff group: members, topics, migration."""

from dataclasses import dataclass

import pytest

from bot.simulator import Chat, Person, Simulator

from .client import Api, keyboard


@dataclass
class Staff:
    alice: Person
    bob: Person
    group: Chat


@pytest.fixture
def staff(sim: Simulator) -> Staff:
    alice, bob = sim.person(first_name="Alice"), sim.person(first_name="Bob")
    return Staff(alice, bob, sim.group("Study staff", [alice, bob], forum=True))


async def test_the_bot_is_told_that_it_was_made_an_administrator(api: Api, staff: Staff) -> None:
    update = (await api.updates())[0]["my_chat_member"]
    assert update["chat"] == {
        "id": staff.group.id,
        "type": "supergroup",
        "title": "Study staff",
        "is_forum": True,
    }
    assert update["old_chat_member"]["status"] == "left"
    assert update["new_chat_member"]["can_manage_topics"] is True


async def test_a_topic_lives_from_opening_to_deletion(api: Api, staff: Staff) -> None:
    chat = {"chat_id": staff.group.id}
    topic = await api.ok("createForumTopic", **chat, name="Case ABC")
    thread = {"message_thread_id": topic["message_thread_id"]}
    sent = await api.ok("sendMessage", **chat, **thread, text="card", reply_markup=keyboard("Claim"))
    assert sent["is_topic_message"] is True
    assert await api.ok("editForumTopic", **chat, **thread, name="Case ABC, claimed")
    assert await api.ok("closeForumTopic", **chat, **thread)
    assert await api.ok("reopenForumTopic", **chat, **thread)
    assert await api.ok("deleteForumTopic", **chat, **thread)
    assert await api.error("sendMessage", **chat, **thread, text="x") == (
        400,
        "Bad Request: message thread not found",
    )
    assert staff.group.present() == []


async def test_members_write_and_tap_in_a_topic(api: Api, staff: Staff) -> None:
    topic = await api.ok("createForumTopic", chat_id=staff.group.id, name="Case")
    thread = topic["message_thread_id"]
    await api.ok(
        "sendMessage",
        chat_id=staff.group.id,
        message_thread_id=thread,
        text="card",
        reply_markup=keyboard("Claim"),
    )
    written = staff.alice.send("on it", chat_id=staff.group.id, thread_id=thread)
    staff.bob.tap("Claim", chat_id=staff.group.id)
    _joined, message, tap = await api.updates(offset=1)
    assert message["message"]["message_thread_id"] == thread
    assert tap["callback_query"]["from"]["first_name"] == "Bob"
    copied = await api.ok(
        "copyMessage", chat_id=staff.group.id, from_chat_id=staff.group.id, message_id=written.message_id
    )
    assert list(copied) == ["message_id"]


async def test_membership(api: Api, sim: Simulator, staff: Staff) -> None:
    outsider = sim.person()
    status = {
        user_id: (await api.ok("getChatMember", chat_id=staff.group.id, user_id=user_id))["status"]
        for user_id in (staff.bob.id, outsider.id, 42)
    }
    assert list(status.values()) == ["member", "left", "administrator"]


async def test_a_basic_group_migrates(api: Api, sim: Simulator, staff: Staff) -> None:
    basic = sim.group("Old", [staff.alice])
    moved = sim.migrate(basic)
    leaving, arriving = (await api.updates())[-2:]
    assert leaving["message"]["migrate_to_chat_id"] == moved.id
    assert arriving["message"]["migrate_from_chat_id"] == basic.id


async def test_reply_forward_pin_and_react(api: Api, staff: Staff, mei: Person) -> None:
    chat = {"chat_id": staff.group.id}
    question = mei.send("a question")
    forwarded = await api.ok("forwardMessage", **chat, from_chat_id=mei.id, message_id=question.message_id)
    assert forwarded["forward_origin"]["sender_user"]["first_name"] == "Mei"
    answer = await api.ok(
        "sendMessage", **chat, text="x", reply_parameters={"message_id": forwarded["message_id"]}
    )
    assert answer["reply_to_message"]["message_id"] == forwarded["message_id"]
    alone = {"message_id": 999, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await api.ok("sendMessage", **chat, text="x", reply_parameters=alone)
    assert await api.ok("pinChatMessage", **chat, message_id=answer["message_id"])
    assert (await api.ok("getChat", **chat))["pinned_message"]["message_id"] == answer["message_id"]
    thumb = [{"type": "emoji", "emoji": "👍"}]
    assert await api.ok("setMessageReaction", **chat, message_id=answer["message_id"], reaction=thumb)
    assert staff.group.messages[answer["message_id"]].reactions == thumb


async def test_protected_content_is_not_passed_on(api: Api, staff: Staff, mei: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=staff.group.id, text="card", protect_content="true")
    assert sent["has_protected_content"] is True
    values = {"chat_id": mei.id, "from_chat_id": staff.group.id, "message_id": sent["message_id"]}
    assert await api.error("forwardMessage", **values) == (400, "Bad Request: message can't be forwarded")
