"""Change one line of the core at a time, for so many minutes, and keep how many were noticed."""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import ROOT
from tests.crash.totals import commit
from tests.mutation.tally import read_all, survivors, tally
from tests.validation.campaigns import keep

WORK = ROOT / "var" / "mutation"
CORE = ("bot/domain/", "bot/engine/")
TESTS = ("tests/domain", "tests/engine", "tests/service", "tests/content/test_lexicon.py")
# Judged by the clock, these would fail because the changed core is slower, and stop everything.
_SLOW = "not in_no_time and not holds_up and not hold_up"


def _config(tests: list[str]) -> str:
    return f"""
[tool.mutmut]
source_paths = {list(CORE)}
also_copy = ["bot", "flows", "locales", "tests", "docs", "README.md"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-k", "{_SLOW}"]
timeout_multiplier = 3.0
timeout_constant = 2.0
"""


def main() -> int:
    """Do it, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help="which tests must notice")
    parser.add_argument("--read", type=Path, help="run nothing, take what another run left in this folder")
    parser.add_argument("only", nargs="*", help="names of changes, such as bot.engine.criteria*")
    asked = parser.parse_args()
    if not asked.read:
        if not importlib.util.find_spec("mutmut"):
            parser.error("mutmut is not installed: it is in requirements/campaigns.txt")
        _copy(_config(asked.tests))
        _run(asked.minutes, asked.workers, asked.only)
    files = read_all(asked.read or WORK / "mutants")
    sums = tally(files)
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251 -- when it was really done
    keep(mutation={**sums, "on": today, "commit": commit(), "command": "python -m tests.mutation"})
    lines = [f"{name}: {row}" for name, row in sums["files"].items()]
    lines += [f"not noticed: {name}" for name in survivors(files)]
    lines += [f"{sums['noticed']} of {sums['tried']} changes noticed, of {sums['all']}: {sums['percent']} %"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _copy(config: str) -> None:
    """Bring the copy up to date; what did not change keeps its time, so that mutmut goes on where it was."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607 -- git
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, WORK / name
        if not source.is_file():
            continue
        body = source.read_bytes() + (config.encode() if name == "pyproject.toml" else b"")
        if not target.exists() or target.read_bytes() != body:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)


def _run(minutes: float, workers: str, only: list[str]) -> None:
    command = ["nice", "-n", "10", sys.executable, "-m", "mutmut", "run", "--max-children", workers, *only]
    log = WORK / "mutmut.log"
    with log.open("wb") as out:
        try:
            subprocess.run(
                command,
                cwd=WORK,
                stdout=out,
                stderr=out,
                timeout=minutes * 60,
                check=False,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )
        except subprocess.TimeoutExpired:
            sys.stdout.write(f"{minutes:g} minutes are over; type it again to go on. Log: {log}\n")


sys.exit(main())
