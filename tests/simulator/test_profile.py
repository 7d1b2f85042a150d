"""The bot's own profile, and odd values for every method."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.simulator import Simulator
from bot.simulator.methods import HANDLERS
from bot.simulator.schema import PARAMETERS

from .client import Api, Clock

COMMANDS = [{"command": "start", "description": "Begin"}]
CHINESE = [{"command": "start", "description": "开始"}]


async def test_commands_are_kept_by_scope_and_language(api: Api, sim: Simulator) -> None:
    await api.ok("setMyCommands", commands=COMMANDS)
    await api.ok("setMyCommands", commands=CHINESE, language_code="zh", scope={"type": "all_private_chats"})
    await api.ok("setMyCommands", commands=[], scope={"type": "chat", "chat_id": -5})
    assert await api.ok("getMyCommands") == COMMANDS
    assert await api.ok("getMyCommands", language_code="zh") == []
    assert sim.bot.commands_by_language() == {"": COMMANDS, "zh": CHINESE}
    await api.ok("deleteMyCommands")
    assert await api.ok("getMyCommands") == []


async def test_texts_are_kept_by_language(api: Api) -> None:
    await api.ok("setMyDescription", description="Hello")
    await api.ok("setMyDescription", description="你好", language_code="zh")
    await api.ok("setMyShortDescription", short_description="Hi")
    await api.ok("setMyName", name="Front door")
    assert await api.ok("getMyDescription", language_code="zh") == {"description": "你好"}
    assert await api.ok("getMyDescription", language_code="fr") == {"description": "Hello"}
    assert await api.ok("getMyShortDescription") == {"short_description": "Hi"}
    assert await api.ok("getMyName") == {"name": "Front door"}
    assert (await api.ok("getMe"))["first_name"] == "Front door"
    assert (await api.error("setMyName", name="x" * 65))[1] == "Bad Request: BOT_NAME_TOO_LONG"


async def test_menu_button(api: Api) -> None:
    assert await api.ok("getChatMenuButton") == {"type": "commands"}
    await api.ok("setChatMenuButton", menu_button={"type": "default"})
    assert await api.ok("getChatMenuButton") == {"type": "default"}


async def test_method_names_ignore_case_and_calls_are_recorded(api: Api, sim: Simulator) -> None:
    await api.ok("GETME", odd="1")
    call = sim.calls("getMe")[-1]
    assert (call.ok, call.status, call.bot_id, call.unknown) == (True, 200, 42, ("odd",))


def test_each_method_has_parameters_and_a_handler() -> None:
    assert set(PARAMETERS) == set(HANDLERS)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", "x", "@x", "{", "[]", "1", "<b>", "1000002", "é"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "offset", "length", "message_id", "keyboard", "url"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)
ODD_CALLS = st.sampled_from(
    sorted(name for name in set(PARAMETERS) - {"getUpdates", "setWebhook"} if PARAMETERS[name])
).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.dictionaries(st.sampled_from(sorted(PARAMETERS[name])), JSON, min_size=1, max_size=2),
    )
)


@given(ODD_CALLS)
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
async def test_odd_values_are_refused_and_never_break_the_simulator(odd: tuple[str, dict[str, Any]]) -> None:
    sim = Simulator(clock=Clock())
    mei = sim.person()
    mei.start()
    bot = Api(sim)
    sent = await bot.ok("sendMessage", chat_id=mei.id, text="?")
    usual = {"chat_id": mei.id, "from_chat_id": mei.id, "message_id": sent["message_id"], "text": "x"}
    method, values = odd
    assert (await bot.answer(method, **{**usual, **values})).status in {200, 400}
