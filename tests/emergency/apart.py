"""How well emergencies are heard that nobody here had in mind: python -m tests.emergency.apart.

The wordings in `apart_<language>.txt` were written by somebody who had seen neither a rule nor a list: `+`
tells of an emergency, `-` was written to be mistaken for one. Nothing learns from them, and no limit was
chosen by them; whoever reads them to mend a rule spoils them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from bot.domain.trial import Lexicon
from bot.engine.alarm import alarms
from tests.conftest import shipped

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "zh")


class Share(NamedTuple):
    """How many of so many raised the alarm."""

    alarms: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.alarms / self.of

    def __str__(self) -> str:
        return f"{self.alarms} of {self.of} ({self.percent:.1f} %)"


def measured(language: str, lexicon: Lexicon, mark: str) -> Share:
    """Return the share of the wordings with this mark that raise the alarm."""
    lines = (FOLDER / f"apart_{language}.txt").read_text("utf-8").splitlines()
    said = [line[2:] for line in lines if line.startswith(f"{mark} ")]
    return Share(sum(alarms(text, lexicon) for text in said), len(said))


if __name__ == "__main__":
    lexicon = shipped().trial.lexicon
    for language in LANGUAGES:
        sys.stdout.write(f"{language}: of emergencies {measured(language, lexicon, '+')} raise the alarm, ")
        sys.stdout.write(f"of near misses {measured(language, lexicon, '-')}\n")
