"""Plant every defect, and print whether the tests notice it; 1 where one stays unnoticed."""

from __future__ import annotations

import argparse
import sys
import time

from tests.defects.defect import Defect
from tests.defects.planted import PLANTED
from tests.defects.runner import Copy, copy_of_the_tree, verdict


def main() -> int:
    """Run, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", help="this defect; may be given again")
    only = parser.parse_args().only
    unknown = set(only or ()) - {defect.name for defect in PLANTED}
    if unknown:
        parser.error(f"no such defect: {', '.join(sorted(unknown))}")
    chosen = [defect for defect in PLANTED if not only or defect.name in only]
    began = time.monotonic()
    with copy_of_the_tree() as copy:
        if not _sound(copy, chosen):
            return 1
        noticed = sum([_noticed(copy, defect) for defect in chosen])
    spent = time.monotonic() - began
    _say("", f"{noticed} of {len(chosen)} planted defects were noticed, in {spent:.0f} s.")
    return 0 if noticed == len(chosen) else 1


def _sound(copy: Copy, chosen: list[Defect]) -> bool:
    """Say whether the tests pass where nothing is planted: else their being red would show nothing."""
    came = copy.run(sorted({test for defect in chosen for test in defect.tests}))
    red = [f"{name}: {test.how} {test.words[:300]}" for name, test in came.items() if test.how != "passed"]
    if red or not came:
        _say("Without any defect these do not pass:", *red)
        return False
    _say(f"{len(came)} tests pass without any defect.", "")
    return True


def _noticed(copy: Copy, defect: Defect) -> bool:
    began = time.monotonic()
    wrong = verdict(copy, defect)
    spent = time.monotonic() - began
    _say(f"{'UNNOTICED' if wrong else 'noticed  '}  {defect.name:32} {spent:5.1f} s  {defect.protects}")
    if wrong:
        _say(f"           {wrong}")
    return not wrong


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


sys.exit(main())
