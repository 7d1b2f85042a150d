"""Plants defects in a copy of the tree, one at a time, and looks whether the tests notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.conftest import ROOT
from tests.defects.defect import Defect, Edit

_REASONS = ("AssertionError", "assert ", "TimeoutError", "Failed: DID NOT RAISE")
_LONGEST = 600
"""Seconds that one run of tests may take."""
# Who waits for an answer that never comes need not wait so long to be believed.
_IMPATIENCE = (
    Edit("tests/botapi/running.py", "PATIENCE = 20.0\n", "PATIENCE = 8.0\n"),
    Edit("tests/crash/talker.py", "PATIENCE = 30.0\n", "PATIENCE = 10.0\n"),
)
_moments = count(1_500_000_000)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test came to: passed, failed or broken, and with which words."""

    how: str
    words: str = ""


class Copy:
    """A copy of the tree that may be spoiled."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def with_defect(self, defect: Defect) -> Iterator[None]:
        """Have a defect in the copy until the block ends."""
        before = {edit.file: (self.root / edit.file).read_bytes() for edit in defect.edits}
        for edit in defect.edits:
            self.plant(edit)
        try:
            yield
        finally:
            for file, content in before.items():
                self._write(self.root / file, content)

    def plant(self, edit: Edit) -> None:
        """Replace a text that stands there once."""
        times = edit.times(self.root)
        if times != 1:
            raise LookupError(f"{edit.file} has {times} times: {edit.old.strip()!r}")
        edit.plant(self.root)
        self._write(self.root / edit.file, (self.root / edit.file).read_bytes())

    def run(self, tests: Sequence[str], *options: str) -> dict[str, Outcome]:
        """Run tests in a process of their own, and return what each came to, by its name."""
        report = self.root / "report.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line"]
        command += [f"--junitxml={report}", *options, *tests]
        needed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        ran = subprocess.run(
            command, cwd=self.root, env=needed, capture_output=True, text=True, timeout=_LONGEST, check=False
        )
        if not report.exists():
            raise RuntimeError(ran.stdout[-2000:] + ran.stderr[-2000:])
        cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 -- pytest wrote it just now
        return {str(case.get("name")): _outcome(case) for case in cases}

    def collect(self, files: Sequence[str]) -> set[str]:
        """Return the node ids of all tests in these files."""
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--collect-only", *files]
        ran = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True)
        return {line for line in ran.stdout.splitlines() if "::" in line}

    def _write(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        # Python knows a changed file by its second and its size: each writing has a second of its own.
        moment = next(_moments)
        os.utime(path, (moment, moment))


def _outcome(case: ET.Element) -> Outcome:
    for tag, how in (("failure", "failed"), ("error", "broken"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            return Outcome(how, str(found.get("message")) + str(found.text)[-400:])
    return Outcome("passed")


@contextmanager
def copy_of_the_tree() -> Iterator[Copy]:
    """Give a copy of what git knows of this tree, as it is now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607 -- git
    with tempfile.TemporaryDirectory(prefix="doorstep-defects-") as folder:
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, Path(folder) / name)
        copy = Copy(Path(folder))
        for edit in _IMPATIENCE:
            copy.plant(edit)
        yield copy


def verdict(copy: Copy, defect: Defect) -> str:
    """Plant a defect, and return nothing where each of its tests notices, else what came instead.

    Of a test that is named without its parameters, one of them is enough.
    """
    try:
        with copy.with_defect(defect):
            came = copy.run(defect.tests)
    except subprocess.TimeoutExpired:
        return "the tests never ended"
    except (LookupError, RuntimeError) as error:
        return str(error)
    return "; ".join(filter(None, (_complaint(test, came, defect) for test in defect.tests)))


def _complaint(test: str, came: Mapping[str, Outcome], defect: Defect) -> str:
    name = test.rpartition("::")[2]
    red = [outcome for case, outcome in came.items() if is_of(case, test) and outcome.how != "passed"]
    if not red:
        return f"{name} passed, or was not run"
    reasons = (*_REASONS, *defect.shows)
    others = [each for each in red if each.how != "failed" or not any(why in each.words for why in reasons)]
    return f"{name} {others[0].how} by something else: {others[0].words[:300]}" if others else ""


def is_of(case: str, test: str) -> bool:
    """Say whether a case that pytest reports is the test of that node id, or one of its parameters."""
    name = test.rpartition("::")[2]
    return case == name or case.partition("[")[0] == name
