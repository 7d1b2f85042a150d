"""What became of each changed line, read from what mutmut keeps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_KILLED = {1, 3}
_ENDLESS = {36, 24, -24, 152, 255}
_UNSEEN = {5, 33}


def how(code: int | None) -> str:
    """Return what an exit code says: noticed, endless, survived, untested (no test reaches it), or left."""
    if code in _KILLED:
        return "noticed"
    if code in _ENDLESS:
        return "endless"
    if code == 0:
        return "survived"
    return "untested" if code in _UNSEEN else "left"


def read_all(folder: Path) -> dict[str, dict[str, str]]:
    """Return what became of each change, by file and by its name."""
    found = {}
    for path in sorted(folder.glob("bot/**/*.py.meta")):
        codes = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        if codes:
            found[str(path.relative_to(folder)).removesuffix(".meta")] = {n: how(c) for n, c in codes.items()}
    return found


def tally(files: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the sums, in all and by file.

    What no test reaches counts as tried and not noticed; what never ended as noticed, and is told apart.
    """
    rows = {name: _row(changes.values()) for name, changes in files.items()}
    total = {
        key: sum(row[key] for row in rows.values())
        for key in ("all", "tried", "noticed", "endless", "survived")
    }
    percent = round(100 * total["noticed"] / total["tried"], 1) if total["tried"] else 0.0
    return {**total, "percent": percent, "files": rows}


def _row(changes: Iterable[str]) -> dict[str, int]:
    count = Counter(changes)
    survived = count["survived"] + count["untested"]
    return {
        "all": sum(count.values()),
        "tried": count["noticed"] + count["endless"] + survived,
        "noticed": count["noticed"] + count["endless"],
        "endless": count["endless"],
        "survived": survived,
    }


def survivors(files: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the names of changes that nothing noticed."""
    return [
        n for changes in files.values() for n, came in changes.items() if came in {"survived", "untested"}
    ]
