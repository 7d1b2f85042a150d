"""Whether a language has every text the trial needs, and none that it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from bot.content.language import LanguageFile, flatten
from bot.content.problem import Problem
from bot.content.rules import (
    AllInFile,
    AnyInFile,
    AtLeastInFile,
    ByPolicyInFile,
    ChosenInFile,
    NotInFile,
    RuleInFile,
)
from bot.content.schema import TrialFile
from bot.content.source import Place, Source


def check_completeness(trial: TrialFile, file: LanguageFile, source: Source) -> Iterator[Problem]:
    """Yield each text that is missing in this language and each that nobody can ever read."""
    acknowledgements = [item.key for item in trial.acknowledgements]
    yield from _differ("acknowledgements", acknowledgements, file.acknowledgements, source)
    yield from _differ("questions", [q.key for _, _, q in trial.questions()], file.questions, source)
    yield from _differ("reasons", reasons_needed(trial), file.reasons, source)
    sections = {section.key for section in trial.sections}
    for key in sorted(file.notices.keys() - sections):
        yield _superfluous(("notices", key), source)
    yield from _options(trial, file, source)


def check_counterparts(first: LanguageFile, file: LanguageFile, source: Source) -> Iterator[Problem]:
    """Yield each text that one of two languages has and the other lacks, among those a trial is free in."""
    free = ("summary.", "facts.", "notice.", "snippet.")
    wanted = {text.key for text in flatten(first) if text.key.startswith(free)}
    present = {text.key: text.place for text in flatten(file) if text.key.startswith(free)}
    for key in sorted(wanted - present.keys()):
        what = f"`{key}` stands in {first.language} but not here."
        yield source.error((_ROOM[key.partition(".")[0]],), what, "Translate it, or remove it there.")
    for key in sorted(present.keys() - wanted):
        what = f"`{key}` does not stand in {first.language}."
        yield source.error(present[key], what, "Add it there, or remove it here.")


_ROOM = {"summary": "summary", "facts": "facts", "notice": "notices", "snippet": "snippets"}


def reasons_needed(trial: TrialFile) -> list[str]:
    """Return the criteria that a participant may be told are not met, under any reading."""
    return [c.id for c in trial.criteria if c.rule and not c.staff_only and _can_be(c.rule, holds=False)]


def _can_be(rule: RuleInFile, *, holds: bool) -> bool:
    match rule:
        case AtLeastInFile():
            return True
        case ChosenInFile():
            return bool(rule.met if holds else rule.not_met)
        case AllInFile():
            quantifier = all if holds else any
            return quantifier(_can_be(part, holds=holds) for part in rule.parts)
        case AnyInFile():
            quantifier = any if holds else all
            return quantifier(_can_be(part, holds=holds) for part in rule.parts)
        case NotInFile():
            return _can_be(rule.part, holds=not holds)
        case ByPolicyInFile():
            return any(_can_be(part, holds=holds) for part in rule.cases.values())
    assert_never(rule)


def _options(trial: TrialFile, file: LanguageFile, source: Source) -> Iterator[Problem]:
    for _, _, question in trial.questions():
        words = file.questions.get(question.key)
        if words is None:
            continue
        place: Place = ("questions", question.key)
        options = [option.key for option in question.options]
        yield from _differ("options", options, words.options, source, place)
        for key in sorted(words.synonyms.keys() - set(options)):
            yield _superfluous((*place, "synonyms", key), source)


def _differ(
    name: str, wanted: Iterable[str], present: Iterable[str], source: Source, place: Place = ()
) -> Iterator[Problem]:
    needed, there = set(wanted), set(present)
    for key in sorted(needed - there):
        what = f"`{'.'.join(str(part) for part in (*place, name, key))}` is missing."
        yield source.error((*place, name), what, "Write it in this language.")
    for key in sorted(there - needed):
        yield _superfluous((*place, name, key), source)


def _superfluous(place: Place, source: Source) -> Problem:
    name = ".".join(str(part) for part in place)
    return source.error(place, f"The trial has no `{name}`.", "Correct its name or remove it.")
