"""Totals of what runs too long for each change: kills, changed lines of the core, locked packages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.crash.totals import TOTALS, Slice
from tests.crash.totals import read as read_slices

SEEN = ROOT / "tests" / "validation" / "campaigns.json"


@dataclass(frozen=True, slots=True)
class Campaigns:
    """What was kept of the long runs; nothing where none was made."""

    kills: list[dict[str, Any]] = field(default_factory=list)
    mutation: dict[str, Any] = field(default_factory=dict)
    coverage: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)

    def told(self) -> Iterator[str]:
        """Yield the lines of the page."""
        yield from self._kills()
        yield from self._core()
        yield from self._packages()

    def _kills(self) -> Iterator[str]:
        if not self.kills:
            return
        yield "## Killed while people answer"
        yield ""
        yield "Totals of `python -m tests.crash`, as far as they were kept."
        yield ""
        head = "bot", "database", "workers", "kills", "said", "lost", "effects doubled", "wrong", "missing"
        yield f"| {' | '.join(head)} | until | commits |"
        yield f"|{' --- |' * (len(head) + 2)}"
        for row in self.kills:
            yield f"| {' | '.join(str(value) for value in row.values())} |"
        yield ""

    def _core(self) -> Iterator[str]:
        if not (self.mutation or self.coverage):
            return
        yield "## The core, line by line"
        yield ""
        if self.coverage:
            c = self.coverage
            yield (
                f"Of {c['statements']} statements of the core {c['missed']} are not run by "
                f"{c['tests']}, and of {c['branches']} branches {c['branches_missed']} are not taken "
                f"({c['on']}, {c['commit']}; `{c['command']}`)."
            )
            yield ""
        if self.mutation:
            yield from _mutation(self.mutation)

    def _packages(self) -> Iterator[str]:
        if not self.audit:
            return
        a = self.audit
        yield "## What is installed"
        yield ""
        yield (
            f"{a['run']} locked packages to run and {a['test']} more for the tests, each by its hash; "
            f"{a['verified']} files were fetched and compared with the lock ({a['on']}, {a['commit']}; "
            f"`{a['command']}`). Licences to run: {a['licences']}."
        )
        for name, why in a["exceptions"].items():
            yield f"- {name}: {why}"
        yield ""
        yield f"{a['unaudited']}"


def _mutation(m: dict[str, Any]) -> Iterator[str]:
    yield (
        f"One line at a time was changed: {m['tried']} of {m['all']} changes were tried, and "
        f"{m['noticed']} of these noticed, {m['percent']} %, {m['endless']} of them because the tests never "
        f"ended ({m['on']}, {m['commit']}; `{m['command']}`)."
    )
    yield ""
    yield "| file | changes | tried | noticed | left |"
    yield "| --- | --- | --- | --- | --- |"
    for name, row in m["files"].items():
        yield f"| `{name}` | {row['all']} | {row['tried']} | {row['noticed']} | {row['survived']} |"
    yield ""


def read_campaigns(path: Path = SEEN) -> Campaigns:
    """Return what was kept."""
    return Campaigns(**json.loads(path.read_text("utf-8"))) if path.exists() else Campaigns()


def keep(path: Path = SEEN, **parts: Any) -> None:
    """Take in the result of one long run; the others stay."""
    held = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**held, **parts}, indent=1, ensure_ascii=False) + "\n", "utf-8")


def kills_until_now(path: Path = TOTALS) -> list[dict[str, Any]]:
    """Return the sums of what the campaigns of kills left in var/, by bot, database and workers."""
    sums: dict[tuple[str, str, int], list[Slice]] = {}
    for part in read_slices(path):
        sums.setdefault((part.bot, part.database, part.workers), []).append(part)
    return [_sum(kind, parts) for kind, parts in sorted(sums.items())]


_SUMMED = ("kills", "said", "lost", "doubled_effects", "wrong", "missing")


def _sum(kind: tuple[str, str, int], parts: list[Slice]) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(("bot", "database", "workers"), kind, strict=True))
    row |= {name: sum(getattr(part, name) for part in parts) for name in _SUMMED}
    return {**row, "until": max(part.began for part in parts)[:10], "commits": _versions(parts)}


def _versions(parts: list[Slice]) -> str:
    return ", ".join(sorted({part.commit for part in parts}))
