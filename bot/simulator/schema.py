"""Which parameters each method takes, as data, and the one place that reads raw values against it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from bot.simulator.errors import bad_request

Kind = Literal["int", "text", "flag", "json", "chat", "file"]

# name:kind, and "!" for a parameter that must be there.
_SPOKEN: dict[str, str] = {
    "getMe": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:json",
    "setWebhook": "url:text certificate:file ip_address:text max_connections:int allowed_updates:json "
    "drop_pending_updates:flag secret_token:text",
    "deleteWebhook": "drop_pending_updates:flag",
    "getWebhookInfo": "",
    "sendMessage": "chat_id:chat! message_thread_id:int text:text parse_mode:text entities:json "
    "link_preview_options:json disable_web_page_preview:flag disable_notification:flag protect_content:flag "
    "allow_paid_broadcast:flag message_effect_id:text reply_parameters:json reply_to_message_id:int "
    "allow_sending_without_reply:flag reply_markup:json business_connection_id:text "
    "direct_messages_topic_id:int suggested_post_parameters:json",
    "editMessageText": "chat_id:chat message_id:int inline_message_id:text text:text parse_mode:text "
    "entities:json link_preview_options:json disable_web_page_preview:flag reply_markup:json "
    "business_connection_id:text",
    "editMessageReplyMarkup": "chat_id:chat message_id:int inline_message_id:text reply_markup:json "
    "business_connection_id:text",
    "deleteMessage": "chat_id:chat message_id:int",
    "deleteMessages": "chat_id:chat! message_ids:json",
    "answerCallbackQuery": "callback_query_id:text! text:text show_alert:flag url:text cache_time:int",
    "sendChatAction": "chat_id:chat! message_thread_id:int action:text business_connection_id:text",
    "copyMessage": "chat_id:chat! message_thread_id:int from_chat_id:chat! message_id:int "
    "video_start_timestamp:int caption:text parse_mode:text caption_entities:json "
    "show_caption_above_media:flag disable_notification:flag protect_content:flag allow_paid_broadcast:flag "
    "reply_parameters:json reply_to_message_id:int allow_sending_without_reply:flag reply_markup:json "
    "message_effect_id:text direct_messages_topic_id:int suggested_post_parameters:json",
    "forwardMessage": "chat_id:chat! message_thread_id:int from_chat_id:chat! message_id:int "
    "video_start_timestamp:int disable_notification:flag protect_content:flag message_effect_id:text "
    "direct_messages_topic_id:int suggested_post_parameters:json",
    "sendDocument": "chat_id:chat! message_thread_id:int document:file thumbnail:file caption:text "
    "parse_mode:text caption_entities:json disable_content_type_detection:flag disable_notification:flag "
    "protect_content:flag allow_paid_broadcast:flag message_effect_id:text reply_parameters:json "
    "reply_to_message_id:int allow_sending_without_reply:flag reply_markup:json business_connection_id:text "
    "direct_messages_topic_id:int suggested_post_parameters:json",
    "getFile": "file_id:text",
    "setMyCommands": "commands:json! scope:json language_code:text",
    "getMyCommands": "scope:json language_code:text",
    "deleteMyCommands": "scope:json language_code:text",
    "setMyName": "name:text language_code:text",
    "getMyName": "language_code:text",
    "setMyDescription": "description:text language_code:text",
    "getMyDescription": "language_code:text",
    "setMyShortDescription": "short_description:text language_code:text",
    "getMyShortDescription": "language_code:text",
    "setChatMenuButton": "chat_id:chat menu_button:json",
    "getChatMenuButton": "chat_id:chat",
    "getChat": "chat_id:chat!",
    "getChatMember": "chat_id:chat! user_id:int",
    "pinChatMessage": "chat_id:chat! message_id:int disable_notification:flag business_connection_id:text",
    "setMessageReaction": "chat_id:chat! message_id:int reaction:json is_big:flag",
    "createForumTopic": "chat_id:chat! name:text icon_color:int icon_custom_emoji_id:text",
    "editForumTopic": "chat_id:chat! message_thread_id:int name:text icon_custom_emoji_id:text",
    "closeForumTopic": "chat_id:chat! message_thread_id:int",
    "reopenForumTopic": "chat_id:chat! message_thread_id:int",
    "deleteForumTopic": "chat_id:chat! message_thread_id:int",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method."""

    kind: Kind
    required: bool


def _read_spoken(line: str) -> dict[str, Parameter]:
    pairs = (word.split(":") for word in line.split())
    return {name: Parameter(cast("Kind", kind.rstrip("!")), kind.endswith("!")) for name, kind in pairs}


PARAMETERS: dict[str, dict[str, Parameter]] = {name: _read_spoken(line) for name, line in _SPOKEN.items()}
NAMES: dict[str, str] = {name.lower(): name for name in PARAMETERS}  # Telegram ignores the case of a method


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values of one call, read by kind; an absent value has the kind's empty form."""

    values: Mapping[str, Any]
    unknown: tuple[str, ...] = ()
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def number(self, name: str, default: int = 0) -> int:
        return int(self.values.get(name, default))

    def flag(self, name: str) -> bool:
        return bool(self.values.get(name, False))

    def json(self, name: str) -> Any:  # noqa: ANN401 - JSON from the wire may be anything
        return self.values.get(name)


def read_arguments(method: str, raw: Mapping[str, Any], uploads: Mapping[str, Upload]) -> Arguments:
    """The call's arguments by the method's parameters; unknown names are noted, as Telegram ignores them."""
    parameters = PARAMETERS[method]
    values: dict[str, Any] = {}
    for name, parameter in parameters.items():
        value = raw.get(name)
        if value is None or value == "":
            if parameter.required and name not in uploads:
                raise bad_request(_missing(name, parameter))
            continue
        values[name] = _READERS[parameter.kind](name, value)
    unknown = tuple(name for name in raw if name not in parameters)
    return Arguments(values, unknown, uploads)


def _missing(name: str, parameter: Parameter) -> str:
    return f"{name} is empty" if parameter.kind == "chat" else f'parameter "{name}" is required'


def read_int(value: Any) -> int:  # noqa: ANN401 - JSON from the wire may be anything
    """What Telegram reads where it expects a number: 0 for what is none."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0


def _read_int(_name: str, value: Any) -> int:  # noqa: ANN401 - as above
    return read_int(value)


def _read_text(_name: str, value: Any) -> str:  # noqa: ANN401 - as above
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read_flag(_name: str, value: Any) -> bool:  # noqa: ANN401 - as above
    return str(value).lower() in {"true", "yes", "1"}


def _read_json(name: str, value: Any) -> Any:  # noqa: ANN401 - as above
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {_JSON_NAMES.get(name, name)} JSON object") from None


def _read_chat(_name: str, value: Any) -> int | str:  # noqa: ANN401 - as above
    text = str(value)
    return text if text.startswith("@") else read_int(text)


_JSON_NAMES = {
    "reply_markup": "reply keyboard markup",
    "link_preview_options": "link preview options",
    "reply_parameters": "reply parameters",
    "menu_button": "menu button",
    "scope": "BotCommandScope",
    "reaction": "reaction types",
}
_READERS = {
    "int": _read_int,
    "text": _read_text,
    "flag": _read_flag,
    "json": _read_json,
    "chat": _read_chat,
    "file": _read_text,
}
