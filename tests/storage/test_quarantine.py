from __future__ import annotations

from bot.service.ports import Changes, Quarantined
from bot.storage.store import SqlStore
from tests.storage.persona import MEI, NOW, arrival, find, keep, later


async def aside(store: SqlStore, key: str, body: str = "{}", minute: int = 0) -> None:
    async with store.transaction() as transaction:
        await transaction.claim([key], NOW)
        await transaction.keep(Changes(quarantined=[Quarantined(key, "KeyError", body)]), later(minute))


async def listed(store: SqlStore) -> list[Quarantined]:
    async with store.transaction() as transaction:
        return await transaction.quarantine.listed()


async def test_what_was_set_aside_is_listed_oldest_first(store: SqlStore) -> None:
    await aside(store, "7:1", '{"text": "好"}', minute=2)
    await aside(store, "7:2", minute=1)
    assert await listed(store) == [
        Quarantined("7:2", "KeyError", "{}"),
        Quarantined("7:1", "KeyError", '{"text": "好"}'),
    ]


async def test_one_taken_up_is_claimed_and_handled_in_the_same_transaction(store: SqlStore) -> None:
    await aside(store, "7:1")
    await aside(store, "7:2")
    async with store.transaction() as transaction:
        await transaction.quarantine.taken_up("7:1")
        assert await transaction.claim(["7:1", "7:2"], NOW) == {"7:1"}
        await transaction.keep(arrival(MEI), NOW)
    assert [item.key for item in await listed(store)] == ["7:2"]
    assert await find(store, MEI)
    async with store.transaction() as transaction:
        assert await transaction.claim(["7:1"], NOW) == frozenset()


async def test_one_that_fails_again_stays_where_it_was(store: SqlStore) -> None:
    await aside(store, "7:1")
    try:
        await _take_up_and_fail(store)
    except ZeroDivisionError:
        assert [item.key for item in await listed(store)] == ["7:1"]
    async with store.transaction() as transaction:
        assert await transaction.claim(["7:1"], NOW) == frozenset()


async def _take_up_and_fail(store: SqlStore) -> None:
    async with store.transaction() as transaction:
        await transaction.quarantine.taken_up("7:1")
        raise ZeroDivisionError


async def test_the_update_of_an_erased_person_is_listed_without_what_they_said(store: SqlStore) -> None:
    await keep(store, arrival(MEI))
    await aside(store, "7:1", f'{{"from": {{"id": {MEI.telegram_id}}}, "text": "my cough"}}')
    await keep(store, Changes(erased=["mei"]))
    assert await listed(store) == [Quarantined("7:1", "KeyError", "")]
