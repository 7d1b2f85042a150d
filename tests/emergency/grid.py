"""Messages made of words and patterns: symptoms, people, times, denials, questions, in many combinations."""

from __future__ import annotations

import random  # noqa: TID251 -- seeded: the same messages every time
import re
from collections import defaultdict
from pathlib import Path

_SLOT = re.compile(r"\{(\w+)\}")


def messages(language: str, many: int) -> dict[str, bool]:
    """Return about `many` messages that tell of an emergency, and as many that do not."""
    parts = _read(language)
    chance = random.Random(language)
    made: dict[str, bool] = {}
    for mark in "+-":
        patterns = [line.split(" ", 1) for line in parts[mark]]
        weights = [int(weight) for weight, _ in patterns]
        for _, pattern in chance.choices(patterns, weights, k=many):
            made.setdefault(_filled(pattern, parts, chance), mark == "+")
    return made


def _filled(pattern: str, parts: dict[str, list[str]], chance: random.Random) -> str:
    return _SLOT.sub(lambda slot: chance.choice(parts[slot[1]]), pattern)


def _read(language: str) -> dict[str, list[str]]:
    parts: defaultdict[str, list[str]] = defaultdict(list)
    name = ""
    for line in Path(__file__).with_name(f"grid_{language}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line[1:-1]
        elif not line.startswith("#"):
            parts[name] += [part for part in line.split("|") if part]
    return parts
