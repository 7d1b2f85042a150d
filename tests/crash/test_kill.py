"""Real `python -m bot run` processes are killed with SIGKILL while people answer: the short form.

python -m tests.crash is the campaign. In both the first process is started as an operator does; the
others are forked from one that has done the imports.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash import compare
from tests.crash.campaign import Plan, run
from tests.crash.process import warm
from tests.crash.talker import CAST
from tests.crash.test_cancel import talked_calmly
from tests.storage.server import Server, running

SEED = 20261122


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """Return what everybody sees whose bot is never interrupted."""
    people = asyncio.run(talked_calmly(tmp_path_factory.mktemp("calm"), len(CAST)))
    return [talker.texts for talker in people]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'bot.sqlite3'}"


@pytest.fixture
def postgresql_url(server: Server, request: pytest.FixtureRequest) -> str:
    name = f"crash_{abs(hash(request.node.name))}"
    server.run(f"CREATE DATABASE {name}")
    return server.url(name)


@pytest.mark.parametrize(
    ("database", "workers", "kills"), [("sqlite", 1, 8), ("postgresql", 1, 8), ("postgresql", 3, 8)]
)
def test_killed_while_people_answer_the_bot_loses_and_doubles_no_answer(
    database: str,
    workers: int,
    kills: int,
    calm: list[list[str]],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    url = request.getfixturevalue(f"{database}_url")
    verdict = asyncio.run(_killed(Plan(url, tmp_path, kills, SEED, workers, at_once=4), calm))
    sys.stdout.write(f"{kills} kills on {database}, {workers} at work: {verdict}\n")


async def _killed(plan: Plan, calm: list[list[str]]) -> str:
    async with warm(plan.folder) as starter:
        verdict, repeated = await run(plan, starter, calm)
    assert verdict.good, verdict
    assert repeated > 0, "no update came twice"
    return f"{verdict.people} people, {verdict.answers} answers, {verdict.doubled} messages came twice"


def test_the_same_kills_cost_a_stock_bot_answers(calm: list[list[str]], tmp_path: Path) -> None:
    """It shows that the campaign can show a loss."""
    theirs, ours = asyncio.run(_beside_stock(tmp_path, calm))
    sys.stdout.write(f"stock: {theirs}\ndoorstep: {ours}\n")
    assert ours.good, ours
    assert theirs.lost > 0, theirs


async def _beside_stock(folder: Path, calm: list[list[str]]) -> tuple[compare.Figures, compare.Figures]:
    async with warm(folder) as starter:
        theirs = await compare.stock(starter, folder, 8, SEED, size=8)
        return theirs, await compare.doorstep(starter, folder, 8, SEED, calm, size=8)
