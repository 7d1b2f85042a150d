"""What a simulation counts, and what it found wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

_MOST_KEPT = 20


@dataclass(slots=True)
class Figures:
    """Counted while a simulation runs."""

    seed: int
    people: int
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    when: str = ""
    """What the world's clock says; stands beside each violation."""

    def holds(self, condition: object, what: str, *about: object) -> bool:
        """Count one invariant looked at; note where it does not hold."""
        self.counts["invariants"] += 1
        if not condition:
            self.counts["violations"] += 1
            if len(self.violations) < _MOST_KEPT:
                self.violations.append(f"{self.when}: {what} {' '.join(map(str, about))}".rstrip())
        return bool(condition)
