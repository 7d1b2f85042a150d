"""How well emergencies are heard: python -m tests.emergency.measure.

The net is measured on wordings it did not learn from, in five folds. The rules were written with sight of the
lists `emergency_*` and `emergency_*_unseen`, so for them only the other lists say something.
"""

from __future__ import annotations

import random  # noqa: TID251 -- seeded: the same folds every time
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.domain.lexicon import Lexicon, Net
from bot.engine.alarm import alarms
from tests.conftest import shipped
from tests.emergency.learn import LIMITS, net_of
from tests.emergency.learning import SCALE
from tests.emergency.lists import Wording, wordings

FOLDS = 5
TRIED = (0.2, 0.5, 0.75, 1.2)
PLAIN = "plain"
"""Begins headings of answers and small talk that nobody meant to be mistaken."""
SCRIPTS = {False: "letters", True: "characters"}


def held_out(chinese: bool) -> Iterator[tuple[Net, list[Wording]]]:  # noqa: FBT001 -- one of two scripts
    """Yield, for each fold, the net that learned from all the others, and the fold."""
    said = wordings(chinese=chinese)
    random.Random(0).shuffle(said)
    for n in range(FOLDS):
        rest = [each for place, each in enumerate(said) if place % FOLDS != n]
        yield net_of(rest, chinese=chinese), said[n::FOLDS]


def heard(lexicon: Lexicon, said: Iterable[Wording]) -> set[str]:
    """Return the texts that raise the alarm."""
    return {each.text for each in said if alarms(each.text, lexicon)}


def main() -> None:
    """Print, by list, what the rules hear, what the net hears held out, and what both do."""
    for chinese, script in SCRIPTS.items():
        rules = replace(shipped().trial.lexicon, nets=())
        none = replace(rules, emergency=())
        said = wordings(chinese=chinese)
        by_rules = heard(rules, said)
        by_net = {limit: set[str]() for limit in TRIED}
        for net, fold in held_out(chinese):
            for limit in TRIED:
                limited = replace(none, nets=(replace(net, limit=round(limit * SCALE)),))
                by_net[limit].update(heard(limited, fold))
        _tell(script, said, by_rules, by_net, LIMITS[chinese])


def _tell(
    script: str, said: list[Wording], by_rules: set[str], by_net: dict[float, set[str]], limit: float
) -> None:
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for each in said:
        name = f"{each.list}, {PLAIN}" if each.kind.startswith(PLAIN) and not each.urgent else each.list
        groups[name, "heard" if each.urgent else "false"].append(each.text)
    for (name, what), texts in groups.items():
        _line(f"{script} {name}: {what} of {len(texts)}: rules {_share(texts, by_rules)}")
        for tried, found in by_net.items():
            mark = "  <- the limit" if tried == limit else ""
            both = _share(texts, by_rules | found)
            _line(f"    net above {tried}: {_share(texts, found)}, rules or net: {both}{mark}")


def _share(texts: list[str], found: set[str]) -> str:
    return f"{sum(text in found for text in texts) / len(texts):.1%}"


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
