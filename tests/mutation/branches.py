"""How much of the core the tests run through: `python -m tests.mutation.branches`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.crash.totals import commit
from tests.validation.campaigns import keep

CORE = "bot/domain,bot/engine"
TESTS = (
    *("tests/domain", "tests/engine", "tests/service"),
    *("tests/test_conversations.py", "tests/content/test_dialogues.py"),
)


def main() -> int:
    """Run them, print what is left, and keep the figures."""
    with tempfile.TemporaryDirectory() as folder:
        data, report = f"--data-file={folder}/data", Path(folder) / "report.json"
        pytest = ["-m", "pytest", "-p", "no:cacheprovider", *TESTS]
        _coverage("run", data, "--branch", f"--source={CORE}", *pytest)
        _coverage("report", data, "--show-missing", "--skip-covered")
        _coverage("json", data, "-q", "-o", str(report))
        totals: dict[str, Any] = json.loads(report.read_text("utf-8"))["totals"]
    keep(
        coverage={
            "statements": totals["num_statements"],
            "missed": totals["missing_lines"],
            "branches": totals["num_branches"],
            "branches_missed": totals["missing_branches"],
            "tests": ", ".join(TESTS),
            "on": datetime.now(UTC).date().isoformat(),  # noqa: TID251 -- when it was really run
            "commit": commit(),
            "command": "python -m tests.mutation.branches",
        }
    )
    return 0


def _coverage(*arguments: str) -> None:
    # Not checked: a test that is judged by the clock may fail where each line is counted.
    subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=ROOT, check=False)


if __name__ == "__main__":
    sys.exit(main())
