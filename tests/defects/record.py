"""What became of each planted defect when it was last tried: kept beside the list, for docs/validation.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.defects.defect import Defect

SEEN = ROOT / "tests" / "defects" / "seen.json"


@dataclass(frozen=True, slots=True)
class Tried:
    """One defect that was planted."""

    form: str
    """What was planted and who should notice, as a short hash: another form was never tried."""
    noticed: bool
    on: str
    commit: str
    seconds: float


def form_of(defect: Defect) -> str:
    """Return the hash of what a defect changes and of the tests that must notice."""
    parts = [[edit.file, edit.old, edit.new] for edit in defect.edits]
    return hashlib.sha256(json.dumps([parts, defect.tests]).encode()).hexdigest()[:12]


def read(path: Path = SEEN) -> dict[str, Tried]:
    """Return what became of each defect, by its name."""
    if not path.exists():
        return {}
    return {name: Tried(**tried) for name, tried in json.loads(path.read_text("utf-8")).items()}


def keep(tried: Mapping[str, Tried], known: Iterable[str], path: Path = SEEN) -> None:
    """Add to what is kept, a line a defect; those that are not on the list any more are dropped."""
    every = {**read(path), **tried}
    rows = [f" {json.dumps(name)}: {json.dumps(asdict(every[name]))}" for name in sorted({*known} & {*every})]
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


def still_noticed(defect: Defect, seen: Mapping[str, Tried]) -> Tried | None:
    """Return when this very defect was noticed, or None where it never was in this form."""
    tried = seen.get(defect.name)
    return tried if tried and tried.noticed and tried.form == form_of(defect) else None
