from __future__ import annotations

from bot.service.ports import Changes, Person, Queued
from bot.storage.database import Database
from bot.storage.outbox import PER_CHAT, SqlOutbox
from bot.storage.store import SqlStore
from tests.storage.persona import LIN, MEI, NOW, arrival, find, keep, later, rows, say
from tests.storage.test_keeping import counted


async def texts(outbox: SqlOutbox, limit: int = 100, minute: int = 0) -> list[str]:
    return [queued.message.html for queued in await outbox.waiting(later(minute), limit)]


async def queue(store: SqlStore, person: Person, *words: str) -> None:
    await keep(store, Changes(outgoing=[say(person, word) for word in words]))


async def first(outbox: SqlOutbox) -> Queued:
    return (await outbox.waiting(NOW, 1))[0]


async def test_messages_leave_in_the_order_they_were_kept(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, "one", "two")
    await queue(store, MEI, "three")
    waiting = await outbox.waiting(NOW, 100)
    assert [queued.message.html for queued in waiting] == ["one", "two", "three"]
    assert {queued.chat for queued in waiting} == {MEI.telegram_id}
    assert waiting[0].attempts == 0


async def test_what_was_sent_waits_no_more(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, "one", "two")
    await outbox.sent([(await first(outbox)).id], NOW)
    await outbox.sent([], NOW)
    assert await texts(outbox) == ["two"]


async def test_nobody_starves_behind_a_chat_with_thousands(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, *(str(n) for n in range(10_000)))
    await queue(store, LIN, "me too", "and this")
    waiting = await texts(outbox, limit=4)
    assert waiting == ["0", "me too", "1", "and this"]
    assert len(await texts(outbox)) == PER_CHAT + 2


async def test_waiting_is_one_query(store: SqlStore, outbox: SqlOutbox, database: Database) -> None:
    await queue(store, MEI, "one", "two")
    await queue(store, LIN, "me too")
    with counted(database) as statements:
        await outbox.waiting(NOW, 100)
    assert len(statements) == 1


async def test_a_postponed_chat_waits_and_others_do_not(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, "one", "two")
    await queue(store, LIN, "me too")
    await outbox.postpone((await first(outbox)).chat_row, later(5))
    assert await texts(outbox, minute=4) == ["me too"]
    assert await texts(outbox, minute=5) == ["one", "me too", "two"]
    assert [queued.attempts for queued in await outbox.waiting(later(5), 9)] == [1, 0, 0]


async def test_what_telegram_never_takes_is_set_aside(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    await queue(store, MEI, "<broken", "two")
    await outbox.undeliverable((await first(outbox)).id, "Bad Request", NOW)
    assert await texts(outbox) == ["two"]
    assert ("Bad Request",) in await rows(database, "SELECT failure FROM outbox")


async def test_a_chat_that_blocked_us_is_left_alone_until_they_write(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    await keep(store, arrival(MEI))
    await outbox.blocked((await first(outbox)).chat_row, NOW)
    await queue(store, MEI, "from a timer")
    assert await texts(outbox) == []
    async with store.transaction() as transaction:
        await transaction.people([MEI.telegram_id])
        await transaction.keep(Changes(outgoing=[say(MEI, "Good to see you")]), later(1))
    assert await texts(outbox) == ["Welcome", "from a timer", "Good to see you"]


async def test_only_the_one_who_wrote_is_unblocked(store: SqlStore, outbox: SqlOutbox) -> None:
    for person in (MEI, LIN):
        await keep(store, arrival(person))
        await outbox.blocked((await first(outbox)).chat_row, NOW)
    async with store.transaction() as transaction:
        await transaction.people([LIN.telegram_id])
        await transaction.keep(Changes(), later(1))
    assert [queued.chat for queued in await outbox.waiting(NOW, 9)] == [LIN.telegram_id]
    assert await find(store, MEI)
