"""approvals.yaml: which content was approved, in which language, by whom and until when."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from bot.content.problem import Problem
from bot.content.rules import FileModel
from bot.content.schema import Language
from bot.content.source import read_source, validate
from bot.content.values import Sentence
from bot.domain.errors import ContentError

FILE = "approvals.yaml"
_AHEAD = timedelta(hours=14)
"""A day begins so much earlier in the east than in UTC: nothing is used on the day it expires, anywhere."""


class Approval(FileModel):
    """One approval of one language of one exact content; it holds no more on the day it expires."""

    content_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    language: Language
    committee: Sentence
    number: Sentence
    approved_on: date
    expires_on: date

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.expires_on <= self.approved_on:
            raise ValueError("it expires before it holds")
        return self

    def holds(self, today: date) -> bool:
        """Say whether it may be used on this day."""
        return self.approved_on <= today < self.expires_on


class ApprovalsFile(FileModel):
    """approvals.yaml as a whole."""

    spec_version: Literal[1]
    approvals: tuple[Approval, ...]


class Standing(StrEnum):
    """How one language of a content stands with the committee."""

    APPROVED = "approved"
    EXPIRED = "expired"
    NOT_YET = "not yet in force"
    OTHER_CONTENT = "of other content"
    NONE = "not approved"


@dataclass(frozen=True, slots=True)
class Judged:
    """The standing of one language, and the approval it rests on, if there is one."""

    language: str
    standing: Standing
    approval: Approval | None = None


def day_of(now: datetime) -> date:
    """Return the day it is where days begin first."""
    return (now + _AHEAD).date()


def judge(approvals: Iterable[Approval], content_hash: str, language: str, today: date) -> Judged:
    """Say how this language of this exact content stands today; of several approvals the best counts."""
    mine = sorted((each for each in approvals if each.language == language), key=lambda each: each.expires_on)
    same = [each for each in mine if each.content_hash == content_hash]
    for found, standing in (
        ([each for each in same if each.holds(today)], Standing.APPROVED),
        ([each for each in same if today < each.approved_on], Standing.NOT_YET),
        (same, Standing.EXPIRED),
        (mine, Standing.OTHER_CONTENT),
    ):
        if found:
            return Judged(language, standing, found[-1])
    return Judged(language, Standing.NONE)


def read_approvals(folder: Path) -> tuple[tuple[Approval, ...], list[Problem]]:
    """Return the approvals of a trial, none where there is no such file, and what is wrong with it."""
    path = folder / FILE
    if not path.exists():
        return (), []
    source = read_source(path)
    file = validate(source, ApprovalsFile)
    return (file.approvals if file else ()), source.problems


def append(folder: Path, before: Sequence[Approval], new: Approval) -> None:
    """Write a further approval behind those of before, which stay as they are, comments and all.

    Raises ContentError where it is there already, or where one is that holds as long.
    """
    for old in before:
        if (old.content_hash, old.language) != (new.content_hash, new.language):
            continue
        if old.number == new.number or old.expires_on >= new.expires_on:
            raise ContentError(
                f"{FILE} has approval {old.number} of this content in `{old.language}` already, until "
                f"{old.expires_on}. Nothing was written. A renewal has a number of its own and lasts longer."
            )
    path = folder / FILE
    text = path.read_text("utf-8") if path.exists() else "spec_version: 1\napprovals:\n"
    longer = f"{text.replace('approvals: []', 'approvals:').rstrip()}\n{_entry(new, _indent(text))}"
    fresh = path.with_name(f".{FILE}.new")
    try:
        fresh.write_text(longer, "utf-8")
        read = validate(read_source(fresh), ApprovalsFile)
        if read is None or read.approvals != (*before, new):
            raise ContentError(
                f"{FILE} is not written line by line. Put this at its end:\n{_entry(new, '  ')}"
            )
        # Nothing in it is secret, and the bot may run as somebody else.
        fresh.chmod(path.stat().st_mode if path.exists() else 0o644)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _indent(text: str) -> str:
    found = re.findall(r"^( *)- ", text, re.MULTILINE)
    return found[-1] if found else "  "


def _entry(approval: Approval, indent: str) -> str:
    # A quoted JSON string is one in YAML too; a date needs no quotes.
    lines = [
        f"{name}: {value if name.endswith('_on') else json.dumps(value, ensure_ascii=False)}"
        for name, value in approval.model_dump(mode="json").items()
    ]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"
