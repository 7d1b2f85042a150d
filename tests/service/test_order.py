"""Who is told first when many write at once: from what they wrote to the order of the messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from bot.botapi.updates import read
from bot.content.bundle import Bundle
from bot.content.shelf import Shelf
from bot.service.ports import Arrival
from bot.service.screening import handle, keep_offered
from tests.service.test_desk import agree, other_trial
from tests.talk import BOT, LEASE, STAFF, World, open_world

NUMBERS = count(900_001)
MEI, FIRST, ILL = 7, 100, 99


def arrived(person: int, words: str) -> Arrival:
    sender = {"id": person, "is_bot": False, "first_name": "P", "language_code": "en"}
    chat = {"id": person, "type": "private", "first_name": "P"}
    message = {"message_id": 1, "date": 1_772_000_000, "chat": chat, "from": sender, "text": words}
    meant = read({"update_id": next(NUMBERS), "message": message}, BOT)
    assert isinstance(meant, tuple)
    return meant[0]


async def told(world: World, places: int) -> Sequence[int]:
    """Return the chats that a worker claims one after another."""
    return [
        queued.chat
        for _ in range(places)
        for queued in await world.outbox.exchange([], [], world.now, lease=LEASE, limit=1)
    ]


@pytest.mark.parametrize("trials", [1, 2])
async def test_in_a_crowd_an_emergency_is_first_and_an_answer_second(
    trials: int, tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone(number=MEI)
        await world.send(mei, "/start")
        await agree(world, mei)
        desks = replace(world.desks, editions=Shelf([bundle, other_trial(bundle)][:trials]))
        await keep_offered(desks, now=world.now)
        crowd = [arrived(FIRST + number, "/start") for number in range(10)]
        await handle([*crowd, arrived(MEI, "45"), arrived(ILL, "I cannot breathe")], desks, now=world.now)
        urgent = {ILL, STAFF} if trials == 1 else {ILL}
        order = await told(world, 4)
        assert set(order[: len(urgent)]) == urgent
        assert order[len(urgent)] == MEI
        assert order[-1] >= FIRST
