"""What a planted defect is, and how it is planted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Edit:
    """In one file, a text that stands there once, and what it is replaced by."""

    file: str
    old: str
    new: str

    def times(self, root: Path) -> int:
        """Return how often the text stands in its file; anything but once is a mistake in the list."""
        return (root / self.file).read_text("utf-8").count(self.old)

    def plant(self, root: Path) -> None:
        """Replace the text in this copy of the tree."""
        path = root / self.file
        path.write_text(path.read_text("utf-8").replace(self.old, self.new), "utf-8")


@dataclass(frozen=True, slots=True)
class Defect:
    """One protection, how it is taken away, and the tests that must notice."""

    name: str
    protects: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
    shows: tuple[str, ...] = ()
    """Words of other errors, beside assertions and timeouts, by which the tests may notice."""
    quick: bool = False
    """Whether it is tried in the short form too."""


def defect(
    name: str,
    protects: str,
    edit: tuple[str, str, str],
    *tests: str,
    shows: tuple[str, ...] = (),
    quick: bool = False,
) -> Defect:
    """Return a defect of one edit."""
    return Defect(name, protects, (Edit(*edit),), tests, shows, quick)
