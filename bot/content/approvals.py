"""approvals.yaml: which content was approved, in which language, by whom and until when."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

from bot.content.problem import Problem
from bot.content.rules import FileModel
from bot.content.schema import Language
from bot.content.source import read_source, validate
from bot.content.values import Sentence

FILE = "approvals.yaml"


class Approval(FileModel):
    """One approval of one language of one exact content."""

    content_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    language: Language
    committee: Sentence
    number: Sentence
    approved_on: date
    expires_on: date


class ApprovalsFile(FileModel):
    """approvals.yaml as a whole."""

    spec_version: Literal[1]
    approvals: tuple[Approval, ...]


def read_approvals(folder: Path) -> tuple[tuple[Approval, ...], list[Problem]]:
    """Return the approvals of a trial, none where there is no such file, and what is wrong with it."""
    path = folder / FILE
    if not path.exists():
        return (), []
    source = read_source(path)
    file = validate(source, ApprovalsFile)
    return (file.approvals if file else ()), source.problems
