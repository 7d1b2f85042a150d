"""<language>.yaml: every word of a trial that a participant can read, and the words they may type."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from bot.content.rules import FileModel
from bot.content.schema import Key, Language, LocalText, Sentence, TrialFile
from bot.content.source import Place

FactName: TypeAlias = Literal[
    "site_contact", "answering_hours", "who_sees", "retention_days", "data_location", "complaints"
]
"""The names of the decisions in trial.yaml."""


class AcknowledgementWords(FileModel):
    """The text of an acknowledgement and its two buttons."""

    text: Sentence
    accept: Sentence
    decline: Sentence


class QuestionWords(FileModel):
    """A question, its help, its short name, its buttons and what people type instead of them."""

    text: Sentence
    help: Sentence
    short: Sentence
    options: dict[Key, Sentence]
    synonyms: dict[Key, tuple[Sentence, ...]] = Field(default_factory=dict)


class EndingWords(FileModel):
    """What a participant is told at an end, and what happens next."""

    text: Sentence
    next: Sentence


class Endings(FileModel):
    """Every way a screening can end with a result."""

    may_be_eligible: EndingWords
    likely_not_eligible: EndingWords
    likely_not_for_now: EndingWords
    needs_review: EndingWords
    under_age: EndingWords
    not_willing: EndingWords


class ContactRequestWords(FileModel):
    """The question whether the study team may contact the participant."""

    text: Sentence
    yes: Sentence
    no: Sentence


class ContactWords(FileModel):
    """What follows it."""

    granted: Sentence
    refused: Sentence


class Wording(FileModel):
    """A sentence about a decision: with `{value}` once it is made, and until then."""

    fact: FactName
    decided: Sentence
    undecided: Sentence


def _flat(words: Any) -> Any:  # noqa: ANN401 -- a file holds anything
    """Return a list without lists in it: `[*not, hard]` adds to a list named elsewhere in the file."""
    if not isinstance(words, list | tuple):
        return words
    return tuple(word for part in words for word in (part if isinstance(part, list | tuple) else (part,)))


Group: TypeAlias = Annotated[tuple[Sentence, ...], BeforeValidator(_flat), Field(min_length=1)]
Groups: TypeAlias = tuple[Group, ...]


class NearInFile(FileModel):
    """`{words: [[chest], [pain*, hurt~]], within: 4}`: one of each list, in any order, near each other.

    The last begins at most `within` words after the first; in Chinese, so many characters. `pain*` stands
    for words that begin so, `hurt~` for the word with one slip of the pen, `70-93` for each number.
    """

    words: Groups = Field(min_length=1)
    within: Annotated[int, Field(ge=0, le=12)] = 0


class RunInFile(FileModel):
    """`{words: [[no, without], [-, any], [chest], [pain*]]}`: one of each list, each directly after another.

    A list with `-` may be passed over. Such words raise no alarm where they stand so, unless the message
    holds one of `unless` as well.
    """

    words: Groups = Field(min_length=2)
    unless: Group | None = None


class Phrases(FileModel):
    """What people type, beyond answers."""

    word_lists: dict[Key, Group] = Field(default_factory=dict)
    """Lists that the rules below name by YAML's `*name`, so that each stands in one place."""
    emergency: tuple[Sentence, ...] = Field(min_length=1)
    emergency_near: tuple[NearInFile, ...] = ()
    harmless: tuple[RunInFile, ...] = ()
    person_wishes: tuple[Sentence, ...] = ()
    age_prefixes: tuple[Sentence, ...] = ()
    age_suffixes: tuple[Sentence, ...] = ()
    nominal_age: tuple[Sentence, ...] = ()


class LanguageFile(FileModel):
    """<language>.yaml as a whole."""

    spec_version: Literal[1]
    language: Language
    title: Sentence
    summary: tuple[Sentence, ...] = Field(min_length=1)
    facts: tuple[Sentence, ...] = Field(min_length=1)
    acknowledgements: dict[Key, AcknowledgementWords]
    questions: dict[Key, QuestionWords]
    notices: dict[Key, Sentence] = Field(default_factory=dict)
    endings: Endings
    reasons: dict[Key, Sentence]
    emergency: Sentence
    contact_request: ContactRequestWords
    contact: ContactWords
    declined: Sentence
    stopped: Sentence
    erased: Sentence
    privacy: Sentence
    team: Sentence
    snippets: dict[Key, Sentence] = Field(default_factory=dict)
    wordings: dict[Key, Wording] = Field(default_factory=dict)
    phrases: Phrases


@dataclass(frozen=True, slots=True)
class FlatText:
    """One text by the key the engine knows it by, and where it stands in the file."""

    key: str
    place: Place
    raw: str
    plain: bool = False
    """Plain text (a button or a short name), not HTML."""


def flatten(file: LanguageFile) -> Iterator[FlatText]:
    """Yield every text of the file under its key."""
    for name in ("title", "emergency", "declined", "stopped", "erased", "privacy", "team"):
        yield FlatText(name, (name,), getattr(file, name))
    for name in ("summary", "facts"):
        for n, raw in enumerate(getattr(file, name)):
            yield FlatText(f"{name}.{n}", (name, n), raw)
    yield from _acknowledgements(file)
    for key, question in file.questions.items():
        yield from _question(key, question)
    for section, raw in file.notices.items():
        yield FlatText(f"notice.{section}", ("notices", section), raw)
    yield from _closing(file)


def _acknowledgements(file: LanguageFile) -> Iterator[FlatText]:
    for key, words in file.acknowledgements.items():
        name, place = f"acknowledgement.{key}", ("acknowledgements", key)
        yield FlatText(name, (*place, "text"), words.text)
        yield FlatText(f"{name}.accept", (*place, "accept"), words.accept, plain=True)
        yield FlatText(f"{name}.decline", (*place, "decline"), words.decline, plain=True)


def _question(key: str, words: QuestionWords) -> Iterator[FlatText]:
    name, place = f"question.{key}", ("questions", key)
    yield FlatText(name, (*place, "text"), words.text)
    yield FlatText(f"{name}.help", (*place, "help"), words.help)
    yield FlatText(f"{name}.short", (*place, "short"), words.short, plain=True)
    for option, label in words.options.items():
        yield FlatText(f"{name}.option.{option}", (*place, "options", option), label, plain=True)


def _closing(file: LanguageFile) -> Iterator[FlatText]:
    for key in Endings.model_fields:
        words: EndingWords = getattr(file.endings, key)
        yield FlatText(f"ending.{key}", ("endings", key, "text"), words.text)
        yield FlatText(f"next.{key}", ("endings", key, "next"), words.next)
    for criterion, raw in file.reasons.items():
        yield FlatText(f"reason.{criterion}", ("reasons", criterion), raw)
    for key, raw in file.snippets.items():
        yield FlatText(f"snippet.{key}", ("snippets", key), raw)
    request = file.contact_request
    yield FlatText("contact_request", ("contact_request", "text"), request.text)
    yield FlatText("contact_request.yes", ("contact_request", "yes"), request.yes, plain=True)
    yield FlatText("contact_request.no", ("contact_request", "no"), request.no, plain=True)
    yield FlatText("contact.granted", ("contact", "granted"), file.contact.granted)
    yield FlatText("contact.refused", ("contact", "refused"), file.contact.refused)


PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")


def placeholders(raw: str) -> frozenset[str]:
    """Return the names between braces."""
    return frozenset(PLACEHOLDER.findall(raw))


def fillings(trial: TrialFile, file: LanguageFile) -> dict[str, str]:
    """Return what each placeholder that is known before run time stands for, as HTML."""
    known = {f"criterion.{c.id}": html.escape(c.text, quote=False) for c in trial.criteria}
    for name, wording in file.wordings.items():
        value = _in_language(getattr(trial.decisions, wording.fact), file.language)
        if value is None:
            known[name] = wording.undecided
        else:
            known[name] = fill(wording.decided, {"value": html.escape(str(value), quote=False)})
    return known


def fill(raw: str, known: Mapping[str, str]) -> str:
    """Return the text with each known placeholder filled in; the others are left as they are."""
    return PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), raw)


def compiled_words(trial: TrialFile, file: LanguageFile) -> dict[str, str]:
    """Return every text by its key, final but for what only run time knows."""
    known = fillings(trial, file)
    return {text.key: fill(text.raw, known).strip() for text in flatten(file)}


def _in_language(value: LocalText | int | None, language: str) -> str | int | None:
    return value.get(language) if isinstance(value, dict) else value
