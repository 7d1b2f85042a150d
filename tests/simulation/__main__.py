"""`python -m tests.simulation --people 5000 --seed 7`: simulate, print the figures, fail on a violation."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.simulation.simulate import Result, simulate
from tests.simulation.totals import note

_TOTALS = Path("var/simulate.jsonl")
_SHOWN = {
    "turns": "updates that took effect, each once",
    "answers": "answers recorded, each as it was said",
    "outcomes": "outcomes, each judged a second time",
    "updates": "taps and messages",
    "handed out": "updates handed to the bot, with those that came again",
    "duplicates": "of them had taken effect before",
    "expired at Telegram": "expired at Telegram, as taps do after 150 s without a bot",
    "messages": "messages on people's phones",
    "doubled": "of them a second copy, harmless",
    "reminders": "reminders, asked for, two at most",
    "expired": "screenings closed as incomplete after 30 days",
    "erased": "people erased, and not a word of theirs left in the file",
    "deeds": "taps and notes in the staff group, old, forged and strangers' ones among them",
    "races": "times when somebody else claimed the same case as it was",
    "staff answers": "answers of staff, each labelled and on its way",
    "to the group": "messages and edits to the staff group",
    "deaths": "deaths of the worker, at any await",
    "exits": "times it gave up by itself: no store, or no Telegram, at its start",
    "invariants": "invariants looked at",
    "violations": "violations",
}


def main() -> int:
    """Simulate one seed or several; return 1 where an invariant did not hold."""
    asked = _arguments()
    failed = False
    for seed in range(asked.seed, asked.seed + asked.seeds):
        gc.freeze()
        result = simulate(asked.people, seed, staff=asked.staff)
        _say(told(result))
        failed = bool(result.figures.violations) or failed
        if result.figures.violations:
            people = _smallest(asked.people, seed, staff=asked.staff) if asked.shrink else asked.people
            alone = "" if asked.staff else " --no-staff"
            _say(f"To see it again: python -m tests.simulation --people {people} --seed {seed}{alone}")
        sums = note(asked.totals, result)
        _say(f"All so far: {', '.join(f'{count:,} {name}' for name, count in sums.items())}.")
    return int(failed)


def told(result: Result) -> str:
    """Return the figures of one simulation in words."""
    figures = result.figures
    turns = figures.counts["turns"]
    head = (
        f"Seed {figures.seed}, {figures.people:,} people: {result.covered.days} days, {result.seconds:.0f} s"
    )
    lines = [f"{head} ({turns / result.seconds:,.0f} turns a second), journal {result.journal}"]
    lines += [f"{figures.counts[name]:>12,}  {words}" for name, words in _SHOWN.items()]
    faults = ", ".join(f"{name} {count}" for name, count in sorted(figures.faults.items()))
    lines.append(f"{sum(figures.faults.values()):>12,}  faults planned: {faults}")
    return "\n".join([*lines, *(f"VIOLATED {what}" for what in figures.violations)])


def _smallest(people: int, seed: int, *, staff: bool) -> int:
    """Look for fewer people with whom this seed fails as well."""
    failing = (fewer for fewer in _fewer(people) if simulate(fewer, seed, staff=staff).figures.violations)
    return next(failing, people)


def _fewer(people: int) -> Iterator[int]:
    size = 1
    while size < people:
        yield size
        size *= 3


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="so many seeds, one after another")
    parser.add_argument(
        "--no-staff", dest="staff", action="store_false", help="nobody looks at what is asked"
    )
    parser.add_argument("--totals", type=Path, default=_TOTALS)
    parser.add_argument("--shrink", action="store_true", help="look for fewer people who fail as well")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
