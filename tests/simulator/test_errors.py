"""One row for each refusal, in Telegram's own words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.cli.logs import row_of
from bot.simulator import Chat, Person, Simulator

from .client import Api, keyboard

LONG = "é" * 4097
EMOJI = "😀" * 2049  # 4,098 UTF-16 units
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
CANNOT_PARSE = "Bad Request: can't parse entities: "
BAD_BUTTON = "Bad Request: can't parse inline keyboard button: "


@dataclass
class Scene:
    """Mei has started the bot, Ravi never has; a forum and a basic group; a question with a key."""

    sim: Simulator
    api: Api
    mei: Person
    ravi: Person
    forum: Chat
    basic: Chat
    question: int = 0
    document: int = 0
    topic: int = 0


@pytest.fixture
async def scene(sim: Simulator, api: Api, mei: Person) -> Scene:
    scene = Scene(
        sim,
        api,
        mei,
        sim.person(first_name="Ravi"),
        sim.group("Staff", [mei], forum=True),
        sim.group("Old", [mei]),
    )
    sent = await api.ok("sendMessage", chat_id=mei.id, text="Ready?", reply_markup=keyboard("Yes"))
    scene.question = sent["message_id"]
    scene.topic = (await api.ok("createForumTopic", chat_id=scene.forum.id, name="Case 1"))[
        "message_thread_id"
    ]
    stored = sim.files.add("plan.pdf", "application/pdf", b"x")
    scene.document = (await api.ok("sendDocument", chat_id=mei.id, document=stored.file_id))["message_id"]
    return scene


def blocked(scene: Scene) -> None:
    scene.mei.block()


def deactivated(scene: Scene) -> None:
    scene.mei.deactivate()


def two_days_later(scene: Scene) -> None:
    scene.sim.advance(48 * 3600)


def migrated(scene: Scene) -> None:
    scene.sim.migrate(scene.basic)


def send(**values: Any) -> tuple[str, dict[str, Any]]:
    return "sendMessage", {"chat_id": "MEI", "text": "hello", **values}


def html(text: str) -> tuple[str, dict[str, Any]]:
    return send(text=text, parse_mode="HTML")


def button(**values: Any) -> tuple[str, dict[str, Any]]:
    return send(reply_markup={"inline_keyboard": [[values]]})


def many(rows: int, columns: int) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * columns] * rows}


ROWS: list[tuple[tuple[str, dict[str, Any]], int, str]] = [
    (send(text=""), 400, "Bad Request: message text is empty"),
    (("sendMessage", {"chat_id": "MEI"}), 400, "Bad Request: message text is empty"),
    (send(text=" \n "), 400, "Bad Request: text must be non-empty"),
    (html("<b> </b>"), 400, "Bad Request: text must be non-empty"),
    (send(text=LONG), 400, "Bad Request: message is too long"),
    (send(text=EMOJI), 400, "Bad Request: message is too long"),
    (send(text="x" * 32769), 400, "Bad Request: text is too long"),
    (send(chat_id=""), 400, "Bad Request: chat_id is empty"),
    (("sendMessage", {"text": "x"}), 400, "Bad Request: chat_id is empty"),
    (send(chat_id=5), 400, "Bad Request: chat not found"),
    (send(chat_id="@nobody"), 400, "Bad Request: chat not found"),
    (send(chat_id="RAVI"), 403, "Forbidden: bot can't initiate conversation with a user"),
    (send(message_thread_id=999), 400, "Bad Request: message thread not found"),
    (send(chat_id="FORUM", message_thread_id=999), 400, "Bad Request: message thread not found"),
    (send(reply_parameters={"message_id": 999}), 400, "Bad Request: message to be replied not found"),
    (send(reply_parameters="{"), 400, "Bad Request: can't parse reply parameters JSON object"),
    (send(parse_mode="BBCode"), 400, "Bad Request: unsupported parse_mode"),
    (html("<b>x"), 400, CANNOT_PARSE + 'Can\'t find end tag corresponding to start tag "b"'),
    (html("é<p>x</p>"), 400, CANNOT_PARSE + 'Unsupported start tag "p" at byte offset 2'),
    (html("x</b>"), 400, CANNOT_PARSE + "Unexpected end tag at byte offset 1"),
    (
        html("<b>x</i>"),
        400,
        CANNOT_PARSE + 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
    ),
    (html("2 <3"), 400, CANNOT_PARSE + "Unclosed start tag at byte offset 2"),
    (html("a < b > c"), 400, CANNOT_PARSE + 'Unsupported start tag "" at byte offset 2'),
    (html("<a href=x/y>z</a>"), 400, CANNOT_PARSE + "Unexpected end of name token at byte offset 8"),
    (html("<a =x>z</a>"), 400, CANNOT_PARSE + 'Empty attribute name in the tag "a" at byte offset 0'),
    (
        html("<a href>z</a>"),
        400,
        CANNOT_PARSE + 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
    ),
    (html("<span>x</span>"), 400, CANNOT_PARSE + 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    (html("<b>x</b"), 400, CANNOT_PARSE + "Unclosed end tag at byte offset 4"),
    (
        send(entities=[{"type": "bold"}]),
        400,
        "Bad Request: can't parse MessageEntity: Can't find field \"offset\"",
    ),
    (send(reply_markup="{"), 400, "Bad Request: can't parse reply keyboard markup JSON object"),
    (send(reply_markup="[]"), 400, "Bad Request: object expected as reply markup"),
    (
        send(reply_markup={"inline_keyboard": [{}]}),
        400,
        'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    (send(reply_markup={"keyboard": ["x"]}), 400, 'Bad Request: field "keyboard" must be an Array of Arrays'),
    (button(text="x", callback_data="é" * 33), 400, "Bad Request: BUTTON_DATA_INVALID"),
    (button(text="x"), 400, BAD_BUTTON + "Text buttons are unallowed in the inline keyboard"),
    (button(callback_data="x"), 400, BAD_BUTTON + 'Can\'t find field "text"'),
    (
        button(text="x", url="not a link"),
        400,
        "Bad Request: inline keyboard button URL 'not a link' is invalid: Wrong HTTP URL",
    ),
    (send(reply_markup=many(101, 1)), 400, "Bad Request: reply markup is too long"),
    (send(reply_markup=many(1, 9)), 400, "Bad Request: reply markup is too long"),
    (
        ("editMessageText", {"chat_id": "MEI", "message_id": 999, "text": "x"}),
        400,
        "Bad Request: message to edit not found",
    ),
    (
        ("editMessageText", {"chat_id": "MEI", "message_id": 1, "text": "x"}),
        400,
        "Bad Request: message can't be edited",
    ),
    (
        ("editMessageText", {"chat_id": "MEI", "text": "x"}),
        400,
        "Bad Request: message identifier is not specified",
    ),
    (
        (
            "editMessageText",
            {"chat_id": "MEI", "message_id": "QUESTION", "text": "Ready?", "reply_markup": keyboard("Yes")},
        ),
        400,
        NOT_MODIFIED,
    ),
    (
        ("editMessageText", {"chat_id": "MEI", "message_id": "DOCUMENT", "text": "x"}),
        400,
        "Bad Request: there is no text in the message to edit",
    ),
    (
        (
            "editMessageReplyMarkup",
            {"chat_id": "MEI", "message_id": "QUESTION", "reply_markup": keyboard("Yes")},
        ),
        400,
        NOT_MODIFIED,
    ),
    (
        ("deleteMessage", {"chat_id": "MEI", "message_id": 999}),
        400,
        "Bad Request: message to delete not found",
    ),
    (("deleteMessage", {"chat_id": "MEI"}), 400, "Bad Request: message identifier is not specified"),
    (("deleteMessage", {"message_id": 1}), 400, "Bad Request: chat identifier is not specified"),
    (("deleteMessages", {"chat_id": "MEI"}), 400, "Bad Request: message identifiers are not specified"),
    (
        ("deleteMessages", {"chat_id": "MEI", "message_ids": list(range(101))}),
        400,
        "Bad Request: too many message identifiers specified",
    ),
    (("answerCallbackQuery", {"callback_query_id": "1"}), 400, TOO_OLD),
    (("answerCallbackQuery", {}), 400, 'Bad Request: parameter "callback_query_id" is required'),
    (
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}),
        400,
        "Bad Request: MESSAGE_TOO_LONG",
    ),
    (
        ("sendChatAction", {"chat_id": "MEI", "action": "dance"}),
        400,
        "Bad Request: wrong parameter action in request",
    ),
    (
        ("copyMessage", {"chat_id": "MEI", "from_chat_id": "MEI", "message_id": 999}),
        400,
        "Bad Request: message to copy not found",
    ),
    (
        ("copyMessage", {"chat_id": "MEI", "from_chat_id": "FORUM", "message_id": "TOPIC"}),
        400,
        "Bad Request: message can't be copied",
    ),
    (
        ("forwardMessage", {"chat_id": "MEI", "from_chat_id": "MEI", "message_id": 999}),
        400,
        "Bad Request: message to forward not found",
    ),
    (("sendDocument", {"chat_id": "MEI"}), 400, "Bad Request: there is no document in the request"),
    (
        ("sendDocument", {"chat_id": "MEI", "document": "x", "caption": "x" * 1025}),
        400,
        "Bad Request: message caption is too long",
    ),
    (("getFile", {}), 400, "Bad Request: file_id not specified"),
    (("getFile", {"file_id": "x"}), 400, "Bad Request: invalid file_id"),
    (("pinChatMessage", {"chat_id": "MEI", "message_id": 999}), 400, "Bad Request: message to pin not found"),
    (
        ("setMessageReaction", {"chat_id": "MEI", "message_id": 999}),
        400,
        "Bad Request: message to react not found",
    ),
    (("getChat", {"chat_id": 5}), 400, "Bad Request: chat not found"),
    (("getChatMember", {"chat_id": "MEI"}), 400, "Bad Request: invalid user_id specified"),
    (("getChatMember", {"chat_id": "FORUM", "user_id": 5}), 400, "Bad Request: user not found"),
    (("createForumTopic", {"chat_id": "BASIC", "name": "x"}), 400, "Bad Request: the chat is not a forum"),
    (("createForumTopic", {"chat_id": "FORUM", "name": "x" * 129}), 400, "Bad Request: TOPIC_TITLE_TOO_LONG"),
    (
        ("closeForumTopic", {"chat_id": "FORUM", "message_thread_id": 999}),
        400,
        "Bad Request: TOPIC_ID_INVALID",
    ),
    (
        ("reopenForumTopic", {"chat_id": "FORUM", "message_thread_id": "TOPIC"}),
        400,
        "Bad Request: TOPIC_NOT_MODIFIED",
    ),
    (("setMyCommands", {}), 400, 'Bad Request: parameter "commands" is required'),
    (("setMyCommands", {"commands": "{"}), 400, "Bad Request: can't parse commands JSON object"),
    (("setMyCommands", {"commands": {}}), 400, "Bad Request: expected an Array of BotCommand"),
    (
        ("setMyCommands", {"commands": [{"command": "Ab", "description": "x"}]}),
        400,
        "Bad Request: BOT_COMMAND_INVALID",
    ),
    (
        ("setMyCommands", {"commands": [], "scope": {"type": "moon"}}),
        400,
        "Bad Request: can't parse BotCommandScope: Unsupported type specified",
    ),
    (
        ("setMyCommands", {"commands": [], "language_code": "zh-hans"}),
        400,
        "Bad Request: invalid language code specified",
    ),
    (("setWebhook", {"url": "nowhere"}), 400, "Bad Request: invalid webhook URL specified"),
    (
        ("setWebhook", {"url": "https://x.example/", "secret_token": "a b"}),
        400,
        "Bad Request: secret token contains unallowed characters",
    ),
    (
        ("setWebhook", {"url": "https://x.example/", "secret_token": "a" * 257}),
        400,
        "Bad Request: secret token is too long",
    ),
    (("sendPoll", {"chat_id": "MEI"}), 404, "Not Found: method not found"),
]

LATER_ROWS: list[tuple[Callable[[Scene], None], tuple[str, dict[str, Any]], int, str]] = [
    (blocked, send(), 403, "Forbidden: bot was blocked by the user"),
    (deactivated, send(), 403, "Forbidden: user is deactivated"),
    (
        two_days_later,
        ("deleteMessage", {"chat_id": "MEI", "message_id": "QUESTION"}),
        400,
        "Bad Request: message can't be deleted",
    ),
    (migrated, send(chat_id="BASIC"), 400, "Bad Request: group chat was upgraded to a supergroup chat"),
]


def filled(scene: Scene, values: dict[str, Any]) -> dict[str, Any]:
    names = {
        "MEI": scene.mei.id,
        "RAVI": scene.ravi.id,
        "FORUM": scene.forum.id,
        "BASIC": scene.basic.id,
        "QUESTION": scene.question,
        "DOCUMENT": scene.document,
        "TOPIC": scene.topic,
    }
    return {
        key: names.get(value, value) if isinstance(value, str) else value for key, value in values.items()
    }


def name_of(row: tuple[Any, ...]) -> str:
    return f"{row[-3][0]}: {row[-1][:60]}"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
async def test_refusal(scene: Scene, row: tuple[tuple[str, dict[str, Any]], int, str]) -> None:
    (method, values), code, description = row
    assert await scene.api.error(method, **filled(scene, values)) == (code, description)


@pytest.mark.parametrize("row", LATER_ROWS, ids=name_of)
async def test_refusal_after_a_change(
    scene: Scene, row: tuple[Callable[[Scene], None], tuple[str, dict[str, Any]], int, str]
) -> None:
    change, (method, values), code, description = row
    change(scene)
    assert await scene.api.error(method, **filled(scene, values)) == (code, description)


async def test_migration_names_the_new_group(scene: Scene) -> None:
    moved = scene.sim.migrate(scene.basic)
    refused = await scene.api.answer("sendMessage", chat_id=scene.basic.id, text="x")
    assert refused.body["parameters"] == {"migrate_to_chat_id": moved.id}
    await scene.api.ok("sendMessage", chat_id=moved.id, text="x")


@pytest.mark.parametrize("token", ["nonsense", "42:short", "x:made-up-token-made-up-token-made-up"])
async def test_wrong_token(sim: Simulator, token: str) -> None:
    assert await Api(sim, token).error("getMe") == (401, "Unauthorized")


async def test_another_secret_for_a_known_bot(api: Api) -> None:
    assert await Api(api.sim, "42:" + "b" * 35).error("getMe") == (401, "Unauthorized")


async def test_a_fixed_list_of_tokens(scene: Scene) -> None:
    closed = Simulator(clock=lambda: scene.sim.now, tokens=["7:" + "c" * 35])
    assert await Api(closed).error("getMe") == (401, "Unauthorized")
    assert (await Api(closed, "7:" + "c" * 35).ok("getMe"))["id"] == 7


async def test_answering_a_tap_twice(scene: Scene) -> None:
    query_id = scene.mei.tap("Yes")
    await scene.api.ok("answerCallbackQuery", callback_query_id=query_id)
    assert await scene.api.error("answerCallbackQuery", callback_query_id=query_id) == (400, TOO_OLD)


async def test_answering_a_tap_too_late(scene: Scene) -> None:
    query_id = scene.mei.tap("Yes")
    scene.sim.advance(16)
    assert await scene.api.error("answerCallbackQuery", callback_query_id=query_id) == (400, TOO_OLD)


async def test_unknown_method_is_logged_without_its_values(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.api.error("sendSecret", text="private")
    (row,) = [row_of(record) for record in caplog.records if record.name.startswith("bot.simulator")]
    assert (row["event"], row["reason"]) == ("method not found", "sendSecret")
    assert "private" not in caplog.text
