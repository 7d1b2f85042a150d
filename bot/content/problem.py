"""What is wrong with a trial folder, where, and what its author can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import ContentError


class Severity(StrEnum):
    """An error stops the trial from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right."""

    severity: Severity
    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.what} {self.remedy}"


def error(file: str, line: int, what: str, remedy: str) -> Problem:
    """Return a problem that stops the trial from being used."""
    return Problem(Severity.ERROR, file, line, what, remedy)


def warning(file: str, line: int, what: str, remedy: str) -> Problem:
    """Return a problem that the author should know of."""
    return Problem(Severity.WARNING, file, line, what, remedy)


def errors_among(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that stop the trial from being used."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def refuse_if_any(problems: Iterable[Problem]) -> None:
    """Raise ContentError listing every error, if there is one."""
    found = errors_among(problems)
    if found:
        raise ContentError("\n".join(str(problem) for problem in found))
