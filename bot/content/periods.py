"""How long what was said is kept, as policies.retention decides it, in the words of one language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.content import markup
from bot.content.problem import Problem
from bot.content.rules import FileModel
from bot.content.schema import Retention
from bot.content.source import Place, Source
from bot.content.values import Sentence

FACT = "retention_days"
"""The decision whose wording tells the periods, once there are any."""
_PLACE: Place = ("retention",)


class WaysToEnd(FileModel):
    """How a screening can end, as a part of a sentence: `if the study may fit you`."""

    may_be_eligible: Sentence
    likely_not_eligible: Sentence
    needs_review: Sentence
    declined: Sentence
    stopped: Sentence
    incomplete: Sentence


class RetentionWords(FileModel):
    """`same` is said, with {days}, where all periods are equal; else `lead` and a sentence for each."""

    same: Sentence
    lead: Sentence
    period: Sentence
    undecided: Sentence
    joined: Sentence
    """Stands between ways to end that have the same period."""
    rest: Sentence
    when: WaysToEnd


def told(periods: Retention, words: RetentionWords | None, language: str) -> str | None:
    """Return the periods as a text, equal ones together; None where none is decided or there are no words."""
    if words is None or all(days is None for _, days in periods):
        return None
    return ("" if language.startswith("zh") else " ").join(_sentences(periods, words))


def _sentences(periods: Retention, words: RetentionWords) -> Iterator[str]:
    together: defaultdict[int, list[str]] = defaultdict(list)
    for name, days in periods:
        together[days or 0].append(getattr(words.when, name))
    if len(together) == 1:
        yield words.same.replace("{days}", str(*together))
        yield words.rest
        return
    yield words.lead
    for number in sorted(together, reverse=True):
        raw = words.period if number else words.undecided
        when = words.joined.join(together[number])
        yield raw.replace("{when}", when).replace("{days}", str(number))
    yield words.rest


def check_periods(periods: Retention, words: RetentionWords | None, source: Source) -> Iterator[Problem]:
    """Yield what keeps the periods from being told in this language."""
    if words is None:
        if any(days is not None for _, days in periods):
            what = "Periods of `policies.retention` are decided, and nothing here tells participants."
            yield source.error((), what, "Add `retention:` with its words, as NCT06203249 has it.")
        return
    wanted = {"same": ("{days}",), "period": ("{when}", "{days}"), "undecided": ("{when}",)}
    for name, raw in (*words, *words.when):
        if not isinstance(raw, str):
            continue
        for part in wanted.get(name, ()):
            if part not in raw:
                yield source.error((*_PLACE, name), f"`retention.{name}` needs {part}.", "Add it.")
        for fault in markup.faults(raw):
            yield source.error((*_PLACE, name), f"`retention.{name}`: {fault}.", "Correct the text.")
