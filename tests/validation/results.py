"""What came of the tests that promises name, when they were last run: kept beside the list."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.conftest import ROOT

SEEN = ROOT / "tests" / "validation" / "seen.json"


@dataclass(frozen=True, slots=True)
class Ran:
    """One test, or all of one file, with all its parameters."""

    passed: int
    failed: int
    skipped: int
    on: str
    commit: str


def read(path: Path = SEEN) -> dict[str, Ran]:
    """Return what came of each test, by the name it has in the list."""
    if not path.exists():
        return {}
    return {name: Ran(**ran) for name, ran in json.loads(path.read_text("utf-8")).items()}


def write(ran: dict[str, Ran], path: Path = SEEN) -> None:
    """Keep it, a line a test."""
    rows = [f" {json.dumps(name)}: {json.dumps(asdict(each))}" for name, each in sorted(ran.items())]
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


def from_report(report: Path, names: Iterable[str], on: str, commit: str) -> dict[str, Ran]:
    """Return what a run's JUnit file says of these names; one that was not run at all is left out."""
    cases = [_case(case) for case in ET.parse(report).getroot().iter("testcase")]  # noqa: S314 -- pytest's own
    found = {}
    for name in names:
        how = Counter(how for place, how in cases if belongs(place, name))
        if how:
            found[name] = Ran(how["passed"], how["failed"], how["skipped"], on, commit)
    return found


def belongs(place: str, name: str) -> bool:
    """Say whether a test is what a promise names, or has its parameters, or is in its file or folder."""
    return place == name or place.startswith((f"{name}[", f"{name}::", f"{name}/"))


def _case(case: ET.Element) -> tuple[str, str]:
    how = next((h for tag, h in _HOW.items() if case.find(tag) is not None), "passed")
    module = str(case.get("classname"))
    # tests.service.test_desk.TestTwoTrials: the file is the last part that begins with test_.
    parts = module.split(".")
    file = max(n for n, part in enumerate(parts) if part.startswith("test_"))
    place = "::".join(["/".join(parts[: file + 1]) + ".py", *parts[file + 1 :], str(case.get("name"))])
    return place, how


_HOW = {"failure": "failed", "error": "failed", "skipped": "skipped"}
