"""Whether the words that raise the alarm together can be found as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations

from bot.content.language import LanguageFile, NearInFile, RunInFile
from bot.content.lexicon import AND, MAY_BE_MISSING, terms
from bot.content.problem import Problem
from bot.content.source import Place, Source
from bot.domain.lexicon import Near
from bot.engine.reading import is_chinese, mentions

_SHORTEST_SLIP = 5
"""In shorter words, one slip makes too many other words."""
_SHORTEST_RUN = 2
"""One word alone is never harmless: it would be hidden wherever it stands."""


def check_alarms(file: LanguageFile, source: Source) -> Iterator[Problem]:
    """Yield each word that could never be found, and each rule that would do more than its author meant."""
    yield from _of_nears(file.phrases.emergency_near, ("phrases", "emergency_near"), source)
    for peril, nears in file.phrases.perils.items():
        yield from _of_nears(nears, ("phrases", "perils", peril), source)
    for n, run in enumerate(file.phrases.harmless):
        place: Place = ("phrases", "harmless", n)
        words = {word for group in (*run.words, run.unless or ()) for word in group} - {AND, MAY_BE_MISSING}
        chinese = is_chinese("".join(words))
        for word in sorted(words):
            fault = _fault(word, chinese=chinese)
            if fault:
                yield source.error(place, f"“{word}” {fault}.", "Correct the word or remove it.")
        if _hides_one_word(run):
            what = "The run could hide a single word, or begin with a word that may be missing."
            yield source.error(place, what, "Leave `-` out of its first list and of another one.")


def _hides_one_word(run: RunInFile) -> bool:
    needed = [group for group in run.words if MAY_BE_MISSING not in group]
    return len(needed) < _SHORTEST_RUN or MAY_BE_MISSING in run.words[0]


def _of_nears(nears: Sequence[NearInFile], where: Place, source: Source) -> Iterator[Problem]:
    for n, near in enumerate(nears):
        place = (*where, n)
        chinese = is_chinese("".join(word for group in near.words for word in group))
        for word in (word for group in near.words for word in group):
            fault = _fault(word, chinese=chinese)
            if fault:
                yield source.error(place, f"“{word}” {fault}.", "Correct the word or remove it.")
        for word in sorted(_in_two_lists(near)):
            what = f"“{word}” stands in two lists, so that it would raise the alarm alone."
            yield source.error(place, what, "Remove it from one of them.")


def _fault(word: str, *, chinese: bool) -> str | None:
    said = terms(word)
    if not said:
        return "is a range without a number"
    if all(term.isdecimal() for term in said):
        return None
    if chinese:
        return (
            None if re.fullmatch(r"[^\W_]+", word) else "must be characters only, as the words beside it are"
        )
    if not re.fullmatch(r"[^\W_]+[*~]?", word.replace("'", "")):
        return "must be one word; only * or ~ may follow it"
    if word.endswith("~") and len(word) <= _SHORTEST_SLIP:
        return f"is too short for ~, which takes {_SHORTEST_SLIP} letters"
    return None


def _in_two_lists(near: NearInFile) -> set[str]:
    pairs = permutations([tuple(group) for group in near.words], 2)
    return {word for group, other in pairs for word in _also_in(group, other)}


@lru_cache(maxsize=4096)  # many rules name the same lists
def _also_in(group: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of one list that are found where those of another are looked for."""
    there = (Near((frozenset(term for word in other for term in terms(word)),)),)
    return tuple(word for word in group if mentions(word.rstrip("*~"), there))
