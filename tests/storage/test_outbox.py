from __future__ import annotations

from collections.abc import Iterable

from bot.service.ports import Changes, Person
from bot.service.sending import Blocked, Failed, Migrated, Postponed, Queued, Sent
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.turns import PER_CHAT
from tests.storage.persona import (
    LIN,
    MEI,
    NOW,
    STAFF_GROUP,
    arrival,
    crowd,
    find,
    keep,
    later,
    rows,
    say,
    send_all,
    settle,
    take,
)
from tests.storage.test_keeping import counted


def texts(queued: Iterable[Queued]) -> list[str]:
    return [message.message.html for message in queued]


GROUP = Person("staff", STAFF_GROUP)


async def queue(store: SqlStore, person: Person, *words: str, minute: int = 0) -> None:
    await keep(store, Changes(outgoing=[say(person, word) for word in words]), later(minute))


async def test_messages_leave_in_the_order_they_were_kept(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, "one", "two")
    await queue(store, MEI, "three")
    waiting = await take(outbox)
    assert texts(waiting) == ["one", "two", "three"]
    assert {queued.chat for queued in waiting} == {MEI.telegram_id}
    assert waiting[0].attempts == 0


async def test_a_chat_is_claimed_once_until_it_is_given_back(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, "one", "two")
    one, two = await take(outbox)
    await queue(store, MEI, "three")
    assert await take(outbox) == []
    await settle(outbox, Sent(one.id))
    assert await take(outbox) == []
    assert texts(await take(outbox, free=[two.chat_row])) == ["two", "three"]


async def test_what_was_sent_waits_no_more(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, *(str(number) for number in range(25)))
    assert await send_all(outbox) == [str(number) for number in range(25)]
    assert await take(outbox) == []


async def test_sent_is_sent_once_and_for_all(store: SqlStore, outbox: SqlOutbox, database: Database) -> None:
    await queue(store, MEI, "one")
    (one,) = await take(outbox)
    await settle(outbox, Sent(one.id), free=[one.chat_row])
    await settle(outbox, Failed(one.id, "late"), Sent(one.id), free=[one.chat_row], minute=1)
    assert await rows(database, "SELECT failure FROM outbox WHERE failed_at IS NULL") == [(None,)]


async def test_two_workers_never_hold_one_chat(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    other = SqlOutbox(database, "other")
    people = crowd(6)
    await keep(store, Changes(outgoing=[say(person, "Hello") for person in people]))
    mine, theirs = await take(outbox, limit=4), await take(other, limit=4)
    assert (len(mine), len(theirs)) == (4, 2)
    assert not {queued.chat for queued in mine} & {queued.chat for queued in theirs}


async def test_a_worker_that_died_loses_its_chats_when_the_lease_runs_out(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    other = SqlOutbox(database, "other")
    await queue(store, MEI, "one", "two")
    (held, _) = await take(outbox)
    assert await take(other, minute=1) == []
    assert texts(await take(other, minute=2)) == ["one", "two"]
    # The dead one was only slow: what it sent is sent, but what is another's now stays theirs.
    await settle(outbox, Sent(held.id), free=[held.chat_row], minute=3)
    assert await take(outbox, minute=3) == []
    assert texts(await take(outbox, minute=4)) == ["two"]


async def test_one_that_comes_back_under_its_name_goes_on_at_once(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    await queue(store, MEI, "one")
    assert texts(await take(outbox)) == ["one"]
    assert texts(await take(SqlOutbox(database, "one"))) == ["one"]


async def test_a_lease_given_by_a_wrong_clock_holds_nobody_up(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, "one")
    ten_years = 10 * 365 * 24 * 60
    await take(outbox, minute=ten_years)
    assert texts(await take(outbox)) == ["one"]


async def test_nobody_starves_behind_a_chat_with_thousands(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, *(str(n) for n in range(10_000)))
    await queue(store, LIN, "me too", "and this", minute=1)
    waiting = await take(outbox, limit=4)
    assert texts(waiting) == ["0", "me too", "1", "and this"]
    again = await take(outbox, free=[queued.chat_row for queued in waiting])
    assert len(again) == PER_CHAT + 2


async def test_those_who_wait_longest_come_first(store: SqlStore, outbox: SqlOutbox) -> None:
    people = crowd(4)
    for number, person in enumerate(people):
        await queue(store, person, f"waits {number}", minute=9 - number)
        await queue(store, person, "more", minute=10)
    first = await take(outbox, minute=10, limit=2)
    assert texts(first) == ["waits 3", "waits 2"]
    done = [Sent(queued.id) for queued in first]
    await settle(outbox, *done, free=[queued.chat_row for queued in first])
    # Whoever was begun with is not left in the middle.
    assert texts(await take(outbox, minute=10, limit=3)) == ["more", "more", "waits 1"]


async def test_no_chat_is_claimed_without_one_of_its_messages(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    for person in crowd(5):
        await queue(store, person, "one", "two")
    assert len(await take(outbox, limit=3)) == 3
    assert await rows(database, "SELECT count(*) FROM chats WHERE lease_owner = 'one'") == [(3,)]
    assert await take(outbox, limit=0) == []


async def test_a_round_takes_few_statements_whatever_its_size(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    figures = []
    await take(outbox)
    for size in (1, 100):
        people = crowd(size)
        await keep(store, Changes(outgoing=[say(person, word) for person in people for word in ("1", "2")]))
        waiting = await take(outbox)
        with counted(database) as statements:
            done = [Sent(queued.id) for queued in waiting[:size]]
            await take_after(outbox, done, [queued.chat_row for queued in waiting])
        figures.append(len(statements))
        await send_all(outbox, minute=9)
    assert figures == [7, 8]  # where not all can be claimed, newcomers among those left are looked for


async def take_after(outbox: SqlOutbox, done: list[Sent], free: list[str]) -> list[Queued]:
    return await outbox.exchange(done, free, NOW, lease=later(2) - NOW, limit=100)


async def test_nothing_is_written_while_there_is_nothing_to_do(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    await queue(store, MEI, "one")
    await take(outbox)
    with counted(database) as statements:
        await take(outbox)
    assert len(statements) == 1
    assert statements[0].startswith("SELECT")


async def test_a_postponed_chat_waits_and_others_do_not(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, "one", "two")
    await queue(store, LIN, "me too", minute=1)
    waiting = await take(outbox)
    rows_held = [queued.chat_row for queued in waiting]
    await settle(outbox, Postponed(rows_held[0], later(5)), free=rows_held)
    (lin,) = await take(outbox, minute=4)
    assert lin.message.html == "me too"
    again = await take(outbox, minute=5, free=[lin.chat_row])
    assert texts(again) == ["one", "me too", "two"]
    assert [queued.attempts for queued in again] == [1, 0, 0]


async def test_after_what_was_sent_the_next_one_counts_as_tried(store: SqlStore, outbox: SqlOutbox) -> None:
    await queue(store, MEI, "one", "two")
    one, two = await take(outbox)
    await settle(outbox, Postponed(one.chat_row, NOW), Sent(one.id), free=[two.chat_row])
    assert [(queued.id, queued.attempts) for queued in await take(outbox)] == [(two.id, 1)]


async def test_what_telegram_never_takes_is_set_aside(
    store: SqlStore, outbox: SqlOutbox, database: Database
) -> None:
    await queue(store, MEI, "<broken", "two")
    broken, _ = await take(outbox)
    await settle(outbox, Failed(broken.id, "Bad Request"), free=[broken.chat_row])
    assert texts(await take(outbox)) == ["two"]
    assert ("Bad Request",) in await rows(database, "SELECT failure FROM outbox")


async def block(outbox: SqlOutbox) -> None:
    for queued in await take(outbox, limit=1):
        await settle(outbox, Blocked(queued.chat_row, queued.interrupted), free=[queued.chat_row])


async def is_heard_of(store: SqlStore, person: Person, changes: Changes) -> None:
    """Let somebody write, or unblock the bot."""
    async with store.transaction() as transaction:
        await transaction.people([person.telegram_id])
        await transaction.keep(changes, later(1))


async def test_a_chat_that_blocked_us_is_left_alone_until_they_write(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    await keep(store, arrival(MEI))
    await block(outbox)
    await queue(store, MEI, "from a timer")
    assert await take(outbox) == []
    await is_heard_of(store, MEI, Changes(outgoing=[say(MEI, "Good to see you")]))
    assert texts(await take(outbox)) == ["Welcome", "from a timer", "Good to see you"]


async def test_who_unblocks_while_a_message_is_refused_is_answered(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    await keep(store, arrival(MEI))
    refused, *_ = await take(outbox)
    await is_heard_of(store, MEI, Changes(outgoing=[say(MEI, "Good to see you")]))
    await settle(outbox, Blocked(refused.chat_row, refused.interrupted), free=[refused.chat_row])
    assert texts(await take(outbox)) == ["Welcome", "Good to see you"]


async def test_who_only_unblocks_while_a_message_is_refused_still_gets_it(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    await keep(store, arrival(MEI))
    refused, *_ = await take(outbox)
    await is_heard_of(store, MEI, Changes())
    await settle(outbox, Blocked(refused.chat_row, refused.interrupted), free=[refused.chat_row])
    tried = await take(outbox)
    assert texts(tried) == ["Welcome"]
    (again,) = tried
    await settle(outbox, Blocked(again.chat_row, again.interrupted), free=[again.chat_row])
    assert await take(outbox) == [], "refused again, and nothing was heard of them meanwhile"


async def test_after_a_long_absence_what_waits_for_the_blocked_is_tried_once_more(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    await keep(store, arrival(MEI))
    await block(outbox)
    async with store.transaction() as transaction:
        await transaction.try_blocked()
    assert texts(await take(outbox, limit=1)) == ["Welcome"]


async def test_only_the_one_who_wrote_is_unblocked(store: SqlStore, outbox: SqlOutbox) -> None:
    for person in (MEI, LIN):
        await keep(store, arrival(person))
        await block(outbox)
    await is_heard_of(store, LIN, Changes())
    assert [queued.chat for queued in await take(outbox)] == [LIN.telegram_id]
    assert await find(store, MEI)


async def test_a_group_with_a_new_id_is_still_written_to_by_its_old_one(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    moved = -1_009_999_999_999
    await queue(store, GROUP, "A person is asked for")
    (queued,) = await take(outbox)
    assert queued.chat == STAFF_GROUP
    await settle(outbox, Migrated(queued.chat_row, moved), free=[queued.chat_row])
    await queue(store, GROUP, "Another")
    assert [(queued.chat, queued.message.html) for queued in await take(outbox)] == [
        (moved, "A person is asked for"),
        (moved, "Another"),
    ]
