"""A copy of the shipped trial in which one thing was spoiled."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content.check import check_trial
from bot.content.problem import Problem, errors_among
from tests.conftest import FLOWS, LOCALES

TRIAL_ID = "NCT06203249"
TODAY = date(2026, 12, 1)


@dataclass(frozen=True, slots=True)
class Copy:
    """The trial's folder and the locales beside it, free to be spoiled."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "flows" / TRIAL_ID

    @property
    def locales(self) -> Path:
        return self.root / "locales"

    def path(self, file: str) -> Path:
        """Return the path of `trial.yaml`, `en.yaml`, `dialogues/…` or `en/bot.ftl`."""
        return (self.locales if file.endswith((".ftl", ".json", "safety.yaml")) else self.folder) / file

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the first `old`, which must be there."""
        path = self.path(file)
        text = path.read_text("utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    def line_of(self, file: str, words: str, nth: int = 1) -> int:
        """Return the number of the nth line that holds these words."""
        lines = self.path(file).read_text("utf-8").splitlines()
        return [number for number, line in enumerate(lines, 1) if words in line][nth - 1]

    def errors(self) -> list[Problem]:
        return errors_among(check_trial(self.folder, self.locales, TODAY))


def copy_of_trial(root: Path) -> Copy:
    """Copy the shipped trial and locales to `root`."""
    shutil.copytree(FLOWS / TRIAL_ID, root / "flows" / TRIAL_ID)
    shutil.copytree(LOCALES, root / "locales")
    return Copy(root)
