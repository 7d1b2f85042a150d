"""getUpdates: what is confirmed, what waits, who is served."""

import asyncio

import pytest

from bot.simulator import Person, Simulator

from .client import Api, keyboard

CONFLICT = (
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)
WEBHOOK = (
    409,
    (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    ),
)


async def texts(api: Api, **values: object) -> list[str]:
    return [u["message"]["text"] for u in await api.updates(**values)]


async def test_updates_wait_until_a_higher_offset_confirms_them(api: Api, mei: Person) -> None:
    mei.send("one")
    mei.send("two")
    first, second = await api.updates()
    assert [first["message"]["text"], second["message"]["text"]] == ["one", "two"]
    assert await texts(api, offset=first["update_id"]) == ["one", "two"]
    assert await texts(api, offset=second["update_id"]) == ["two"]
    assert await texts(api, offset=second["update_id"] + 1) == []
    assert await texts(api, offset=0) == []


async def test_a_negative_offset_keeps_that_many_from_the_end(api: Api, mei: Person) -> None:
    for text in ("one", "two", "three"):
        mei.send(text)
    assert await texts(api, offset=-2) == ["two", "three"]
    assert await texts(api) == ["two", "three"]


@pytest.mark.parametrize(("limit", "expected"), [(0, 1), (2, 2), (500, 100)])
async def test_limit_is_kept_between_1_and_100(api: Api, mei: Person, limit: int, expected: int) -> None:
    for number in range(105):
        mei.send(str(number))
    assert len(await api.updates(offset=1, limit=limit)) == expected


async def test_the_same_offset_again_at_once_gets_one_update(api: Api, mei: Person) -> None:
    mei.send("one")
    mei.send("two")
    assert await texts(api, offset=5) == ["one", "two"]
    assert await texts(api, offset=5) == ["one"]


async def test_a_long_poll_ends_with_the_first_update(api: Api, mei: Person) -> None:
    poll = asyncio.ensure_future(texts(api, timeout=50))
    await asyncio.sleep(0)
    assert not poll.done()
    mei.send("now")
    assert await poll == ["now"]


async def test_a_long_poll_ends_empty_after_its_timeout(api: Api) -> None:
    assert await api.updates(timeout=0) == []


async def test_the_older_of_two_pollers_loses(api: Api, mei: Person) -> None:
    older = asyncio.ensure_future(api.error("getUpdates", timeout=50))
    await asyncio.sleep(0)
    newer = asyncio.ensure_future(texts(api, offset=3, timeout=50))
    assert await older == CONFLICT
    mei.send("hello")
    assert await newer == ["hello"]


async def test_a_webhook_ends_and_forbids_polling(api: Api, sim: Simulator) -> None:
    poll = asyncio.ensure_future(api.error("getUpdates", timeout=50))
    await asyncio.sleep(0)
    await api.ok("setWebhook", url="http://127.0.0.1:9/")
    assert await poll == (409, "Conflict: terminated by setWebhook request")
    assert await api.error("getUpdates") == WEBHOOK
    await api.ok("deleteWebhook")
    assert await api.updates() == []
    sim.close()


async def test_taps_live_150_seconds_and_messages_a_day(api: Api, sim: Simulator, mei: Person) -> None:
    await api.ok("sendMessage", chat_id=mei.id, text="?", reply_markup=keyboard("Yes"))
    mei.tap("Yes")
    mei.send("typed")
    sim.advance(149)
    assert len(await api.updates()) == 2
    sim.advance(1)
    assert [list(u)[1] for u in await api.updates(offset=1)] == ["message"]
    sim.advance(24 * 3600)
    assert await api.updates(offset=2) == []
    assert sim.bot.queue.expired == 2


async def test_allowed_updates_are_remembered_and_applied_when_something_happens(
    api: Api, mei: Person
) -> None:
    await api.updates(allowed_updates=["callback_query"])
    mei.send("not wanted")
    await api.updates(offset=1)
    mei.send("still not wanted")
    assert await api.updates(offset=2, allowed_updates='["message"]') == []
    mei.send("wanted")
    assert await texts(api, offset=3) == ["wanted"]
    await api.updates(offset=4, allowed_updates=[])
    mei.block()
    assert "my_chat_member" in (await api.updates())[-1]


async def test_what_was_sent_before_the_bot_came_waits_for_it(sim: Simulator) -> None:
    sim.person().start("trial")
    assert await texts(Api(sim)) == ["/start trial"]


async def test_a_second_bot_has_a_queue_of_its_own(api: Api, mei: Person) -> None:
    other = Api(api.sim, "77:" + "b" * 30)
    assert (await other.ok("getMe"))["username"] == "bot77_bot"
    mei.send("to the first")
    assert await other.updates() == []
    assert await texts(api) == ["to the first"]
