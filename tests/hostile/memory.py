"""A store in memory: what the use cases ask of one, so that a million updates take minutes.

What is kept goes through the codec as in the real one, both ways; it is not sealed or written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from bot.domain.review import Case
from bot.service.message import Message
from bot.service.ports import Changes, KeptCase, Person, Quarantined
from bot.service.record import Record
from bot.storage.codec import read_conversation, read_message, write_conversation, write_event, write_message

_REMEMBERED = 1000
"""Update keys known, so that memory stays flat."""


class MemoryQuarantine:
    """See bot.service.ports.Quarantine."""

    def __init__(self, items: list[Quarantined]) -> None:
        self._items = items

    async def listed(self) -> list[Quarantined]:
        return list(self._items)

    async def taken_up(self, key: str) -> None:
        self._items[:] = [item for item in self._items if item.key != key]


class MemoryCases:
    """See bot.service.ports.HeldCases."""

    def __init__(self) -> None:
        self._known: dict[str, KeptCase] = {}

    async def hold(self, case_ids: Collection[str]) -> dict[str, Case]:
        return {each: self._known[each].case for each in case_ids if each in self._known}

    async def of_conversations(self, conversations: Collection[str]) -> dict[str, Case]:
        cases = [kept.case for kept in self._known.values()]
        return {case.conversation: case for case in cases if case.conversation in conversations}

    async def person_of(self, case_id: str) -> Person | None:
        raise AssertionError(f"no member of staff acts here: {case_id}")

    async def due(self, now: datetime, limit: int) -> list[str]:  # noqa: ARG002 -- see HeldCases
        return []

    def keep(self, cases: Iterable[KeptCase]) -> None:
        self._known |= {kept.case.id: kept for kept in cases}


class MemoryStore:
    """See bot.service.ports.Store and Transaction: both at once, as there is only one user."""

    def __init__(self) -> None:
        self.known: dict[int, Person] = {}
        self.outgoing: list[tuple[int, Message]] = []
        self.aside: list[Quarantined] = []
        self.quarantine = MemoryQuarantine(self.aside)
        self.cases = MemoryCases()
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryStore]:
        yield self

    async def tidy(self, now: datetime) -> None: ...

    async def prune(self, now: datetime) -> None: ...

    async def claim(self, keys: Sequence[str], now: datetime) -> frozenset[str]:  # noqa: ARG002 -- see Transaction
        fresh = frozenset(keys) - frozenset(self._seen)
        self._seen.extend(sorted(fresh))
        return fresh

    async def people(self, telegram_ids: Sequence[int]) -> dict[int, Person]:
        return {each: self.known[each] for each in telegram_ids if each in self.known}

    async def editions(self, hashes: Sequence[str]) -> dict[str, bytes]:
        raise AssertionError(f"every edition is at hand: {hashes}")

    async def keep_edition(
        self, body: bytes, content_hash: str, trial: str, version: str, now: datetime
    ) -> None: ...

    async def contacts(self, trial: str) -> int:  # noqa: ARG002 -- see Transaction
        return 3

    async def due(self, now: datetime, limit: int) -> list[Person]:  # noqa: ARG002 -- see Transaction
        return []

    async def record_of(self, person: str) -> Record:
        theirs = [each for known in self.known.values() if known.id == person for each in known.conversations]
        return Record({talk.id: () for talk in theirs}, ())

    async def note_absence(self, first: datetime, last: datetime) -> None: ...
    async def try_blocked(self) -> None: ...

    async def missed(self, limit: int) -> list[Person]:  # noqa: ARG002 -- see Transaction
        return []

    async def last_poll(self) -> datetime | None:
        return None

    async def note_poll(self, now: datetime) -> None: ...

    async def keep(self, changes: Changes, now: datetime) -> None:
        by_id = {person.id: person for person in [*self.known.values(), *changes.newcomers]}
        for kept in changes.kept:
            for event in kept.events:
                write_event(event)
            person = by_id[kept.person]
            talk = read_conversation(write_conversation(kept.conversation))
            others = tuple(each for each in person.conversations if each.id != talk.id)
            theirs = sorted((*others, talk), key=lambda each: (each.opened_at or now, each.id))
            by_id[kept.person] = replace(person, conversations=tuple(theirs))
        for person_id, current in changes.current.items():
            by_id[person_id] = replace(by_id[person_id], current=current)
        gone = set(changes.erased)
        self.known = {person.telegram_id: person for person in by_id.values() if person.id not in gone}
        self.outgoing += [(one.chat, read_message(write_message(one.message))) for one in changes.outgoing]
        self.aside += changes.quarantined
        self.cases.keep(changes.cases)
