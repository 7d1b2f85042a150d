"""Cards in the staff group with several workers on one PostgreSQL: one card a case, one winner a claim."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.app import new_id
from bot.botapi import cards, worker
from bot.botapi.staff_group import StaffGroup
from bot.botapi.webhook import Webhook
from bot.content.bundle import Bundle
from bot.domain.review import Case
from bot.domain.staff import OPERATOR, Role
from bot.service.register import add_staff
from bot.service.review import Office
from bot.service.screening import Desks
from bot.simulator import Message, Person
from bot.web.health import create_app
from bot.web.serving import serving
from tests.botapi.running import Someone
from tests.botapi.team import PATH, SECRET, Team, Turns, team, until
from tests.botapi.test_cases import NAVIGATION, agree
from tests.botapi.test_workers import fresh, server
from tests.storage.server import Server

__all__ = ["server"]
MANY = 8


@pytest.fixture
def database_url(server: Server) -> str:
    return fresh(server)


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_LOOK", 0.05)
    monkeypatch.setattr(cards, "_PAUSE", 0.05)
    monkeypatch.setattr(worker, "_TRY_AGAIN", 0.03)


@asynccontextmanager
async def at_work(database_url: str, bundle: Bundle, workers: int) -> AsyncIterator[Team]:
    """Put so many workers behind a webhook that brings each update to two of them; the group has cards."""
    turns = Turns()
    async with team(database_url, bundle) as bot:
        bot.with_cards = True
        app = create_app(dict, (PATH, Webhook(turns, SECRET).answer))
        async with serving(app, "127.0.0.1", 0) as front:
            bot.called_at = f"{front}{PATH}"
            for number in range(workers):
                turns.team.append((await bot.hire(number)).worker.gatherer)
            await bot.leader()
            yield bot
            await turns.finish()


async def joins(bot: Team, name: str) -> Person:
    assert bot.staff is not None
    person = bot.simulator.person(first_name=name, language_code="en")
    bot.staff.members.add(person.id)
    office = Office(Desks(bot.store, bot.shelf, new_id, bot.staff.id), bot.store)
    who = {"telegram_id": person.id, "sees_identity": False, "by": OPERATOR, "now": bot.clock()}
    await add_staff(office, name, (Role.COORDINATOR,), **who)  # type: ignore[arg-type]
    return person


async def ask(bot: Team, many: int) -> None:
    """Let so many people ask for a person."""
    people = [Someone(bot.simulator.person(language_code="en")) for _ in range(many)]
    for person in people:
        await agree(person)
    await asyncio.gather(*(person.tap(NAVIGATION["person"]) for person in people))


def shown(bot: Team) -> list[Message]:
    """Return the messages of the group that have buttons: the cards."""
    assert bot.staff is not None
    return [message for message in bot.staff.present() if message.from_bot and message.buttons]


async def found(bot: Team) -> list[Case]:
    async with bot.store.looking() as looking:
        every = await looking.cases.first_revisions(100)
        return [stored.case for case, _ in every if (stored := await looking.cases.look(case))]


async def check_one_card_each(bot: Team, many: int) -> None:
    every = await found(bot)
    assert len(every) == many
    texts = [message.text for message in shown(bot)]
    told = Counter(case.id for case in every for text in texts if case.id in text)
    assert told == Counter({case.id: 1 for case in every}), "a case without a card, or with two"


async def test_a_claim_that_reaches_two_workers_at_once_has_one_winner(
    database_url: str, bundle: Bundle
) -> None:
    async with at_work(database_url, bundle, 3) as bot:
        staff = [await joins(bot, name) for name in ("Wang", "Li")]
        await ask(bot, MANY)
        await until(lambda: sum(bool(m.button("Claim")) for m in shown(bot)) == MANY, "no card for each")
        before = {case.id: case.revision for case in await found(bot)}
        for card in shown(bot):
            for person in staff:
                person.tap_label(card.message_id, "Claim", chat_id=bot.staff.id)  # type: ignore[union-attr]
        await until(lambda: sum(bool(m.button("Give back")) for m in shown(bot)) == MANY, "cards stayed old")
        after = await found(bot)
        assert all(case.claimed_by for case in after)
        assert {case.id: case.revision - 1 for case in after} == before, "claimed once, by four deliveries"
        await check_one_card_each(bot, MANY)


async def test_the_leader_goes_between_the_line_and_its_card_and_another_draws_on(
    database_url: str, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = asyncio.Event()
    post = StaffGroup.post

    async def and_hang(place: StaffGroup, html: str, topic: int | None, *, silent: bool) -> int:
        number = await post(place, html, topic, silent=silent)
        if not posted.is_set():
            posted.set()
            await asyncio.Event().wait()
        return number

    async with team(database_url, bundle) as bot:
        bot.with_cards = True
        first = await bot.hire(1)
        assert await bot.leader() is first
        await bot.hire(2)
        monkeypatch.setattr(StaffGroup, "post", and_hang)
        await ask(bot, 3)
        await posted.wait()
        await first.dismiss()
        await until(lambda: len(shown(bot)) == 3, "nobody drew the cards")
        await check_one_card_each(bot, 3)
        assert bot.staff is not None
        bare = [m for m in bot.staff.present() if m.from_bot and not m.buttons]
        assert len(bare) == 1, "one line was left behind, and no card"
        named = [case.id for case in await found(bot) if case.id in bare[0].text]
        assert len(named) == 1, "the line is true for ever: it names the case it was for"
