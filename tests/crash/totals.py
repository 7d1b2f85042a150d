"""What all campaigns found so far: one line of JSON for each finished slice."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.conftest import ROOT

TOTALS = Path(os.environ.get("DOORSTEP_TOTALS") or ROOT / "var" / "crash.jsonl")


@dataclass(frozen=True, slots=True)
class Slice:
    """One finished part of a campaign."""

    began: str
    commit: str
    bot: str
    database: str
    workers: int
    seed: int
    kills: int
    people: int
    answers: int
    lost: int
    doubled_effects: int
    missing: int
    doubled_messages: int
    repeated_updates: int
    longest_wait: float
    seconds: float
    good: bool


def commit() -> str:
    """Return which version of the bot is tried, with a + where it was changed since."""
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=10"],  # noqa: S607 -- wherever git is
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return asked.stdout.strip()


def append(path: Path, part: Slice) -> None:
    """Keep a slice; what is kept already stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(part)) + "\n")


def read(path: Path) -> list[Slice]:
    """Return every slice so far."""
    if not path.exists():
        return []
    return [Slice(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line]


def next_seed(parts: Iterable[Slice], database: str, workers: int) -> int:
    """Return a seed that was not used yet on this database."""
    used = [part.seed for part in parts if (part.database, part.workers) == (database, workers)]
    return max(used, default=0) + 1


_COLUMNS = ("kills", "people", "answers", "lost", "doubled_effects", "missing", "doubled_messages")


def table(parts: Iterable[Slice]) -> str:
    """Return the sums for each bot, database and number of workers, as a table to print."""
    sums: dict[tuple[str, str, int], list[int]] = {}
    for part in parts:
        row = sums.setdefault((part.bot, part.database, part.workers), [0] * len(_COLUMNS))
        for place, column in enumerate(_COLUMNS):
            row[place] += getattr(part, column)
    names = [column.replace("_", " ") for column in _COLUMNS]
    lines = [f"{'bot':10}{'database':12}{'workers':>7}" + "".join(f"{name:>18}" for name in names)]
    for (bot, database, workers), row in sorted(sums.items()):
        lines.append(f"{bot:10}{database:12}{workers:>7}" + "".join(f"{figure:>18,}" for figure in row))
    return "\n".join(lines)
