"""`python -m tests.hostile --updates 1000000 --taps 1000000`: the campaign; 1 where anything is wrong."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter

from tests.conftest import shipped
from tests.hostile.campaign import Seen, asking, states_of
from tests.hostile.part import part


def main() -> int:
    """Run, print the totals, and return the exit code."""
    asked = _arguments()
    wrong = 0
    for what, times in (("updates", asked.updates), ("taps", asked.taps), ("on_disk", asked.on_disk)):
        if times:
            wrong += _run(what, times, asked)
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--updates", type=int, default=100_000, help="of every type, in every state")
    parser.add_argument("--taps", type=int, default=100_000, help="forged and replayed")
    parser.add_argument("--on-disk", type=int, default=10_000, help="of both, on a real database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="for each of the three, at most")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    return parser.parse_args()


def _run(what: str, times: int, asked: argparse.Namespace) -> int:
    began = time.monotonic()
    seen = Seen()
    jobs, until = asked.jobs, began + asked.minutes * 60
    tasks = [(what, times // jobs + (n < times % jobs), asked.seed * 1000 + n, until) for n in range(jobs)]
    states_of(asking(shipped()))  # walked once: the processes get it with their memory
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for one in pool.imap_unordered(part, tasks):
            seen.add(one)
            _say(f"  memory of one process, in MB: {_thin(one.memory)}")
    _say(told(what, seen, time.monotonic() - began, asked.seed))
    return seen.counts["wrong"]


def told(what: str, seen: Seen, seconds: float, seed: int) -> str:
    """Return the totals in words."""
    counts = seen.counts
    total = counts["updates"] or counts["taps"]
    names = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()) if name != "wrong")
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in seen.kinds.most_common())
    head = f"{what}: {total:,} in {seconds:,.0f} s ({total / seconds:,.0f} a second), seed {seed}"
    lines = [f"{head}, in {len(seen.states)} states: {counts['wrong']} wrong", f"  {names}", f"  {kinds}"]
    most = Counter(what[:300] for what in seen.wrong).most_common(20)
    return "\n".join([*lines, *(f"  WRONG {count} x {what}" for what, count in most)])


def _thin(memory: list[int]) -> str:
    step = max(1, len(memory) // 12)
    return " ".join(str(each) for each in [*memory[::step], memory[-1]])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
