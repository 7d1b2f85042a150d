"""The bot itself: who it is, its commands, its texts, its menu button."""

from typing import Any

from bot.simulator.chats import Json
from bot.simulator.errors import bad_request
from bot.simulator.methods.context import Context

_MOST_COMMANDS = 100
_LONGEST_COMMAND = 32
_LONGEST_COMMAND_TEXT = 256
_LANGUAGE_LENGTH = 2
_TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
_BOT_RIGHTS: Json = {
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
    "can_connect_to_business": False,
    "has_main_web_app": False,
    "has_topics_enabled": False,
    "allows_users_to_create_topics": False,
    "can_manage_bots": False,
}


def get_me(call: Context) -> Json:
    return call.bot.user | _BOT_RIGHTS


def set_my_commands(call: Context) -> bool:
    key = _scope(call), _language(call)
    call.bot.commands[key] = _commands(call.args.json("commands"))
    call.world.feed.publish({"state": True})
    return True


def get_my_commands(call: Context) -> list[Json]:
    return call.bot.commands.get((_scope(call), _language(call)), [])


def delete_my_commands(call: Context) -> bool:
    call.bot.commands.pop((_scope(call), _language(call)), None)
    call.world.feed.publish({"state": True})
    return True


def _commands(commands: Any) -> list[Json]:  # noqa: ANN401 - JSON from the wire may be anything
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in commands]


def _command(command: Any) -> Json:  # noqa: ANN401 - as above
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in command:
            raise bad_request(f"can't parse BotCommand: Can't find field \"{name}\"")
    word, description = str(command["command"]).removeprefix("/"), str(command["description"]).strip()
    plain = word.replace("_", "a")
    if not (plain.isascii() and plain.isalnum() and word == word.lower() and len(word) <= _LONGEST_COMMAND):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _LONGEST_COMMAND_TEXT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": word, "description": description}


def _scope(call: Context) -> str:
    """One word for a scope; narrow scopes carry their chat and person."""
    scope = call.args.json("scope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = str(scope.get("type"))
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    return ":".join(str(scope[key]) for key in ("type", "chat_id", "user_id") if key in scope)


def _language(call: Context) -> str:
    language = call.args.text("language_code")
    if language and not (len(language) == _LANGUAGE_LENGTH and language.isalpha() and language.islower()):
        raise bad_request("invalid language code specified")
    return language


def set_my_name(call: Context) -> bool:
    _set_text(call, "name")
    call.bot.user["first_name"] = call.bot.text("name") or call.bot.user["first_name"]
    return True


def set_my_description(call: Context) -> bool:
    return _set_text(call, "description")


def set_my_short_description(call: Context) -> bool:
    return _set_text(call, "short_description")


def _set_text(call: Context, name: str) -> bool:
    text = call.args.text(name)
    if len(text) > _TEXT_LIMITS[name]:
        raise bad_request(f"BOT_{name.upper().replace('SHORT_', '')}_TOO_LONG")
    call.bot.texts[name, _language(call)] = text
    call.world.feed.publish({"state": True})
    return True


def get_my_name(call: Context) -> Json:
    return {"name": call.bot.text("name", _language(call)) or call.bot.user["first_name"]}


def get_my_description(call: Context) -> Json:
    return {"description": call.bot.text("description", _language(call))}


def get_my_short_description(call: Context) -> Json:
    return {"short_description": call.bot.text("short_description", _language(call))}


def set_chat_menu_button(call: Context) -> bool:
    button = call.args.json("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or str(button.get("type")) not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    call.bot.menu_buttons[_menu_chat(call)] = button
    return True


def get_chat_menu_button(call: Context) -> Json:
    buttons = call.bot.menu_buttons
    return buttons.get(_menu_chat(call)) or buttons.get(0) or {"type": "commands"}


def _menu_chat(call: Context) -> int:
    return call.chat().id if call.args.has("chat_id") else 0
