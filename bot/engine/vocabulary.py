"""Words looked up by what was typed, and where they stand, as the bits of a number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

_Slot: TypeAlias = tuple[int, int]
"""A group of a Near or a Run: the number of the rule, and of the group in it."""


class Vocabulary:
    """The words of all Nears, or of all Runs, to be looked up by what was typed."""

    def __init__(self, rules: Iterable[tuple[frozenset[str], ...]]) -> None:
        self._whole: defaultdict[str, set[_Slot]] = defaultdict(set)
        self._begun: defaultdict[str, set[_Slot]] = defaultdict(set)
        self._slipped: defaultdict[str, set[_Slot]] = defaultdict(set)
        for n, groups in enumerate(rules):
            for g, group in enumerate(groups):
                for term in group:
                    self._learn(term.replace("'", ""), (n, g))
        self._lengths = frozenset(map(len, self._begun))
        self._longest = max(map(len, self._slipped), default=0) + 1

    def find(self, words: list[str]) -> defaultdict[_Slot, int]:
        """Return where words of each group stand, as the bits of a number."""
        found: defaultdict[_Slot, int] = defaultdict(int)
        for word, places in places_of(enumerate(words)).items():
            for slot in self._slots(word):
                found[slot] |= places
        return found

    def _learn(self, term: str, slot: _Slot) -> None:
        body = term.rstrip("*~")
        if term.endswith("*"):
            self._begun[body].add(slot)
        elif term.endswith("~"):
            for form in _one_less(body):
                self._slipped[form].add(slot)
        else:
            self._whole[body].add(slot)

    def _slots(self, word: str) -> Iterator[_Slot]:
        yield from self._whole.get(word, ())
        for length in self._lengths:
            yield from self._begun.get(word[:length], ())
        if len(word) <= self._longest:
            for form in _one_less(word):
                yield from self._slipped.get(form, ())


def places_of(marks: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Return where each mark stands, as the bits of a number."""
    places: dict[str, int] = {}
    for n, mark in marks:
        places[mark] = places.get(mark, 0) | 1 << n
    return places


def begins(group: frozenset[str], places: Mapping[str, int]) -> int:
    """Return where a term of the group begins, as the bits of a number."""
    found = 0
    for term in group:
        here = places.get(term[0], 0)
        for n, mark in enumerate(term[1:], 1):
            here &= places.get(mark, 0) >> n
        found |= here
    return found


def close(groups: Iterable[int], within: int) -> bool:
    """Say whether one place of each group lies in a window of `within` steps."""
    together = -1
    for places in groups:
        together &= _spread(places, within)
        if not together:
            return False
    return True


def _spread(places: int, steps: int) -> int:
    done = 0
    while done < steps:
        more = min(done + 1, steps - done)
        places |= places << more
        done += more
    return places


def _one_less(word: str) -> Iterator[str]:
    """Yield the word, and it without each of its letters but the first.

    Two words that differ by one slip (a letter wrong, missing, extra or swapped) have one of these in common.
    """
    yield word
    for n in range(1, len(word)):
        yield word[:n] + word[n + 1 :]
