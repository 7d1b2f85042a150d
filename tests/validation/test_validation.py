"""docs/validation.md is what the promises and the last runs say, and names nothing that is not there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.defects.planted import PLANTED
from tests.defects.record import Tried, form_of, still_noticed
from tests.validation.campaigns import Campaigns, keep, kills_until_now, read_campaigns
from tests.validation.page import PAGE, Seen, page, seen_now
from tests.validation.promise import Figure, For, Promise, State, faults, promise
from tests.validation.promises import PROMISES
from tests.validation.results import Ran, belongs, from_report, read, write

DEFECTS = {defect.name: defect for defect in PLANTED}
REQUIREMENTS = [f"R{number:02}" for number in range(1, 37)]


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """Every name that a promise may use: node ids with and without parameters, files, folders."""
    files = sorted({test.partition("::")[0] for each in PROMISES for test in each.tests})
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--collect-only", *files]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    nodes = {line for line in told if "::" in line}
    places = {node.partition("::")[0] for node in nodes}
    folders = {str(parent) for place in places for parent in Path(place).parents}
    return {*nodes, *(node.partition("[")[0] for node in nodes), *places, *folders}


def test_every_requirement_is_on_the_list() -> None:
    assert [each.id for each in PROMISES if each.id.startswith("R")] == REQUIREMENTS


def test_the_list_names_only_what_is_there_and_claims_nothing_for_nothing(collected: set[str]) -> None:
    assert faults(PROMISES, collected, set(DEFECTS)) == []


def test_the_page_is_what_the_list_and_the_last_runs_say() -> None:
    assert PAGE.read_text("utf-8") == page(seen_now()), "type: python -m tests.validation --write"


SOUND = promise("X1", "It holds.", For.STAFF, "law", tests=["tests/a.py"], defects=["gone"])


@pytest.mark.parametrize(
    ("planted", "says"),
    [
        (replace(SOUND, defects=(), missing="Much."), "show nothing"),
        (replace(SOUND, tests=(), missing="Much."), "show nothing"),
        (replace(SOUND, tests=("tests/a.py::test_nothing",)), "there is no test tests/a.py::test_nothing"),
        (replace(SOUND, defects=("other",)), "there is no planted defect other"),
        (replace(SOUND, tests=(), defects=()), "what is missing is not said"),
        (replace(SOUND, figures=(Figure("fast", "2026-11-22", ""),)), "no command prints: fast"),
        (replace(SOUND, figures=(Figure("fast", "", "make fast"),)), "no command prints: fast"),
        (
            replace(
                SOUND, tests=(), defects=(), missing="All.", figures=(Figure("x", "2026-11-22", "make x"),)
            ),
            "a figure for what is not shown",
        ),
        (replace(SOUND, says="It holds"), "no sentence"),
    ],
)
def test_a_promise_that_shows_nothing_is_refused(planted: Promise, says: str) -> None:
    assert faults([SOUND], {"tests/a.py"}, {"gone"}) == []
    (told,) = faults([planted], {"tests/a.py"}, {"gone"})
    assert says in told
    assert faults([SOUND, SOUND], {"tests/a.py"}, {"gone"}) == ["X1: stands here twice"]


DEFECT = PLANTED[0]
RAN = Ran(3, 0, 0, "2026-11-22", "abc")
TRIED = Tried(form_of(DEFECT), noticed=True, on="2026-11-22", commit="abc", seconds=1.0)
NAMED = replace(SOUND, defects=(DEFECT.name,))


def seen(each: Promise = NAMED, ran: Ran | None = RAN, tried: Tried | None = TRIED) -> Seen:
    tests = {"tests/a.py": ran} if ran else {}
    plants = {DEFECT.name: tried} if tried else {}
    return Seen([each], {DEFECT.name: DEFECT}, plants, tests, Campaigns())


@pytest.mark.parametrize(
    ("given", "state", "says"),
    [
        (seen(), State.SHOWN, "3 passed"),
        (seen(replace(NAMED, missing="The rest.")), State.PARTLY, "Missing: The rest."),
        (seen(ran=None), State.PARTLY, "Not run yet: tests/a.py."),
        (seen(ran=replace(RAN, failed=1)), State.NOT_SHOWN, "**1 failed**"),
        (seen(ran=replace(RAN, passed=0, skipped=3)), State.PARTLY, "3 skipped"),
        (seen(tried=None), State.PARTLY, f"Not planted yet as it is now: {DEFECT.name}."),
        (seen(tried=replace(TRIED, noticed=False)), State.PARTLY, "Not planted yet"),
        (seen(tried=replace(TRIED, form="other")), State.PARTLY, "Not planted yet"),
        (seen(replace(SOUND, tests=(), defects=(), missing="All.")), State.NOT_SHOWN, "Missing: All."),
    ],
)
def test_only_what_was_run_and_was_seen_red_is_called_shown(given: Seen, state: State, says: str) -> None:
    assert given.state(given.promises[0]) is state
    told = page(given)
    assert f"- State: **{state}**." in told
    assert says in told


def test_a_defect_that_was_changed_since_counts_as_never_tried() -> None:
    assert still_noticed(DEFECT, {DEFECT.name: TRIED}) == TRIED
    assert still_noticed(replace(DEFECT, tests=("tests/b.py",)), {DEFECT.name: TRIED}) is None
    assert still_noticed(PLANTED[1], {DEFECT.name: TRIED}) is None


REPORT = """<testsuites><testsuite>
<testcase classname="tests.a.test_b" name="test_c[1]"/>
<testcase classname="tests.a.test_b" name="test_c[2]"><failure message="no"/></testcase>
<testcase classname="tests.a.test_b.TestD" name="test_e"><skipped/></testcase>
<testcase classname="tests.a.test_bb" name="test_c"/>
</testsuite></testsuites>"""


def test_a_run_is_read_by_test_by_file_and_by_folder(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    names = [
        *("tests/a/test_b.py::test_c", "tests/a/test_b.py::test_c[1]", "tests/a/test_b.py"),
        *("tests/a", "tests/a/test_b.py::TestD::test_e", "tests/a/test_none.py"),
    ]
    ran = from_report(report, names, "2026-11-22", "abc")
    write(ran, tmp_path / "seen.json")
    kept = read(tmp_path / "seen.json").items()
    counts = {name: (one.passed, one.failed, one.skipped) for name, one in kept}
    assert counts == {
        "tests/a/test_b.py::test_c": (1, 1, 0),
        "tests/a/test_b.py::test_c[1]": (1, 0, 0),
        "tests/a/test_b.py": (1, 1, 1),
        "tests/a": (2, 1, 1),
        "tests/a/test_b.py::TestD::test_e": (0, 0, 1),
    }
    assert not belongs("tests/a/test_bb.py::test_c", "tests/a/test_b.py")


def test_totals_of_long_runs_are_added_up_and_kept(tmp_path: Path) -> None:
    line = (
        '{"began": "2026-11-22T09:00:00+00:00", "commit": "abc", "bot": "doorstep", "database": "sqlite",'
        ' "workers": 1, "seed": 1, "kills": 5, "people": 2, "said": 7, "lost": 0, "doubled_effects": 0,'
        ' "wrong": 0, "missing": 1, "doubled_messages": 2, "repeated_updates": 3, "longest_wait": 0.1,'
        ' "seconds": 1.0, "good": true}\n'
    )
    (tmp_path / "crash.jsonl").write_text(line * 2)
    (row,) = kills_until_now(tmp_path / "crash.jsonl")
    assert (row["kills"], row["said"], row["missing"], row["until"]) == (10, 14, 2, "2026-11-22")
    keep(tmp_path / "campaigns.json", kills=[row])
    keep(tmp_path / "campaigns.json", coverage={})
    told = "\n".join(read_campaigns(tmp_path / "campaigns.json").told())
    assert "| doorstep | sqlite | 1 | 10 | 14 | 0 | 0 | 0 | 2 | 2026-11-22 | abc |" in told
