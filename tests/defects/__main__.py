"""Plant every defect, and print whether the tests notice it; 1 where one stays unnoticed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import TypeVar

from tests.crash.totals import commit
from tests.defects.defect import Defect
from tests.defects.planted import PLANTED
from tests.defects.record import Tried, form_of, keep, read, still_noticed
from tests.defects.runner import Copy, Outcome, copy_of_the_tree, is_of, verdict

T = TypeVar("T")
R = TypeVar("R")


def main() -> int:
    """Run, and return the exit code."""
    chosen, workers = _asked()
    if not chosen:
        _say("Nothing to try.")
        return 0
    began = time.monotonic()
    with ExitStack() as stack:
        copies = [stack.enter_context(copy_of_the_tree()) for _ in range(workers)]
        due = _sound(copies, chosen)
        version = commit()
        results = _spread(copies, lambda copy, defect: _tried(copy, defect, version), due)
    tried = {defect.name: result for defect, result in zip(due, results, strict=True)}
    keep(tried, [defect.name for defect in PLANTED])
    noticed = sum(result.noticed for result in tried.values())
    spent = time.monotonic() - began
    _say("", f"{noticed} of {len(chosen)} planted defects were noticed, in {spent:.0f} s.")
    return 0 if noticed == len(chosen) else 1


def _asked() -> tuple[list[Defect], int]:
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", help="this defect; may be given again")
    parser.add_argument("--new", action="store_true", help="those not noticed yet in the form they have now")
    parser.add_argument("--workers", type=int, default=2, help="copies of the tree to try in at once")
    asked = parser.parse_args()
    unknown = set(asked.only or ()) - {defect.name for defect in PLANTED}
    if unknown:
        parser.error(f"no such defect: {', '.join(sorted(unknown))}")
    chosen = [defect for defect in PLANTED if not asked.only or defect.name in asked.only]
    if asked.new:
        seen = read()
        chosen = [defect for defect in chosen if not still_noticed(defect, seen)]
    return chosen, max(1, min(asked.workers, len(chosen)))


def _spread(copies: list[Copy], do: Callable[[Copy, T], R], items: Iterable[T]) -> list[R]:
    """Return what is done to each item, each with a copy that nobody else uses meanwhile."""
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(item: T) -> R:
        copy = free.get()
        try:
            return do(copy, item)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(one, items))


def _sound(copies: list[Copy], chosen: list[Defect]) -> list[Defect]:
    """Return those whose tests pass where nothing is planted: else their being red would show nothing."""
    tests = sorted({test for defect in chosen for test in defect.tests})
    files = sorted({test.partition("::")[0] for test in tests})
    shares = [[test for test in tests if files.index(test.partition("::")[0]) % 8 == n] for n in range(8)]
    came: list[tuple[str, Outcome]] = []
    for part in _spread(copies, lambda copy, share: copy.run(share), [share for share in shares if share]):
        came += part.items()
    red = {name: f"{test.how} {test.words[:200]}" for name, test in came if test.how != "passed"}
    _say(f"{len(came) - len(red)} tests pass without any defect.", "")
    _say(*(f"NOT PASSED without any defect: {name}: {how}" for name, how in red.items()))
    unsound = [each for each in chosen if any(is_of(name, test) for name in red for test in each.tests)]
    _say(*(f"NOT TRIED  {each.name}" for each in unsound))
    return [each for each in chosen if each not in unsound]


def _tried(copy: Copy, defect: Defect, version: str) -> Tried:
    began = time.monotonic()
    wrong = verdict(copy, defect)
    spent = time.monotonic() - began
    told = [f"{'UNNOTICED' if wrong else 'noticed  '}  {defect.name:32} {spent:5.1f} s  {defect.protects}"]
    _say(*told, *([f"           {wrong}"] if wrong else []))
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251 -- when it was really tried
    return Tried(form_of(defect), not wrong, today, version, round(spent, 1))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


sys.exit(main())
