"""In what order people are served when there is more to say than may leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from bot.service.ports import Changes, Person
from bot.service.sending import Queued, Sent
from bot.storage.outbox import SqlOutbox
from bot.storage.store import SqlStore
from bot.storage.turns import ONE_IN, PER_CHAT
from tests.storage.persona import LEASE, LIN, MEI, crowd, keep, later, say, send_all

TAO = Person("tao", 5_550_001_003)
_DAY = 24 * 60


async def write(store: SqlStore, people: Sequence[Person], *words: str, minute: int = 0) -> None:
    outgoing = [say(person, word) for person in people for word in words]
    await keep(store, Changes(outgoing=outgoing), later(minute))


class Line:
    """Sends one message after another, as a worker does that may not send more at once."""

    def __init__(self, outbox: SqlOutbox, minute: int) -> None:
        self._outbox = outbox
        self._minute = minute
        self._last: list[Queued] = []

    async def send(self, count: int) -> list[str]:
        return [word for _ in range(count) for word in await self._next()]

    async def _next(self) -> list[str]:
        done = [Sent(queued.id) for queued in self._last]
        held = [queued.chat_row for queued in self._last]
        self._last = await self._outbox.exchange(done, held, later(self._minute), lease=LEASE, limit=1)
        return [queued.message.html for queued in self._last]


async def test_who_is_in_the_middle_comes_before_all_newcomers(store: SqlStore, outbox: SqlOutbox) -> None:
    await write(store, [MEI, LIN], "Welcome")
    await send_all(outbox)
    await write(store, crowd(50), "newcomer", minute=1)
    await write(store, [LIN, MEI], "question", minute=30)
    assert await Line(outbox, 31).send(4) == ["question", "question", "newcomer", "newcomer"]


async def test_one_place_in_so_many_is_a_newcomers(store: SqlStore, outbox: SqlOutbox) -> None:
    talking, people = crowd(50)[:40], crowd(53)[50:]
    await write(store, talking, "Welcome")
    await send_all(outbox)
    await write(store, talking, "question", minute=1)
    await write(store, people, "newcomer", minute=1)
    told = await Line(outbox, 2).send(43)
    places = [place for place, word in enumerate(told) if word == "newcomer"]
    assert len(told) == 43
    # What was sent before counts: the turn of a newcomer comes once in so many, wherever it falls.
    assert places[1] - places[0] == ONE_IN
    assert places[0] < ONE_IN


async def test_a_claim_of_many_has_its_newcomers_too(store: SqlStore, outbox: SqlOutbox) -> None:
    people = crowd(200)
    await write(store, people[:150], "Welcome")
    await send_all(outbox)
    await write(store, people[:150], "question", minute=1)
    await write(store, people[150:], "newcomer", minute=2)
    claimed = await outbox.exchange([], [], later(3), lease=LEASE, limit=100)
    words = [queued.message.html for queued in claimed]
    assert words.count("newcomer") == 100 // ONE_IN
    assert len(words) == 100


async def test_a_newcomer_waits_a_day_at_most_for_those_in_the_middle(
    store: SqlStore, outbox: SqlOutbox
) -> None:
    await write(store, [MEI], "Welcome")
    await send_all(outbox)
    await write(store, [TAO], "newcomer")
    await write(store, [MEI], "question", minute=_DAY + 1)
    assert await Line(outbox, _DAY + 2).send(2) == ["newcomer", "question"]


async def test_a_greeting_that_was_begun_is_ended(store: SqlStore, outbox: SqlOutbox) -> None:
    await write(store, [MEI], "Welcome", "The study", "Shall we?")
    await write(store, crowd(5), "newcomer")
    assert await Line(outbox, 1).send(4) == ["Welcome", "The study", "Shall we?", "newcomer"]


async def test_who_floods_comes_after_everybody_who_waits(store: SqlStore, outbox: SqlOutbox) -> None:
    await write(store, [MEI], *(f"flood {number}" for number in range(100)))
    await write(store, crowd(30), "newcomer", minute=1)
    told = await Line(outbox, 2).send(130)
    before = list(takewhile(lambda word: word.startswith("flood"), told))
    assert len(before) == 1, "the flooder waited longest, and has one turn"
    # All others, and only then the rest; what fits into one round is ended like any other talk.
    assert told[1:31] == ["newcomer"] * 30
    assert told[31:] == [f"flood {number}" for number in range(1, 100)]


async def test_some_messages_more_make_nobody_a_flooder(store: SqlStore, outbox: SqlOutbox) -> None:
    await write(store, [MEI], *(f"said {number}" for number in range(PER_CHAT)))
    await write(store, crowd(30), "newcomer", minute=1)
    told = await Line(outbox, 2).send(PER_CHAT + 1)
    assert told == [*(f"said {number}" for number in range(PER_CHAT)), "newcomer"]


async def test_an_emergency_comes_before_everything(store: SqlStore, outbox: SqlOutbox) -> None:
    await write(store, [MEI, LIN], "Welcome")
    await send_all(outbox)
    await write(store, [MEI], "question", minute=1)
    await write(store, [LIN], "question before", minute=2)
    for stranger in (LIN, TAO):
        urgent = replace(say(stranger, "Please call 112"), urgent=True)
        await keep(store, Changes(outgoing=[urgent]), later(3))
    told = await Line(outbox, 4).send(4)
    # What was said before in the same chat comes before it there too.
    assert told.count("Please call 112") == 2
    assert told.index("question before") < 2
    assert told[3] == "question"
