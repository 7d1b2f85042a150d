"""Several workers on one PostgreSQL: nothing lost, nothing doubled, and any of them may go at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from bot.botapi import polling, sender, worker
from bot.botapi.intake import Intake
from bot.content.bundle import Bundle
from bot.domain.events import AnswerRecorded
from bot.simulator.bots import Webhook as Earlier
from bot.simulator.faults import Kind
from bot.storage.migrate import upgrade
from bot.storage.reading import events_of
from tests.botapi.running import Someone
from tests.botapi.team import Colleague, Team, staffed, story, team, until
from tests.botapi.test_cases import (
    ANSWERS,
    CASES,
    FULL,
    QUESTIONS,
    agree,
    due,
    label,
    observed,
    screen,
)
from tests.storage.server import Server
from tests.storage.server import running as running_server

_TEMPLATE = "at_head"
CUT = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
NUMBERS = count(1)
PLAYED = [case for case in ANSWERS if len(case["answers"]) > 1][:12]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL with a database at head to copy."""
    with running_server() as server:
        server.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {_TEMPLATE}")
        asyncio.run(upgrade(server.url(_TEMPLATE)))
        yield server


@pytest.fixture
def database_url(server: Server) -> str:
    return fresh(server)


def fresh(server: Server) -> str:
    """Return the address of a database that is empty and at head."""
    name = f"doorstep_{next(NUMBERS)}"
    server.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    return server.url(name)


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "_PAUSE", 0.05)
    monkeypatch.setattr(worker, "_TRY_AGAIN", 0.03)
    monkeypatch.setattr(polling, "_LONGEST_PAUSE", 0.05)


async def talk(bot: Team, case: dict[str, Any]) -> Someone:
    """Let somebody go through a whole screening, with three messages in a row, and wish to be contacted."""
    person = Someone(bot.simulator.person(first_name=case["id"]))
    await agree(person)
    for words in ("xyz", "200 years", str(case["answers"]["age"])):
        person.person.send(words)
    await until(lambda: due(person) not in {None, "age"}, "the burst was not answered")
    await screen(person, case["answers"])
    seen = len(person.person.messages)
    person.person.tap("Yes, contact me")
    await until(lambda: len(person.person.messages) > seen, "nobody said thank you")
    return person


async def play(database_url: str, bundle: Bundle, workers: int) -> dict[str, Any]:
    """Let twelve people talk at once to so many workers; return everybody's story."""
    async with staffed(database_url, bundle, workers) as bot:
        people = await asyncio.gather(*(talk(bot, case) for case in PLAYED))
        await bot.simulator.settle()
        stories = {}
        for case, person in zip(PLAYED, people, strict=True):
            (row,) = await bot.export(person)
            seen = observed(row)
            expected = {name: value for name, value in case.items() if name.startswith("expected_")}
            assert {name: seen[name] for name in expected} == expected
            stories[case["id"]] = await story(bot, person)
        return stories


async def test_three_workers_do_what_one_does(server: Server, bundle: Bundle) -> None:
    """Every update comes twice, to two of them: nothing is lost, nothing doubled, and order is kept."""
    assert len(PLAYED) == 12
    one, three = [await play(await asyncio.to_thread(fresh, server), bundle, workers) for workers in (1, 3)]
    for name in one:
        assert three[name] == one[name], name
    assert {len(told["alerts"]) for told in one.values()} == {1}
    assert all(len(told["bot"]) >= 15 for told in one.values())


async def test_what_one_person_does_at_once_is_taken_one_after_the_other(
    database_url: str, bundle: Bundle
) -> None:
    """A tap and a message come by two lines, so different workers handle them at the same time."""
    willing, asked = QUESTIONS["willing"]["text"], QUESTIONS["dm"]["text"]
    async with staffed(database_url, bundle, 3) as bot:
        people = await ready(bot, [f"Person {number}" for number in range(12)])
        seen = [len(person.person.messages) for person in people]
        for person in people:
            person.person.tap(label("willing", "yes"))
            person.person.send("xyz")
        await bot.simulator.settle()
        await bot.all_sent()
        for person, before in zip(people, seen, strict=True):
            fresh = [message.text for message in person.person.messages[before:] if message.from_bot]
            questions = ["willing" if willing in words else "dm" if asked in words else "" for words in fresh]
            confused = [words.startswith("I did not understand") for words in fresh]
            came = list(zip(questions, confused, strict=True))
            assert came in ([("dm", False), ("dm", True)], [("willing", True), ("dm", False)])
            assert await bot.answers_recorded(person, "willing") == 1


async def ready(bot: Team, names: Sequence[str]) -> list[Someone]:
    """Return people who are asked whether they are willing."""
    people = [Someone(bot.simulator.person(first_name=name)) for name in names]
    for person in people:
        await agree(person)
        await person.say(str(FULL["age"]))
    await bot.all_sent()
    return people


async def check_done(bot: Team, people: Sequence[Someone]) -> None:
    """Let everybody finish, and say that each of them was asked and answered once."""
    for person in people:
        await until(lambda person=person: due(person) == "dm", "nobody took over")  # type: ignore[misc]
        await screen(person, FULL)
        (row,) = await bot.export(person)
        assert row["answers"] == FULL
        assert observed(row)["expected_outcome"] == CASES["C014"]["expected_outcome"]
        said = [message.text for message in person.person.messages if message.from_bot]
        for question in QUESTIONS.values():
            assert sum(question["text"] in words for words in said) == 1, question["key"]
        recorded = [
            e for e in await events_of(bot.store, person.codes()[-1]) if isinstance(e, AnswerRecorded)
        ]
        assert len(recorded) == len(FULL)
    await bot.check_sent_once()


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
async def test_the_leader_goes_in_the_middle_and_another_polls_on(
    moment: str, database_url: str, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = asyncio.Event()
    take = Intake.take

    async def half(intake: Intake, updates: Sequence[Any]) -> None:
        if updates and moment == "after the commit":
            await take(intake, updates)
        if updates:
            stuck.set()
            await asyncio.Event().wait()

    async with team(database_url, bundle) as bot:
        first = await bot.hire(1)
        assert await bot.leader() is first
        second = await bot.hire(2)
        people = await ready(bot, ["Mei", "Lin", "Tao"])
        assert bot.leaders() == [first]
        monkeypatch.setattr(first.worker._intake, "take", half.__get__(first.worker._intake))
        mei, *others = people
        mei.person.tap(label("willing", "yes"))
        await stuck.wait()
        for person in others:
            person.person.tap(label("willing", "yes"))
        await asyncio.sleep(0.1)
        assert bot.leaders() == [first], "a leader who is slow still leads"
        assert {due(person) for person in others} == {"willing"}
        await bot.all_sent()
        assert due(mei) == ("dm" if moment == "after the commit" else "willing")
        await first.dismiss()
        assert await bot.leader() is second
        await check_done(bot, people)
        assert len(bot.simulator.calls("deleteWebhook")) == 2


async def test_a_leader_cut_off_from_the_lock_stops_leading_and_the_talk_goes_on(
    server: Server, database_url: str, bundle: Bundle
) -> None:
    async with team(database_url, bundle) as bot:
        first = await bot.hire(1)
        assert await bot.leader() is first
        await bot.hire(2)
        people = await ready(bot, ["Mei", "Lin"])
        began = len(bot.simulator.calls("deleteWebhook"))
        await server.execute(CUT)
        for person in people:
            person.person.tap(label("willing", "yes"))
        await until(lambda: len(bot.simulator.calls("deleteWebhook")) > began, "nobody began to lead anew")
        await check_done(bot, people)
        assert len(bot.leaders()) == 1


FAULTS: list[Kind] = ["500", "cut", "429"]
NOBODY = "http://127.0.0.1:9/telegram"


async def test_whoever_begins_to_lead_says_where_to_call_until_telegram_hears(
    database_url: str, bundle: Bundle
) -> None:
    async with team(database_url, bundle) as bot:
        bot.called_at = NOBODY
        for kind in FAULTS:
            bot.simulator.fault(kind=kind, method="setWebhook")
        await bot.hire(1)
        await bot.leader()
        assert len([call for call in bot.simulator.calls("setWebhook") if call.ok]) == 1


async def test_whoever_begins_to_poll_ends_an_old_webhook_until_telegram_hears(
    database_url: str, bundle: Bundle
) -> None:
    """Beside a webhook every poll is refused: a failure at the start must not leave the bot deaf."""
    async with team(database_url, bundle) as bot:
        bot.simulator.bot.webhook = Earlier(NOBODY, "", 40, has_certificate=False, ip_address="")
        for kind in FAULTS:
            bot.simulator.fault(kind=kind, method="deleteWebhook")
        await bot.hire(1)
        await Someone(bot.simulator.person()).say("/start")
        assert {call.status for call in bot.simulator.calls("getUpdates")} == {200, 409}


@pytest.mark.parametrize("successor", ["another", "the same again"])
async def test_the_chats_of_a_worker_that_died_are_taken_over(
    successor: str, database_url: str, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By others when its lease has run out, and at once by whoever comes back under its name."""
    async with team(database_url, bundle) as bot:
        first = await bot.hire(1)
        mei, lin = await ready(bot, ["Mei", "Lin"])
        await dies_sending_to(mei, first, monkeypatch)
        assert await bot.count("chats WHERE lease_owner IS NOT NULL") == 1
        await bot.hire(1 if successor == "the same again" else 2)
        await bot.leader()
        mei.person.send("xyz")
        await lin.tap(label("willing", "yes"))
        assert due(lin) == "dm", "others are not held up"
        if successor == "another":
            bot.clock.advance(timedelta(seconds=55))
            await asyncio.sleep(0.3)
            assert due(mei) == "willing", "the first may still be sending to this chat"
            bot.clock.advance(timedelta(seconds=6))
        await bot.all_sent()
        said = [message.text for message in mei.person.messages if message.from_bot]
        asked = [QUESTIONS["dm"]["text"] in words for words in said]
        assert asked == [*[False] * (len(said) - 2), True, True], "asked, and again after what was typed"
        assert said[-2].startswith("Question 3")
        assert said[-1].startswith("I did not understand")
        await screen(mei, FULL)
        (row,) = await bot.export(mei)
        assert row["answers"] == FULL
        await bot.check_sent_once()


async def dies_sending_to(person: Someone, colleague: Colleague, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a worker die after it has claimed a chat, and before anything was sent to it."""
    sending = asyncio.Event()

    async def hang(*_: object) -> None:
        sending.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(colleague.worker._sender, "_deliver", hang)
    person.person.tap(label("willing", "yes"))
    await sending.wait()
    await colleague.die(monkeypatch)
