"""Delivery to a webhook, against a small server that answers as it is told."""

import asyncio
from typing import Any

from aiohttp import web

from bot.simulator import Person, Simulator

from .client import Api, a_moment, keyboard, until
from .receiver import Receiver


async def info(api: Api) -> dict[str, Any]:
    given: dict[str, Any] = await api.ok("getWebhookInfo")
    return given


async def test_updates_are_delivered_in_order_with_the_secret(
    api: Api, mei: Person, receiver: Receiver
) -> None:
    mei.send("before")
    await api.ok("setWebhook", url=receiver.url, secret_token="s3cret", max_connections=1)
    mei.send("after")
    await receiver.has("before", "after")
    assert receiver.secrets == ["s3cret", "s3cret"]
    assert (await info(api))["url"] == receiver.url


async def test_the_head_of_a_chat_is_tried_again_at_once_then_after_2_and_4_seconds(
    api: Api, sim: Simulator, mei: Person, receiver: Receiver
) -> None:
    receiver.answers = [web.Response(status=500) for _ in range(4)]
    mei.send("one")
    mei.send("two")
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has("one", "one")
    await a_moment()
    assert receiver.texts == ["one", "one"]
    sim.advance(2)
    await receiver.has("one", "one", "one")
    await a_moment()
    sim.advance(2)
    await a_moment()
    assert len(receiver.texts) == 3
    sim.advance(2)
    await receiver.has("one", "one", "one", "one")
    await a_moment()
    assert (await info(api))[
        "last_error_message"
    ] == "Wrong response from the webhook: 500 Internal Server Error"
    sim.advance(8)
    await receiver.has("one", "one", "one", "one", "one", "two")
    await asyncio.sleep(0)
    assert (await info(api))["pending_update_count"] == 0


async def test_retry_after_is_honoured(api: Api, sim: Simulator, mei: Person, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "30"})]
    mei.send("one")
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has("one")
    await a_moment()
    sim.advance(29)
    await a_moment()
    assert receiver.texts == ["one"]
    sim.advance(1)
    await receiver.has("one", "one")


async def test_another_chat_and_taps_do_not_wait_for_a_failing_one(
    api: Api, sim: Simulator, mei: Person, receiver: Receiver
) -> None:
    await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keyboard("Yes"))
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "60"})]
    mei.send("stuck")
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has("stuck")
    sim.person().send("other")
    mei.tap("Yes")
    await until(lambda: len(receiver.texts) == 3)
    assert sorted(receiver.texts[1:]) == ["other", "tap"]


async def test_an_update_too_old_is_dropped(api: Api, sim: Simulator, mei: Person) -> None:
    await api.ok("setWebhook", url="http://127.0.0.1:9/closed")
    mei.send("nobody hears")
    await a_moment()
    assert (await info(api))["last_error_message"].startswith("Connection failed")
    sim.advance(24 * 3600)
    assert (await info(api))["pending_update_count"] == 0
    await api.ok("deleteWebhook")


async def test_settle_waits_for_deliveries(api: Api, sim: Simulator, mei: Person, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url)
    for number in range(5):
        mei.send(str(number))
    await sim.settle()
    assert receiver.texts == ["0", "1", "2", "3", "4"]


async def test_deleting_with_drop_empties_the_queue(api: Api, mei: Person) -> None:
    mei.send("gone")
    await api.ok("deleteWebhook", drop_pending_updates="True")
    assert await api.updates() == []
