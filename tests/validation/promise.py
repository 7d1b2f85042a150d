"""What a promise is, and how far it is shown: never by its author's word, only by what it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far a promise is shown."""

    SHOWN = "shown"
    PARTLY = "partly"
    NOT_SHOWN = "not shown"


class For(StrEnum):
    """Who relies on a promise."""

    PARTICIPANTS = "participants"
    STAFF = "staff"
    COMMITTEE = "ethics committee"
    PRIVACY = "data protection"
    OPERATORS = "operators"
    INSPECTORS = "inspectors"


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured: what, how much, when, and what prints it again."""

    what: str
    on: str
    command: str


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that people rely on."""

    id: str
    says: str
    who: For
    source: str
    tests: tuple[str, ...] = ()
    """Node ids of pytest, with or without parameters, or whole files."""
    defects: tuple[str, ...] = ()
    """Planted defects (tests/defects) by which those tests were seen to go red."""
    figures: tuple[Figure, ...] = ()
    missing: str = ""
    """What is not shown; nothing where all of it is."""

    @property
    def state(self) -> State:
        """Return how far it is shown, by what it names."""
        if not (self.tests and self.defects):
            return State.NOT_SHOWN
        return State.PARTLY if self.missing else State.SHOWN


def promise(  # noqa: PLR0913 -- one line a promise, each part by its name
    name: str,
    says: str,
    who: For,
    source: str,
    *,
    tests: Sequence[str] = (),
    defects: Sequence[str] = (),
    figures: Sequence[Figure] = (),
    missing: str = "",
) -> Promise:
    """Return a promise; without tests it is one that is not shown, and must say what is missing."""
    return Promise(name, says, who, source, tuple(tests), tuple(defects), tuple(figures), missing)


def faults(promises: Sequence[Promise], collected: set[str], defects: set[str]) -> list[str]:
    """Return what is wrong with the list: what it names must exist, and nothing is said for nothing."""
    wrong = []
    names = [each.id for each in promises]
    wrong += [f"{name}: stands here twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for each in promises:
        wrong += [f"{each.id}: {what}" for what in _faults(each, collected, defects)]
    return wrong


def _faults(each: Promise, collected: set[str], defects: set[str]) -> list[str]:
    wrong = [f"there is no test {test}" for test in each.tests if test not in collected]
    wrong += [f"there is no planted defect {name}" for name in each.defects if name not in defects]
    if bool(each.tests) != bool(each.defects):
        wrong.append("tests without a planted defect, or a defect without tests, show nothing")
    if each.state is State.NOT_SHOWN and not each.missing:
        wrong.append("what is missing is not said")
    if each.figures and each.state is State.NOT_SHOWN:
        wrong.append("a figure for what is not shown")
    wrong += [f"no command prints: {f.what}" for f in each.figures if not (f.command and f.on)]
    if not each.says.endswith("."):
        wrong.append("it is no sentence")
    return wrong
