"""Everything that would make a trial unfit to be shown, found without running it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.alarms import check_alarms
from bot.content.ambiguity import check_ambiguity
from bot.content.bundle import compile_bundle
from bot.content.completeness import check_completeness, check_counterparts
from bot.content.draft import Draft
from bot.content.own_words import check_own_words
from bot.content.problem import Problem, errors_among
from bot.content.references import check_references
from bot.content.safety import said_numbers
from bot.content.schema import TrialFile
from bot.content.wording import check_same_placeholders, check_wording


def inspect(draft: Draft) -> list[Problem]:
    """Return every problem of a draft, file by file and from top to bottom."""
    problems = [*draft.problems, *check_own_words(draft)]
    if draft.trial:
        problems.extend(check_references(draft.trial, draft.trial_source))
        problems.extend(_languages(draft, draft.trial))
    if draft.is_whole() and not errors_among(problems):
        problems.extend(check_ambiguity(draft, compile_bundle(draft.body())))
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


def _languages(draft: Draft, trial: TrialFile) -> Iterator[Problem]:
    first = draft.languages.get(trial.languages[0])
    for code, file in draft.languages.items():
        source = draft.sources[code]
        yield from check_completeness(trial, file, source)
        yield from check_wording(trial, file, said_numbers(draft.numbers), source)
        yield from check_alarms(file, source)
        if first and first is not file:
            yield from check_counterparts(first, file, source)
            yield from check_same_placeholders(first, file, source)
