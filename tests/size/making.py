"""Many people with whole conversations, made quickly: one real one, for each of them under their own key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.events import Event
from bot.domain.folding import replay
from bot.engine.due import due_next
from bot.service.ports import Changes, Kept, Person
from bot.storage.reading import conversations
from bot.storage.store import SqlStore
from tests.conftest import NOW, shipped
from tests.talk import open_world

_AT_ONCE = 200
_SAID = ("start", "i understand", "i agree", "i agree", "45", *["yes"] * 5, "no", "yes", "no", "no", "no")


async def real_conversation() -> list[Event]:
    """Return what happens in a screening of the shipped trial, from the greeting to the end."""
    with TemporaryDirectory() as folder:
        async with open_world(Path(folder), shipped()) as world:
            mei = world.phone("en", 7)
            for said in ("/start NCT06203249_flyer-7", *_SAID, "submit", "no"):
                await world.send(mei, said)
            (row,) = [row async for row in conversations(world.store, with_events=True)]
            return list(row.events)


async def fill(store: SqlStore, events: int) -> AsyncIterator[int]:
    """Let people come, each with a whole conversation, until there are that many events; yield how many."""
    story = await real_conversation()
    async with store.transaction() as transaction:
        edition = shipped()
        await transaction.keep_edition(
            edition.body, edition.content_hash, edition.trial.id, edition.trial.version, NOW
        )
    people = -(-events // len(story))
    for first in range(0, people, _AT_ONCE):
        await _keep(store, story, range(first, min(first + _AT_ONCE, people)))
        yield min(first + _AT_ONCE, people) * len(story)


async def _keep(store: SqlStore, story: list[Event], numbers: range) -> None:
    whole = replay("", story)
    due = due_next(shipped().trial, whole)
    newcomers = [Person(f"p{n:07}", 6_000_000_000 + n, current=f"p{n:07}-1") for n in numbers]
    kept = [
        Kept(each.id, replace(whole, id=each.current or ""), tuple(story), due_at=due[0] if due else None)
        for each in newcomers
    ]
    async with store.transaction() as transaction:
        await transaction.keep(Changes(newcomers=newcomers, kept=kept), NOW)
