"""A chat that is left in peace: nothing leaves before the quiet is over, unless its person writes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.service.ports import Changes, Outgoing
from bot.service.sending import Postponed
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from tests.storage.persona import LIN, MEI, arrival, find, keep, later, say, send_all, settle, take

MORNING = 60


@pytest.fixture
async def outbox(store: SqlStore, database: Database) -> SqlOutbox:
    """Mei and Lin are known, and nothing waits."""
    outbox = SqlOutbox(database, "one")
    for person in (MEI, LIN):
        await keep(store, arrival(person))
    await send_all(outbox)
    return outbox


def held(words: str) -> Outgoing:
    return replace(say(MEI, words), held_until=later(MORNING))


async def test_it_leaves_when_the_quiet_is_over_and_others_do_at_once(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    await keep(store, Changes(outgoing=[held("a reminder"), say(LIN, "hello")]), later(1))
    await keep(store, Changes(outgoing=[held("from the team")]), later(2))
    assert await send_all(outbox, 3) == ["hello"]
    assert await send_all(outbox, MORNING - 1) == []
    assert await send_all(outbox, MORNING) == ["a reminder", "from the team"]


async def test_whoever_writes_is_awake_and_gets_it_in_order(store: SqlStore, outbox: SqlOutbox) -> None:
    await keep(store, Changes(outgoing=[held("a reminder")]), later(1))
    async with store.transaction() as transaction:
        assert await transaction.people([MEI.telegram_id])
        await transaction.keep(Changes(outgoing=[say(MEI, "an answer")]), later(2))
    assert await send_all(outbox, 3) == ["a reminder", "an answer"]
    await keep(store, Changes(outgoing=[held("the next night")]), later(4))
    assert await send_all(outbox, 5) == []


async def test_an_answer_that_waits_is_not_held_up_by_what_can(store: SqlStore, outbox: SqlOutbox) -> None:
    """Telegram does not take it now; meanwhile something becomes due by time."""
    await keep(store, Changes(outgoing=[say(MEI, "an answer")]), later(1))
    (queued,) = await take(outbox, 1)
    await settle(outbox, Postponed(queued.chat_row, later(2)), free=[queued.chat_row], minute=1)
    await keep(store, Changes(outgoing=[held("a reminder")]), later(2))
    assert (await send_all(outbox, 3))[0] == "an answer"


async def test_what_must_be_said_now_ends_the_quiet(store: SqlStore, outbox: SqlOutbox) -> None:
    await keep(store, Changes(outgoing=[held("a reminder")]), later(1))
    await keep(store, Changes(outgoing=[replace(say(MEI, "call for help"), urgent=True)]), later(2))
    assert await send_all(outbox, 3) == ["a reminder", "call for help"]


async def test_one_who_is_erased_meanwhile_gets_their_goodbye_at_once(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    await keep(store, Changes(outgoing=[held("a reminder")]), later(1))
    assert await find(store, MEI)
    await keep(store, Changes(erased=[MEI.id], outgoing=[say(MEI, "goodbye")]), later(2))
    assert await send_all(outbox, 3) == ["goodbye"]
