"""Run the tests that promises name, keep what came of them, write docs/validation.md; 1 where one failed."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import ROOT
from tests.crash.totals import commit
from tests.validation import campaigns, results
from tests.validation.page import PAGE, page, seen_now
from tests.validation.promise import State
from tests.validation.promises import PROMISES


def main() -> int:
    """Do what was asked, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.validation", description=__doc__)
    parser.add_argument("--junit", type=Path, help="take the results of this run, and run none")
    parser.add_argument("--write", action="store_true", help="write the page from what is kept, run nothing")
    parser.add_argument("--only", metavar="ID", action="append", help="the tests of this promise alone")
    parser.add_argument("--workers", default="2", help="processes for the tests")
    asked = parser.parse_args()
    PAGE.write_text(page(seen_now()), "utf-8")  # one of the tests compares it
    if not asked.write:
        chosen = [each for each in PROMISES if not asked.only or each.id in asked.only]
        _take_results(sorted({test for each in chosen for test in each.tests}), asked.junit, asked.workers)
    kills = campaigns.kills_until_now()
    if kills:
        campaigns.keep(kills=kills)
    seen = seen_now()
    PAGE.write_text(page(seen), "utf-8")
    states = Counter(seen.state(each) for each in PROMISES)
    sys.stdout.write(f"{PAGE.name}: {', '.join(f'{states[state]} {state}' for state in State)}\n")
    return 1 if any(one.failed for one in seen.ran.values()) else 0


def _take_results(names: list[str], junit: Path | None, workers: str) -> None:
    every = {test for each in PROMISES for test in each.tests}
    today, version = datetime.now(UTC).date().isoformat(), commit()  # noqa: TID251 -- when it was really run
    with tempfile.TemporaryDirectory() as folder:
        report = junit or _run(names, Path(folder) / "report.xml", workers)
        ran = results.read() | results.from_report(report, names, today, version)
        results.write({name: each for name, each in ran.items() if name in every})


def _run(names: list[str], report: Path, workers: str) -> Path:
    files = sorted({name.partition("::")[0] for name in names if "::" not in name})
    single = [name for name in names if "::" in name and not any(results.belongs(name, f) for f in files)]
    command = [sys.executable, "-m", "pytest", "-n", workers, "--dist", "loadfile", f"--junitxml={report}"]
    subprocess.run([*command, *files, *single], cwd=ROOT, check=False)
    return report


sys.exit(main())
