"""/metrics: what is counted, that it costs no query a turn, and that nobody stands in it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from bot.botapi.clocks import Clocks
from bot.cli.logs import row_of
from bot.content.bundle import Bundle
from bot.domain.messages import Typed
from bot.running import measured
from bot.service.ports import Arrival, Quarantined, StoreUnavailable
from bot.service.screening import handle, set_aside
from bot.service.tally import Figures, Tally
from bot.storage.figures import figures
from bot.web.health import create_app
from bot.web.metrics import Lag, Metrics
from bot.web.serving import serving
from tests.botapi.running import TOKEN, Someone, running
from tests.botapi.test_cases import NAVIGATION, agree, label
from tests.botapi.test_intake import until
from tests.talk import open_world

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def numbers(text: str) -> dict[str, float]:
    """Return each number by its name and labels."""
    families = text_string_to_metric_families(text)
    samples = (sample for family in families for sample in family.samples)
    return {" ".join([sample.name, *sample.labels.values()]): sample.value for sample in samples}


async def test_what_people_do_is_counted_and_nobody_is_named(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot, measured(bot.worker, bot.store) as metrics:
        mei = Someone(bot.simulator.person(first_name="Canary-Meiling"))
        await agree(mei)
        await mei.say("47")
        await mei.tap(label("willing", "yes"))
        await mei.say("Canaryquestion: will my insurance pay for it?")
        await mei.tap(NAVIGATION["pass_on"])
        mei.person.attach("photo", "canarycaption")
        await bot.simulator.settle(quiet=0.1)
        await until(lambda: bot.worker.tally.sent >= 10, "the last message was not counted")
        app = create_app(bot.worker.readiness, None, metrics)
        text = await asked(app)
        code, person = mei.codes()[-1], str(mei.person.id)
    found = numbers(text)
    assert found["doorstep_answers_total"] == 2
    assert found["doorstep_updates_total"] >= found["doorstep_turns_total"] >= 8
    assert found["doorstep_conversations in_progress"] == 1
    assert found["doorstep_sent_total"] >= 10
    assert found["doorstep_heard_age_seconds"] < 60
    assert (found["doorstep_quarantine"], found["doorstep_clock_behind_seconds"]) == (0, 0)
    assert found["doorstep_clock_ahead_seconds"] == 0
    assert {
        "doorstep_outbox_waiting",
        "doorstep_outbox_oldest_seconds",
        "doorstep_due_late_seconds",
    } <= found.keys()
    for canary in ("anary", "Meiling", person, code, TOKEN, "NCT06203249"):
        assert canary not in text, canary


async def asked(app: Starlette) -> str:
    async with (
        serving(app, "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as http,
        http.get(f"{url}/metrics") as answer,
    ):
        assert answer.status == 200
        return await answer.text()


async def scraped(metrics: Metrics) -> dict[str, float]:
    return numbers(await asked(create_app(dict, None, metrics.answer)))


async def test_whoever_asks_often_does_not_ask_the_store_each_time() -> None:
    looks = 0

    async def read() -> Figures:
        nonlocal looks
        looks += 1
        return Figures(3, 12.5, 1, 7.0, {"completed": 4})

    metrics = Metrics(Tally(), read, Lag(), lambda: NOW, dict)
    for _ in range(5):
        found = await scraped(metrics)
    assert looks == 1
    names = ("outbox_waiting", "outbox_oldest_seconds", "quarantine", "due_late_seconds")
    assert [found[f"doorstep_{name}"] for name in names] == [3, 12.5, 1, 7]
    assert found["doorstep_conversations completed"] == 4


async def test_the_store_s_figures_are_of_this_moment(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        item = Quarantined("1:1", "unreadable: TypeError", "{}")
        await set_aside([item], world.desks, now=world.now)
        await handle([Arrival("1:99", mei.id, Typed("hello"))], world.desks, now=world.now)
        found = await figures(world.store.database, world.now + timedelta(seconds=40))
        later = await figures(world.store.database, world.now + timedelta(days=400))
    assert found.waiting >= 1
    assert (found.oldest_wait, found.quarantine, found.late) == (40, 1, 0)
    assert found.conversations == {"in_progress": 1}
    assert later.late > 86_400


async def test_without_the_store_all_else_is_still_told() -> None:
    async def down() -> Figures:
        raise StoreUnavailable("OperationalError")

    tally = Tally(sent=7, heard_at=NOW - timedelta(seconds=90))
    tally.outcomes["needs_review"] = 2
    found = await scraped(Metrics(tally, down, Lag(), lambda: NOW, lambda: {"store": False}))
    assert found["doorstep_sent_total"] == 7
    assert found["doorstep_store_errors_total"] == 1
    assert found["doorstep_store_ready"] == 0
    assert found["doorstep_outcomes_total needs_review"] == 2
    assert found["doorstep_heard_age_seconds"] == 90
    assert "doorstep_outbox_waiting" not in found


def arrival(seconds: float) -> Arrival:
    return Arrival("1:1", 7, Typed("x"), told_at=NOW + timedelta(seconds=seconds))


def test_a_clock_that_is_ahead_is_warned_of_once_and_measured(caplog: pytest.LogCaptureFixture) -> None:
    tally = Tally()
    clocks = Clocks(tally)
    caplog.set_level(logging.WARNING, "bot")
    for years in (0, 1, 30):
        clocks.hear(NOW + timedelta(days=365 * years), NOW)
        clocks.hear(NOW - timedelta(seconds=59), NOW)
    assert (tally.clock_ahead, caplog.records) == (0, [])
    for _ in range(3):
        clocks.hear(NOW - timedelta(days=3650), NOW)
    assert tally.clock_ahead == 3650 * 86_400
    (row,) = map(row_of, caplog.records)
    assert (row["event"], row["seconds"]) == ("clock: ahead of Telegram's", 3650 * 86_400)
    clocks.hear(NOW, NOW)
    assert tally.clock_ahead == 0


def test_a_clock_that_is_behind_is_warned_of_once_and_measured(caplog: pytest.LogCaptureFixture) -> None:
    tally = Tally()
    clocks = Clocks(tally)
    caplog.set_level(logging.WARNING, "bot")
    clocks.compare([arrival(-86_400), arrival(59), Arrival("1:2", 7, Typed("x"))], NOW)
    assert (tally.clock_behind, caplog.records) == (0, [])
    for _ in range(3):
        clocks.compare([arrival(-5), arrival(600)], NOW)
    assert tally.clock_behind == 600
    (row,) = map(row_of, caplog.records)
    assert (row["event"], row["seconds"]) == ("clock: behind Telegram's", 600)
    clocks.compare([arrival(0)], NOW)
    assert tally.clock_behind == 0
