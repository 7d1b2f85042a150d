"""The labelled wordings of the repository, read from their lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.engine.reading import is_chinese

FOLDER = Path(__file__).parent.parent / "engine"
LANGUAGES = ("en", "zh")
HEARD, ORDINARY = "+", "-"


class Wording(NamedTuple):
    """A message somebody may write, and whether it tells of an emergency."""

    text: str
    urgent: bool
    list: str
    kind: str
    """The heading it stands under."""


def read(name: str) -> Iterator[Wording]:
    """Yield the wordings of `<name>.txt`: `+ text`, `- text`, headings `# kind`."""
    kind = ""
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        mark, text = line[:1], line[2:]
        assert line[:2] in {"+ ", "- ", "# "}, f"{name}: {line}"
        if mark == "#":
            kind = text
        else:
            yield Wording(text, mark == HEARD, name, kind)


def names(language: str) -> tuple[str, ...]:
    """Return the lists of a language, those whose author had seen the rules last."""
    forms = ("emergency_{}_blind", "emergency_{}_unseen", "emergency_{}_more", "ordinary_{}", "emergency_{}")
    return tuple(form.format(language) for form in forms)


def wordings(*, chinese: bool) -> list[Wording]:
    """Return every wording that the net for this script weighs, each once."""
    found: dict[str, Wording] = {}
    for language in LANGUAGES:
        for name in names(language):
            for wording in read(name):
                found.setdefault(wording.text, wording)
    return [wording for wording in found.values() if is_chinese(wording.text) is chinese]
