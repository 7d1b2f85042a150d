"""All simulations that were ever run here, added up in a file of one line each."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.simulation.simulate import Result

SUMMED = ("people", "turns", "updates", "messages", "deeds", "invariants", "violations")


def note(file: Path, result: Result) -> Counter[str]:
    """Add one simulation; return the sums of all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(_line(result)) + "\n")
    return total(file)


def total(file: Path) -> Counter[str]:
    """Return the sums of what was counted, and how many simulations there were."""
    sums: Counter[str] = Counter()
    for line in file.read_text("utf-8").splitlines():
        told = json.loads(line)
        sums.update({name: told.get(name, 0) for name in SUMMED})
        sums["simulations"] += 1
        sums["faults"] += sum(told["faults"].values())
        sums["deaths"] += told.get("deaths", 0)
    return sums


def _line(result: Result) -> dict[str, Any]:
    figures = result.figures
    return {
        "seed": figures.seed,
        "people": figures.people,
        "journal": result.journal,
        "seconds": round(result.seconds, 1),
        "days": result.covered.days,
        "faults": dict(figures.faults),
        **figures.counts,
    }
