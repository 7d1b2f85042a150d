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
    said: int
    """Answers; beside the stock bot whatever people said, Start and agreements too."""
    lost: int
    doubled_effects: int
    wrong: int
    """Answers kept that nobody gave to that question; a doubled effect may bring many."""
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


def next_seed(parts: Iterable[Slice], bot: str, database: str, workers: int) -> int:
    """Return a seed that was not used yet for this."""
    wanted = (bot, database, workers)
    used = [part.seed for part in parts if (part.bot, part.database, part.workers) == wanted]
    return max(used, default=0) + 1


_COLUMNS = ("kills", "people", "said", "lost", "doubled_effects", "wrong", "missing", "doubled_messages")


def table(parts: Iterable[Slice]) -> str:
    """Return the sums for each bot, database and number of workers, as a table to print."""
    sums: dict[tuple[str, str, int], list[int]] = {}
    for part in parts:
        row = sums.setdefault((part.bot, part.database, part.workers), [0] * len(_COLUMNS))
        for place, column in enumerate(_COLUMNS):
            row[place] += getattr(part, column)
    head = f"{'':24}{'database':12}{'workers':>7}"
    lines = [head + "".join(f"{column.replace('_', ' '):>{_width(column)}}" for column in _COLUMNS)]
    for (bot, database, workers), row in sorted(sums.items()):
        figures = zip(_COLUMNS, row, strict=True)
        cells = "".join(f"{figure:>{_width(column)},}" for column, figure in figures)
        lines.append(f"{bot:24}{database:12}{workers:>7}{cells}")
    return "\n".join(lines)


def _width(column: str) -> int:
    return max(9, len(column) + 2)
