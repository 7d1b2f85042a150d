"""The comprehension check of a trial: what an author may write about it, and whether it fits together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from bot.content.problem import Problem
from bot.content.rules import FileModel
from bot.content.source import Source
from bot.content.values import Key, Sentence
from bot.domain.understanding import Check, Comprehension


class CheckInFile(FileModel):
    """One question about a key fact: the answers it offers, and the right one."""

    key: Key
    options: tuple[Key, ...] = Field(min_length=2, max_length=6)
    right: Key


class ComprehensionInFile(FileModel):
    """Asked after the acknowledgements; where too little is right, staff are told. It excludes nobody."""

    needed: Annotated[int, Field(ge=1)] | None = None
    """How many must be right, at the first try or after the explanation; null: all of them."""
    on_failure: Literal["go_on", "stop"] = "go_on"
    """Whether screening goes on while a person is to explain, or ends there."""
    questions: tuple[CheckInFile, ...] = Field(min_length=1, max_length=12)


class CheckWords(FileModel):
    """A question of the check, its answers, and what explains the right one."""

    text: Sentence
    explanation: Sentence
    options: dict[Key, Sentence]


def to_comprehension(file: ComprehensionInFile | None) -> Comprehension | None:
    """Return the check that a checked file describes; None where the trial wants none."""
    if file is None:
        return None
    checks = tuple(Check(item.key, item.options, item.right) for item in file.questions)
    return Comprehension(checks, file.needed or len(checks), stops=file.on_failure == "stop")


def check_comprehension(file: ComprehensionInFile | None, source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the check in trial.yaml."""
    if file is None:
        return
    seen: set[str] = set()
    for n, item in enumerate(file.questions):
        place = ("comprehension", "questions", n)
        if item.key in seen:
            what = f"`{item.key}` stands here for the second time."
            yield source.error((*place, "key"), what, "Rename or remove one.")
        seen.add(item.key)
        if item.right not in item.options:
            what = f"`{item.key}` has no option `{item.right}`, which is to be right."
            yield source.error((*place, "right"), what, f"Use one of {', '.join(item.options)}.")
        if len(set(item.options)) != len(item.options):
            what = f"`{item.key}` offers an option twice."
            yield source.error((*place, "options"), what, "Remove one of the two.")
    if file.needed and file.needed > len(file.questions):
        what = f"{file.needed} answers must be right, but there are {len(file.questions)} questions."
        yield source.error(("comprehension", "needed"), what, "Ask for fewer, or leave it out for all.")
