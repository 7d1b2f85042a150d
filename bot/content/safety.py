"""locales/safety.yaml: the telephone numbers told in an emergency, each with its source and its dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import StringConstraints

from bot.content.problem import Problem
from bot.content.rules import FileModel
from bot.content.source import Source, read_source, validate
from bot.content.values import Sentence

FILE = "safety.yaml"

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|world)\.[a-z]+$")]
"""A country, or the world, and what the number is for: `CN.ambulance`."""


class SafetyNumber(FileModel):
    """A number as it is told, who says so, when somebody last looked, and until when that holds."""

    say: Sentence
    source: Sentence
    checked_on: date
    review_by: date


class SafetyFile(FileModel):
    """safety.yaml as a whole."""

    spec_version: Literal[1]
    numbers: dict[Name, SafetyNumber]


def read_safety(locales: Path) -> tuple[Source, dict[str, SafetyNumber]]:
    """Return the numbers by name, none where the file cannot be read; its source says what is wrong."""
    source = read_source(locales / FILE)
    file = validate(source, SafetyFile)
    return source, file.numbers if file else {}


def check_numbers(numbers: dict[str, SafetyNumber], source: Source, today: date) -> Iterator[Problem]:
    """Yield each number that nobody has looked at for too long, or whose dates cannot be right."""
    for name, number in numbers.items():
        if number.review_by < today:
            what = f"The number {number.say} ({name}) was to be looked at again by {number.review_by}."
            remedy = f"Look it up ({number.source}), then move `checked_on` and `review_by`."
            yield source.error(("numbers", name, "review_by"), what, remedy)
        if not number.checked_on <= min(today, number.review_by):
            what = f"`{name}` was looked at on {number.checked_on}, which cannot be."
            yield source.error(("numbers", name, "checked_on"), what, "Correct the dates.")


def said_numbers(numbers: dict[str, SafetyNumber]) -> dict[str, str]:
    """Return what stands for each placeholder: `{number.CN.ambulance}` is 120."""
    return {f"number.{name}": number.say for name, number in numbers.items()}
