"""docs/validation.md, made from the promises and from what was seen of their tests and planted defects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.conftest import ROOT
from tests.defects.defect import Defect
from tests.defects.planted import PLANTED
from tests.defects.record import Tried, still_noticed
from tests.defects.record import read as read_tried
from tests.validation.campaigns import Campaigns, read_campaigns
from tests.validation.promise import Promise, State
from tests.validation.promises import PROMISES
from tests.validation.results import Ran
from tests.validation.results import read as read_ran

PAGE = ROOT / "docs" / "validation.md"

_INTRODUCTION = """\
# What is promised, and how it is shown

This page is made by a program from a list of promises, from the last run of their tests, and from what
happened when each protection was taken away on purpose. Nothing on it is written by hand: a test compares it
with what it is made from. Make it anew with `python -m tests.validation`; the list is in
[tests/validation](../tests/validation/promises.py). What none of this protects from is in
[limits.md](limits.md).

A promise is **shown** only where it names tests that ran and passed, and at least one *planted defect*: a
copy of the program from which the protection was removed, in which these tests were seen to fail. It is
**partly** shown where something is missing, which is then said; what only names a wish is **not shown**.
Figures say when they were measured and what prints them again. Everything was done against a simulator of
Telegram, nothing against Telegram itself, and no person outside the makers has checked it.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was seen, to be told."""

    promises: Sequence[Promise]
    defects: Mapping[str, Defect]
    tried: Mapping[str, Tried]
    ran: Mapping[str, Ran]
    campaigns: Campaigns

    def noticed(self, name: str) -> Tried | None:
        """Return when a planted defect was noticed, or None where it never was as it is now."""
        return still_noticed(self.defects[name], self.tried)

    def state(self, each: Promise) -> State:
        """Return how far a promise is shown by what was really run."""
        seen = [self.ran.get(test) for test in each.tests]
        ran = all(one and one.passed and not one.failed for one in seen)
        red = all(self.noticed(name) for name in each.defects)
        if each.state is State.NOT_SHOWN or any(one and one.failed for one in seen):
            return State.NOT_SHOWN
        return each.state if ran and red else State.PARTLY

    def missing(self, each: Promise) -> str:
        """Return what is missing, in words; also where it should have run and did not."""
        tests = [test for test in each.tests if test not in self.ran]
        failed = [test for test in each.tests if (one := self.ran.get(test)) and one.failed]
        defects = [name for name in each.defects if not self.noticed(name)]
        more = [each.missing] if each.missing else []
        more += [f"Failed when last run: {', '.join(failed)}."] if failed else []
        more += [f"Not run yet: {', '.join(tests)}."] if tests else []
        more += [f"Not planted yet as it is now: {', '.join(defects)}."] if defects else []
        return " ".join(more)


def seen_now() -> Seen:
    """Return what is on the list and what was kept of the last runs."""
    defects = {defect.name: defect for defect in PLANTED}
    return Seen(PROMISES, defects, read_tried(), read_ran(), read_campaigns())


def page(seen: Seen) -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *_summary(seen), *_table(seen), *_details(seen), *_rest(seen)]) + "\n"


def _summary(seen: Seen) -> Iterator[str]:
    states = Counter(seen.state(each) for each in seen.promises)
    told = ", ".join(f"{states[state]} {state}" for state in State)
    noticed = [one for name in seen.defects if (one := seen.noticed(name))]
    yield f"{len(seen.promises)} promises: {told}."
    yield f"{len(seen.defects)} planted defects: {len(noticed)} noticed as they are now ({_when(noticed)})."
    ran = list(seen.ran.values())
    tests = {test for each in seen.promises for test in each.tests}
    yield f"{len(tests)} tests, or files of tests, are named: {len(ran)} were run ({_when(ran)})."
    yield ""


def _when(seen: Sequence[Ran | Tried]) -> str:
    days = sorted({one.on for one in seen})
    commits = sorted({one.commit for one in seen})
    if not days:
        return "never"
    span = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    return f"{span}, commit {', '.join(commits)}"


def _table(seen: Seen) -> Iterator[str]:
    yield "| | promise | for | state |"
    yield "| --- | --- | --- | --- |"
    for each in seen.promises:
        state = seen.state(each)
        told = f"**{state}**" if state is State.SHOWN else str(state)
        yield f"| [{each.id}](#{each.id.lower()}) | {each.says} | {each.who} | {told} |"
    yield ""


def _details(seen: Seen) -> Iterator[str]:
    for each in seen.promises:
        yield f"## {each.id}"
        yield ""
        yield f"{each.says} *({each.who}; {each.source})*"
        yield ""
        yield f"- State: **{seen.state(each)}**."
        missing = seen.missing(each)
        if missing:
            yield f"- Missing: {missing}"
        for test in each.tests:
            yield f"- Test: {_test(test, seen.ran.get(test))}"
        for name in each.defects:
            yield f"- {_defect(seen, name)}"
        for figure in each.figures:
            yield f"- Figure, {figure.on}: {figure.what}. Command: `{figure.command}`."
        yield ""


def _test(name: str, ran: Ran | None) -> str:
    file, _, function = name.partition("::")
    shown = f"[{function or file.removeprefix('tests/')}](../{file})"
    if ran is None:
        return f"{shown}: not run yet"
    skipped = f", {ran.skipped} skipped" if ran.skipped else ""
    failed = f", **{ran.failed} failed**" if ran.failed else ""
    return f"{shown}: {ran.passed} passed{failed}{skipped}"


def _defect(seen: Seen, name: str) -> str:
    tried = seen.noticed(name)
    how = f"red on {tried.on}" if tried else "not planted yet as it is now"
    return f"Without this it is {how} (`{name}`): {seen.defects[name].protects}"


def _rest(seen: Seen) -> Iterator[str]:
    yield "## All planted defects"
    yield ""
    yield "`python -m tests.defects` plants each in a copy of the program, and looks for red tests."
    yield ""
    used = {name for each in seen.promises for name in each.defects}
    yield "| defect | what it takes away | seen red | named above |"
    yield "| --- | --- | --- | --- |"
    for name, defect in seen.defects.items():
        tried = seen.noticed(name)
        red = f"{tried.on}, {tried.commit}" if tried else "never"
        yield f"| `{name}` | {defect.protects} | {red} | {'yes' if name in used else ''} |"
    yield ""
    yield from seen.campaigns.told()
