"""Chinese words that deny an emergency where they stand directly at it, hidden before the rules look."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.lexicon import Run

NOUGHT = "〇"
"""Stands for a hidden character: a letter in no rule, so that what is on both sides of it stays apart."""


class Hush:
    """Runs of characters made ready to be found."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs = [(_pattern(run), run.unless) for run in runs]

    def quiet(self, text: str) -> str:
        """Return text with a nought for each character of a harmless run."""
        quiet = text
        for run, unless in self._runs:
            if not any(word in text for word in unless):
                quiet = run.sub(_hidden, quiet)
        return quiet


def _pattern(run: Run) -> re.Pattern[str]:
    """Return what finds a run of characters: one term of each group, each directly after another."""
    groups = (
        f"(?:{'|'.join(map(re.escape, sorted(group, key=_longest_first)))}){'?' * (n in run.missing)}"
        for n, group in enumerate(run.groups)
    )
    return re.compile("".join(groups))


def _longest_first(term: str) -> tuple[int, str]:
    return -len(term), term


def _hidden(found: re.Match[str]) -> str:
    return NOUGHT * len(found[0])
