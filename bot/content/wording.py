"""Whether each text of a trial can be shown as it is written: placeholders, markup, length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from bot.content import markup
from bot.content.language import (
    PLACEHOLDER,
    FactName,
    FlatText,
    LanguageFile,
    fill,
    fillings,
    flatten,
    placeholders,
)
from bot.content.periods import check_periods
from bot.content.problem import Problem
from bot.content.schema import TrialFile
from bot.content.source import Place, Source

REASON, CONTACTS, VALUE = "reason", "contacts", "value"


def check_wording(
    trial: TrialFile, file: LanguageFile, numbers: Mapping[str, str], source: Source
) -> Iterator[Problem]:
    """Yield what is wrong with single texts of this language."""
    known = fillings(trial, file, numbers)
    for text in flatten(file):
        yield from _placeholders(text, file, known, source)
        yield from _form(text, file, known, source)
    yield from _wordings(file, source)
    yield from check_periods(trial.policies.retention, file.retention, source)
    yield from _registry_wording(trial, file, source)


def check_same_placeholders(first: LanguageFile, file: LanguageFile, source: Source) -> Iterator[Problem]:
    """Yield each text whose placeholders differ from those in the first language."""
    there = {text.key: placeholders(text.raw) for text in flatten(first)}
    for text in flatten(file):
        mine = placeholders(text.raw)
        if text.key in there and mine != there[text.key]:
            lacking = ", ".join(sorted(there[text.key] - mine)) or "nothing"
            extra = ", ".join(sorted(mine - there[text.key])) or "nothing"
            what = f"Compared with {first.language}, `{text.key}` lacks {lacking} and adds {extra}."
            yield source.error(text.place, what, "Use the same placeholders in each language.")


def _filled_while_running(key: str, file: LanguageFile) -> frozenset[str]:
    """Return what a text must leave open, because only run time knows it."""
    if key in {"ending.likely_not_eligible", "ending.likely_not_for_now"}:
        return frozenset({REASON})
    return frozenset({CONTACTS}) if key == f"facts.{len(file.facts) - 1}" else frozenset()


def _placeholders(
    text: FlatText, file: LanguageFile, known: Mapping[str, str], source: Source
) -> Iterator[Problem]:
    open_here = _filled_while_running(text.key, file)
    mine = placeholders(text.raw)
    for name in sorted(mine - known.keys() - open_here):
        what = f"`{text.key}` has the placeholder {{{name}}}, which nothing fills in here."
        yield source.error(text.place, what, "Correct its name or remove it.")
    for name in sorted(open_here - mine):
        yield source.error(text.place, f"`{text.key}` needs the placeholder {{{name}}}.", "Add it.")
    if re.search(r"[{}]", PLACEHOLDER.sub("", text.raw)):
        yield source.error(text.place, f"`{text.key}` has a lonely brace.", "Close it or remove it.")


def _form(text: FlatText, file: LanguageFile, known: Mapping[str, str], source: Source) -> Iterator[Problem]:
    faults = markup.label_faults if text.plain else markup.faults
    for fault in faults(text.raw):
        yield source.error(text.place, f"`{text.key}`: {fault}.", "Correct the text.")
    longest = {REASON: "; ".join(file.reasons.values()), CONTACTS: "9999999"}
    length = markup.shown_length(fill(fill(text.raw, known), longest))
    if length > markup.LONGEST_MESSAGE:
        what = f"`{text.key}` is {length} characters long; a message takes {markup.LONGEST_MESSAGE}."
        yield source.error(text.place, what, "Shorten it.")


def _wordings(file: LanguageFile, source: Source) -> Iterator[Problem]:
    used = {name for text in flatten(file) for name in placeholders(text.raw)}
    for key, wording in file.wordings.items():
        place: Place = ("wordings", key)
        if key not in used:
            yield source.error(place, f"The wording `{key}` is used nowhere.", "Use it or remove it.")
        for branch, wanted in (("decided", {VALUE}), ("undecided", set[str]())):
            raw = getattr(wording, branch)
            if placeholders(raw) != wanted:
                remedy = "Use {value}, and only that." if wanted else "Remove the placeholders."
                yield source.error((*place, branch), f"`{key}.{branch}` has other placeholders.", remedy)
            for fault in markup.faults(raw):
                yield source.error((*place, branch), f"`{key}.{branch}`: {fault}.", "Correct the text.")
    told = {wording.fact for wording in file.wordings.values()}
    for fact in sorted(set(get_args(FactName)) - told):
        what = f"Nothing tells participants about `{fact}`, decided or not."
        yield source.error(("wordings",), what, "Add a wording for it and use it in a text.")


def _registry_wording(trial: TrialFile, file: LanguageFile, source: Source) -> Iterator[Problem]:
    quoted = {name for raw in file.facts for name in placeholders(raw)}
    for criterion in trial.criteria:
        if f"criterion.{criterion.id}" not in quoted:
            what = f"The facts do not quote criterion `{criterion.id}`."
            yield source.error(("facts",), what, f"Put {{criterion.{criterion.id}}} into one of them.")
