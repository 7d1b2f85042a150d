"""The sheet for an ethics committee: every text by its key, as people meet them, languages side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.content.approvals import Judged, Standing
from bot.content.bundle import Bundle
from bot.content.fluent import MessageShape
from bot.content.rules import leaves
from bot.content.schema import CriterionInFile, QuestionInFile, TrialFile
from bot.content.words import Words
from bot.domain.errors import ContentError

_NUMBERS = (0, 1, 5)
"""Of texts that differ with a number, those for these are shown."""
_LISTENED = "words-"
_MARKS = "demo-"


@dataclass(frozen=True, slots=True)
class Row:
    """One text: its key, and its wording in each language, as HTML."""

    key: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs together on the sheet; `criteria` are the registry's lines that a question is about."""

    title: str
    rows: tuple[Row, ...]
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Packet:
    """The whole sheet, not laid out yet."""

    trial: TrialFile
    content_hash: str
    languages: tuple[str, ...]
    judged: tuple[Judged, ...]
    parts: tuple[Part, ...]
    printed_on: date

    @property
    def is_approved(self) -> bool:
        return all(each.standing is Standing.APPROVED for each in self.judged)


def packet(bundle: Bundle, judged: Sequence[Judged], printed_on: date) -> Packet:
    """Return the sheet of the languages judged; ContentError where the trial lacks one."""
    languages = tuple(each.language for each in judged)
    for language in languages:
        if language not in bundle.words:
            offered = ", ".join(bundle.words)
            raise ContentError(f"{bundle.trial.id} has no language `{language}`. It has: {offered}.")
    file = TrialFile.model_validate_json(json.dumps(json.loads(bundle.body)["trial"]))
    texts = _texts([bundle.words[language] for language in languages])
    parts = tuple(_parts(file, texts))
    return Packet(file, bundle.content_hash, languages, tuple(judged), parts, printed_on)


def _texts(words: Sequence[Words]) -> dict[str, tuple[str, ...]]:
    """Return every text by key in each language: the trial's, then the bot's own."""
    of_trial = {key: tuple(each.texts[key] for each in words) for key in words[0].texts}
    shapes = [shape for shape in words[0].messages.shapes.values() if _is_read(shape)]
    return of_trial | {shape.id: tuple(_variants(each, shape) for each in words) for shape in shapes}


def _is_read(shape: MessageShape) -> bool:
    return not shape.id.startswith((_LISTENED, _MARKS))


def _variants(words: Words, shape: MessageShape) -> str:
    """Return a message with its variables by name; where it differs with a number, each of its forms."""
    names: dict[str, str | int] = {name: f"{{{name}}}" for name in shape.variables}
    forms = [words.messages.format(shape.id, names)]
    if len(words.messages.shapes[shape.id].patterns) > 1:
        forms += [words.messages.format(shape.id, dict.fromkeys(names, number)) for number in _NUMBERS]
    return "\n".join(dict.fromkeys(forms))


_EARLY = ("profile-short", "profile-description", "choose-language", "welcome")


def _parts(file: TrialFile, texts: dict[str, tuple[str, ...]]) -> Iterator[Part]:
    left = dict(texts)
    yield _taken("Before the first question", left, (*_EARLY, *_under(texts, "title", "summary.")))
    for item in file.acknowledgements:
        name = f"acknowledgement.{item.key}"
        yield _taken(f"To agree to: {item.key}", left, _under(texts, name))
    for section in file.sections:
        for number, question in enumerate(section.questions):
            notice = [f"notice.{section.key}"] if number == 0 else []
            criteria = tuple(f"{each.id}: {each.text}" for each in file.criteria if _is_about(each, question))
            keys = (*notice, *_of_question(question))
            yield _taken(f"Question: {question.key}", left, keys, criteria)
    not_asked = tuple(f"{each.id}: {each.text}" for each in file.criteria if each.rule is None)
    yield _taken("Results", left, _under(texts, "ending.", "next.", "reason."), not_asked)
    yield _taken("Contact by the study team", left, _under(texts, "contact"))
    yield _taken("Safety", left, _under(texts, "emergency"))
    yield _taken("About the study, when asked", left, _under(texts, "facts."))
    yield _taken("An end, and privacy", left, ("declined", "stopped", "erased", "privacy", "team"))
    yield _taken("Buttons", left, _under(texts, "choice-"))
    yield _taken("The menu of commands", left, _under(texts, "command-"))
    yield _taken("Lines for staff", left, _under(texts, "alert-"))
    yield _taken("Whatever else the bot says", left, tuple(left))


def _of_question(question: QuestionInFile) -> tuple[str, ...]:
    name = f"question.{question.key}"
    options = (f"{name}.option.{option.key}" for option in question.options)
    return (name, f"{name}.help", *options, f"{name}.short")


def _under(texts: Iterable[str], *beginnings: str) -> tuple[str, ...]:
    """Return the keys that are one of these, or begin with one and go on behind a dot or a dash."""
    found: list[str] = []
    for beginning in beginnings:
        open_end = beginning if beginning.endswith((".", "-")) else f"{beginning}."
        also = (open_end, f"{beginning}_")
        mine = [key for key in texts if key == beginning or key.startswith(also)]
        # Behind a dot may stand a number: 10 comes after 9.
        found += sorted(mine, key=len) if beginning.endswith(".") and mine[0][-1:].isdecimal() else mine
    return tuple(found)


def _taken(
    title: str, left: dict[str, tuple[str, ...]], keys: Iterable[str], criteria: tuple[str, ...] = ()
) -> Part:
    """Return these texts, and take them from what is left."""
    rows = tuple(Row(key, left.pop(key)) for key in dict.fromkeys(keys) if key in left)
    return Part(title, rows, criteria)


def _is_about(criterion: CriterionInFile, question: QuestionInFile) -> bool:
    rules = [criterion.rule] if criterion.rule else []
    rules += [each.when for each in criterion.contradictions]
    return any(leaf.question == question.key for rule in rules for _, leaf in leaves(rule, ()))
