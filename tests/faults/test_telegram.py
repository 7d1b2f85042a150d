"""What Telegram and the network do to a bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.simulator import Chat
from bot.simulator.dispatch import Request, answer
from bot.simulator.faults import Kind
from bot.simulator.webhook import Delivery
from tests.botapi.running import TOKEN
from tests.botapi.test_intake import until
from tests.crash.talker import cast
from tests.faults.stage import ANSWER, Fault, Scene, Strike, live_through, stage

_FOR_EVER = 10**6
TELEGRAM = frozenset({"telegram"})


def going_wrong(kind: Kind, *methods: str, **details: Any) -> Strike:
    """Let every call of these methods go wrong until the block ends."""

    @asynccontextmanager
    async def strike(scene: Scene) -> AsyncIterator[None]:
        planned = [
            scene.simulator.fault(kind=kind, method=method, times=_FOR_EVER, **details) for method in methods
        ]
        scene.struck = lambda: sum(_FOR_EVER - fault.times for fault in planned)
        yield
        for fault in planned:
            scene.simulator.faults.planned.remove(fault)

    return strike


def for_one_chat(kind: Kind, **details: Any) -> Strike:
    """Let what goes to the first person go wrong; the others go on as ever."""

    @asynccontextmanager
    async def strike(scene: Scene) -> AsyncIterator[None]:
        mei, *others = scene.people
        async with going_wrong(kind, "sendMessage", chat_id=mei.person.id, **details)(scene):
            yield
            await until(lambda: all(talker.done for talker in others), "one chat held up the others")

    return strike


@asynccontextmanager
async def whole_bot_limited(scene: Scene) -> AsyncIterator[None]:
    """Refuse everything for three seconds; meanwhile nothing is sent, not even to somebody new."""
    async with going_wrong("429", "sendMessage", retry_after=3)(scene):
        yield
        tried = scene.struck()
        scene.come(cast(scene.simulator, len(scene.people) + 1)[-1])
        await asyncio.sleep(0.5)
        assert scene.struck() == tried, "it went on sending while it was told to wait"


@asynccontextmanager
async def second_poller(scene: Scene) -> AsyncIterator[None]:
    """Another program asks for the same bot's updates, and confirms none."""

    async def poll() -> None:
        while True:
            await answer(scene.simulator, Request(TOKEN, "getUpdates", {"timeout": 20}, {}))
            await asyncio.sleep(0.05)

    rival = asyncio.create_task(poll())
    scene.struck = lambda: refused(scene, "other getUpdates")
    yield
    rival.cancel()


@asynccontextmanager
async def webhook_set(scene: Scene) -> AsyncIterator[None]:
    """Somebody tells Telegram to call elsewhere, and the bot is not let put an end to it yet."""
    async with going_wrong("500", "deleteWebhook")(scene):
        call = Request(TOKEN, "setWebhook", {"url": "http://127.0.0.1:9/nobody"}, {})
        assert (await answer(scene.simulator, call)).status == 200
        scene.struck = lambda: refused(scene, "webhook")
        yield


def refused(scene: Scene, why: str) -> int:
    """Return how many calls for updates were refused with these words."""
    calls = scene.simulator.calls("getUpdates")
    return sum(call.status == 409 and why in call.answer["description"] for call in calls)


@asynccontextmanager
async def every_call_twice(scene: Scene) -> AsyncIterator[None]:
    """Telegram does not hear that its calls were answered, and makes each a second time."""
    told: dict[int, int] = {}
    inner = Delivery._post

    async def post(delivery: Delivery, session: Any, update: Any) -> tuple[str | None, int]:
        came = await inner(delivery, session, update)
        told[update.update_id] = told.get(update.update_id, 0) + 1
        return came if told[update.update_id] > 1 else ("the answer got lost", 0)

    scene.struck = lambda: sum(times > 1 for times in told.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Delivery, "_post", post)
        yield
        await scene.finish()
    assert len(told) > 20


@asynccontextmanager
async def a_person_blocks(scene: Scene) -> AsyncIterator[None]:
    """Somebody blocks the bot while their answer is on its way, and unblocks it later without writing."""
    mei, *others = scene.people
    async with going_wrong("slow", "sendMessage", chat_id=mei.person.id, seconds=0.1)(scene):
        said = len(mei.said)
        await until(lambda: len(mei.said) > said, "she did not answer")
        mei.person.block()
        scene.struck = lambda: scene.sent(mei.person.id, 403)
        yield
        await until(lambda: all(talker.done for talker in others), "one chat held up the others")
        assert scene.struck() == 1, "who blocked the bot is tried once"
        mei.person.unblock()


@asynccontextmanager
async def a_group_migrates(scene: Scene) -> AsyncIterator[None]:
    """The staff's group gets a new id; nobody tells the bot but the refusal of its next message."""
    there = len(lines(scene.staff))
    moved = scene.simulator.migrate(scene.staff)
    scene.struck = lambda: scene.sent(scene.staff.id, 400)
    yield
    await scene.finish()
    assert scene.struck() <= 2, "the old id is tried once, by a line and by a card"
    assert len(lines(scene.staff)) == there
    told = [*lines(scene.staff), *lines(moved)]
    assert len(told) == len(set(told)) >= len(scene.people), told


def lines(group: Chat) -> list[str]:
    """Return what staff got in a group."""
    return [message.text for message in group.messages.values() if message.from_bot]


ALL = ("getUpdates", "sendMessage", "answerCallbackQuery", "editMessageReplyMarkup")

FAULTS = [
    Fault("429 for one chat", for_one_chat("429", retry_after=1), often=2),
    Fault("429 for the whole bot", whole_bot_limited, often=3),
    Fault("500 for one chat", for_one_chat("500")),
    Fault("500 to messages", going_wrong("500", "sendMessage"), TELEGRAM),
    Fault("502 to messages", going_wrong("502", "sendMessage"), TELEGRAM),
    Fault("connection cut while sending", going_wrong("cut", "sendMessage"), TELEGRAM),
    Fault("slow answers", going_wrong("slow", "sendMessage", seconds=0.1)),
    Fault(
        "answers slower than we wait",
        going_wrong("slow", "sendMessage", seconds=ANSWER + 0.3),
        TELEGRAM,
    ),
    Fault("delivered, but the answer got lost", going_wrong("lost", "sendMessage", seconds=0.01), TELEGRAM),
    Fault("delivered, but timed out", going_wrong("lost", "sendMessage", seconds=ANSWER + 0.3), TELEGRAM),
    Fault("a person blocks the bot", a_person_blocks, often=1),
    Fault("a group migrates", a_group_migrates, often=1),
    Fault("500 to getUpdates", going_wrong("500", "getUpdates"), TELEGRAM),
    Fault("502 to getUpdates", going_wrong("502", "getUpdates"), TELEGRAM),
    Fault("getUpdates cut", going_wrong("cut", "getUpdates"), TELEGRAM),
    Fault("Telegram out of reach", going_wrong("cut", *ALL), TELEGRAM),
    Fault("a second poller", second_poller, TELEGRAM, comes_and_goes=True),
    Fault("a webhook set meanwhile", webhook_set, TELEGRAM),
    Fault("a webhook that cannot be ended at the start", webhook_set, TELEGRAM, before_start=True),
    Fault("setWebhook fails", going_wrong("500", "setWebhook"), TELEGRAM, by_webhook=True, before_start=True),
    Fault("Telegram out of reach behind a webhook", going_wrong("cut", *ALL), TELEGRAM, by_webhook=True),
    Fault("updates that come twice", every_call_twice, by_webhook=True),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_the_bot_heals(fault: Fault, sqlite_url: str, calm: Sequence[Sequence[str]]) -> None:
    async with stage(sqlite_url, by_webhook=fault.by_webhook) as scene:
        await live_through(scene, fault, calm)
