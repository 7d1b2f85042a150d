"""`python -m tests.approved --messages 100000 --seed 1`: 0 messages made of anything but approved texts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from random import Random  # noqa: TID251 -- repeatable chance is what a walk is about
from time import perf_counter

from bot.service.message import Message
from tests.approved.texts import Approved
from tests.approved.walks import at_random, cases, of_case
from tests.conftest import shipped

_LENGTH = 60


@dataclass
class Figures:
    """What was looked at, and what was found outside."""

    messages: int = 0
    labels: int = 0
    outside: list[str] = field(default_factory=list)


def audit(said: Iterable[Message | str], approved: Approved, figures: Figures) -> None:
    """Look at each message with its buttons, and at each note on a tap."""
    for each in said:
        if isinstance(each, str):
            labels = [each]
        else:
            figures.messages += 1
            labels = [button.label for row in each.rows for button in row]
            if not approved.says(each.html):
                figures.outside.append(each.html)
        figures.labels += len(labels)
        figures.outside.extend(label for label in labels if not approved.labels(label))


def main() -> int:
    """Go through the cases, then at random until there are enough messages; return 1 where one is outside."""
    parser = argparse.ArgumentParser(prog="python -m tests.approved", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    bundle, figures, began = shipped(), Figures(), perf_counter()
    approved = Approved(bundle.body, plain=False)
    for phone in ("en", "zh-hans"):
        for answers in cases():
            audit(of_case(bundle, answers, phone), approved, figures)
    for seed in count(asked.seed * 1_000_000):
        if figures.messages >= asked.messages:
            break
        audit(at_random(bundle, Random(seed), _LENGTH), approved, figures)
    for text in figures.outside[:10]:
        sys.stdout.write(f"OUTSIDE {text!r}\n")
    sys.stdout.write(
        f"{figures.messages:,} messages and {figures.labels:,} buttons and notes, seed {asked.seed}, "
        f"content {bundle.content_hash[:12]}, {perf_counter() - began:.0f} s: "
        f"{len(figures.outside)} outside the approved texts\n"
    )
    return int(bool(figures.outside))


if __name__ == "__main__":
    sys.exit(main())
