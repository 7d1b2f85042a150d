"""The staff group before the first day: its members, the staff register, and somebody who deletes things."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random  # noqa: TID251 -- repeatable chance is what the simulation is about

from bot.app import office_of
from bot.content.shelf import Shelf
from bot.domain.staff import OPERATOR, Role
from bot.service.register import add_staff
from bot.service.review import Office
from bot.settings import Settings
from bot.simulator import Chat, Person
from bot.storage.database import open_database
from bot.storage.store import SqlStore
from bot.storage.verifying import Report, verify
from tests.conftest import shipped
from tests.simulation.board import Board
from tests.simulation.cards import Deed
from tests.simulation.figures import Figures
from tests.simulation.team import MARK, Member
from tests.simulation.telegram import Telegram

_TEAM = (
    ("Wang", "coordinator", 7, 0.5),
    ("Li", "coordinator", 8, 0.5),
    ("Abel", "coordinator", 12, 0.5),
    ("Zhao", "investigator", 19, 0.5),
    ("Chen", "investigator", 13, 0.4),
    ("Ruiz", "auditor", 14, 0.15),
    ("Gast", "stranger", 14, 0.15),
)
"""Name, role, the hour at which they begin, and how often they look at what is new."""
STRANGER = "stranger"


@dataclass(slots=True)
class Team:
    """All who are in the staff group, and the group itself."""

    group: Chat
    members: list[Member]
    board: Board
    figures: Figures
    chance: Random

    def comes(self, patience: int) -> None:
        """Let everybody begin a day."""
        for member in self.members:
            member.comes(patience)

    def rest(self) -> None:
        for member in self.members:
            member.rest()

    async def meddle(self, every: float) -> None:
        """Let somebody delete a card or a topic now and then, or take the right to topics away, for ever."""
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / every))
            self.figures.faults["group meddled with"] += 1
            deed = self.chance.choice([self._delete_a_message, self._delete_a_topic, self._turn_the_right])
            deed()

    def leave_off(self) -> None:
        """From here on all is well."""
        self.group.manages_topics = True

    def _delete_a_message(self) -> None:
        messages = [each for each in self.group.present() if each.from_bot and not each.is_service]
        if messages:
            self.board.takes_away(self.chance.choice(messages))

    def _delete_a_topic(self) -> None:
        if not self.group.topics:
            return
        topic = self.chance.choice(list(self.group.topics))
        for message in [each for each in self.group.present() if each.thread_id == topic]:
            self.board.takes_away(message)
        del self.group.topics[topic]

    def _turn_the_right(self) -> None:
        self.group.manages_topics = not self.group.manages_topics


@dataclass(frozen=True, slots=True)
class Hiring:
    """What is needed to put a team together."""

    url: str
    telegram: Telegram
    figures: Figures
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    note: Callable[[Deed, str], None]
    chance: Random

    async def team(self, *, paced: bool) -> Team:
        """Make the group, and put those on the register who are to be on it, as the operator does."""
        people = [self.telegram.person(first_name=name) for name, *_ in _TEAM]
        group = self.telegram.group("Study team", people, forum=self.chance.random() < 0.5)
        overseer = self.telegram.witness.overseer
        board = Board(group, overseer, self.figures, paced=paced)
        database = open_database(self.url)
        store = SqlStore(database, self.new_id)
        await store.begin()
        office = office_of(store, Shelf([shipped()]), Settings(_env_file=None))
        members = [await self._member(office, place, person, group) for place, person in enumerate(people)]
        await database.close()
        return Team(group, members, board, self.figures, Random(self.chance.random()))

    async def _member(self, office: Office, place: int, person: Person, group: Chat) -> Member:
        name, role, begins, eager = _TEAM[place]
        staff = "" if role == STRANGER else await self._register(office, person, name, role)
        mark, chance = f"{MARK}{self.figures.seed}m{place}x", Random(self.chance.random())
        return Member(person, role, staff, chance, group, self.note, self.clock, begins, eager, mark)

    async def _register(self, office: Office, person: Person, name: str, role: str) -> str:
        roles, now = [Role(role)], self.clock()
        added = await add_staff(
            office, name, roles, telegram_id=person.id, sees_identity=False, by=OPERATOR, now=now
        )
        return added.id


async def verified(url: str, new_id: Callable[[], str]) -> Report:
    """Look through all chains as `verify` does."""
    database = open_database(url)
    report = Report()
    try:
        async for so_far in verify(SqlStore(database, new_id)):
            report = so_far
    finally:
        await database.close()
    return report
