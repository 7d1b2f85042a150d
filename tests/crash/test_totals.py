"""The running total of all campaigns, and where the next one goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.crash.__main__ import arguments, told
from tests.crash.checks import Verdict
from tests.crash.totals import Slice, append, next_seed, read, table

PART = Slice(
    began="2026-03-02T09:30:00+00:00",
    commit="abc",
    bot="doorstep",
    database="sqlite",
    workers=1,
    seed=4,
    kills=50,
    people=10,
    said=1100,
    lost=0,
    doubled_effects=0,
    wrong=0,
    missing=0,
    doubled_messages=30,
    repeated_updates=90,
    longest_wait=3.5,
    seconds=20.0,
    good=True,
)


def test_a_campaign_goes_on_with_the_next_seed_of_its_own_kind(tmp_path: Path) -> None:
    totals = tmp_path / "var" / "crash.jsonl"
    assert next_seed(read(totals), "doorstep", "sqlite", 1) == 1
    append(totals, PART)
    append(totals, replace(PART, seed=5))
    append(totals, replace(PART, seed=9, database="postgresql"))
    assert read(totals)[0] == PART
    assert next_seed(read(totals), "doorstep", "sqlite", 1) == 6
    assert next_seed(read(totals), "doorstep", "postgresql", 3) == 1


def test_the_total_adds_up_by_bot_database_and_workers() -> None:
    parts = [PART, replace(PART, kills=25, lost=2), replace(PART, bot="stock", lost=7)]
    _, ours, theirs = table(parts).splitlines()
    assert ours.split() == ["doorstep", "sqlite", "1", "75", "20", "2,200", "2", "0", "0", "0", "60"]
    assert theirs.split()[6] == "7"


def test_whoever_finds_a_loss_says_what() -> None:
    assert "nothing lost" in told(Verdict(people=3))
    assert "1 lost" in told(Verdict(lost=1))
    assert "two conversations" in told(Verdict(complaints=["two conversations"]))


def test_without_anything_said_it_is_a_hundred_kills_on_sqlite() -> None:
    asked = arguments([])
    assert (asked.on, asked.workers, asked.kills, asked.seed) == ("sqlite", 1, 100, None)
