"""What people may type, gathered from labels, synonyms and the bot's own words in every language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bot.content.fluent import Messages
from bot.content.language import Group, NearInFile, NetInFile, RunInFile
from bot.content.words import LANGUAGE_NAME
from bot.domain.lexicon import Lexicon, Near, Net, Run
from bot.domain.peril import Peril
from bot.domain.trial import Question, Trial
from bot.domain.understanding import Check
from bot.engine.reading import normalise

CHOICES = (
    "about",
    "accept",
    "again",
    "agreements",
    "back",
    "begin",
    "change",
    "contact_no",
    "contact_yes",
    "continue",
    "copy",
    "decline",
    "drop",
    "erase",
    "go_on",
    "help",
    "keep",
    "language",
    "leave",
    "leave_talk",
    "mydata_file",
    "name_again",
    "name_yes",
    "not_now",
    "pass_on",
    "person",
    "recheck_no",
    "recheck_yes",
    "remind_no",
    "remind_yes",
    "share_no",
    "share_phone",
    "start",
    "submit",
)
"""The choices of the bot itself; a trial's answers come on top."""
WITHOUT_BUTTON = (
    "thanks",
    *(
        f"command:{name}"
        for name in ("help", "status", "review", "pause", "stop", "mydata", "delete", "privacy")
    ),
)
"""What people type although there is no button for it: words only, in bot.ftl `words-…`."""
OPPOSITES = (
    ("accept", "decline"),
    ("begin", "not_now"),
    ("contact_yes", "contact_no"),
    ("erase", "keep"),
    ("name_yes", "name_again"),
    ("name_yes", "share_no"),
    ("pass_on", "drop"),
    ("recheck_yes", "recheck_no"),
    ("share_phone", "share_no"),
    ("submit", "change"),
)
"""Choices offered together that no word may stand for at once."""

MAY_BE_MISSING = "-"
"""In a list of a harmless run: it may be left out."""
AND = "、"
"""The one mark in a harmless run of characters: 没有胸痛、气短."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What one language offers for typing: labels by text key, synonyms, and the bot's messages."""

    texts: Mapping[str, str]
    phrases: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, tuple[str, ...]]
    """By choice key."""
    messages: Messages
    near: tuple[NearInFile, ...] = ()
    """Words that raise the alarm where they stand together."""
    harmless: tuple[RunInFile, ...] = ()
    perils: Mapping[Peril, tuple[NearInFile, ...]] = field(default_factory=dict)
    net: NetInFile | None = None


def build_lexicon(trial: Trial, languages: Mapping[str, Typed]) -> Lexicon:
    """Return all that people may type, in every language at once."""
    said: dict[str, set[str]] = {}
    for key, word in _all_words(trial, languages):
        said.setdefault(key, set()).add(normalise(word))
    return Lexicon(
        choices={key: frozenset(words - {""}) for key, words in said.items()},
        emergency=(*_phrases(languages, "emergency"), *_near(languages)),
        harmless=tuple(_runs(languages)),
        perils={peril: tuple(_perils(languages, peril)) for peril in Peril},
        nets=tuple(_nets(languages)),
        person_wishes=_phrases(languages, "person_wishes"),
        age_prefixes=_phrases(languages, "age_prefixes"),
        age_suffixes=_phrases(languages, "age_suffixes"),
        nominal_age=_phrases(languages, "nominal_age"),
    )


@lru_cache(maxsize=32_768)
def terms(word: str) -> tuple[str, ...]:
    """Return what a word of a Near stands for: itself, normalised, or each number of a range."""
    numbers = _RANGE.fullmatch(word)
    if numbers:
        return tuple(str(number) for number in range(int(numbers[1]), int(numbers[2]) + 1))
    if word == AND:
        return (AND,)
    body = word.rstrip("*~")
    return (normalise(body) + word[len(body) :],)


def clashes(lexicon: Lexicon, question: Question) -> Iterator[tuple[str, str, str]]:
    """Yield each word that stands for two options of one question, with the options."""
    options = [option.key for option in question.options]
    yield from _shared(lexicon, {key: f"option:{question.key}:{key}" for key in options})


def opposite_clashes(lexicon: Lexicon) -> Iterator[tuple[str, str, str]]:
    """Yield each word that stands for two choices offered together, with the choices."""
    for pair in OPPOSITES:
        yield from _shared(lexicon, {key: key for key in pair})


def check_clashes(lexicon: Lexicon, check: Check) -> Iterator[tuple[str, str, str]]:
    """Yield each word that stands for two options of one question of the comprehension check."""
    yield from _shared(lexicon, {key: f"check:{check.key}:{key}" for key in check.options})


def _shared(lexicon: Lexicon, names: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    owner: dict[str, str] = {}
    for name, key in names.items():
        for word in sorted(lexicon.choices.get(key, ())):
            if word in owner:
                yield word, owner[word], name
            owner.setdefault(word, name)


_RANGE = re.compile(r"(\d{1,4})-(\d{1,4})")


def _near(languages: Mapping[str, Typed]) -> Iterator[Near]:
    for typed in languages.values():
        yield from map(_close, typed.near)


def _perils(languages: Mapping[str, Typed], peril: Peril) -> Iterator[Near]:
    for typed in languages.values():
        yield from map(_close, typed.perils.get(peril, ()))


def _close(near: NearInFile) -> Near:
    return Near(tuple(map(_terms, near.words)), near.within)


def _nets(languages: Mapping[str, Typed]) -> Iterator[Net]:
    for typed in languages.values():
        if typed.net:
            yield Net(typed.net.weights, typed.net.bias, typed.net.limit, typed.net.chinese)


def _runs(languages: Mapping[str, Typed]) -> Iterator[Run]:
    for typed in languages.values():
        for run in typed.harmless:
            missing = frozenset(n for n, group in enumerate(run.words) if MAY_BE_MISSING in group)
            yield Run(tuple(map(_terms, run.words)), missing, _terms(run.unless or ()))


def _terms(group: Group) -> frozenset[str]:
    return frozenset(term for word in group if word != MAY_BE_MISSING for term in terms(word))


def _phrases(languages: Mapping[str, Typed], name: str) -> tuple[str, ...]:
    every = {normalise(phrase) for typed in languages.values() for phrase in typed.phrases.get(name, ())}
    return tuple(sorted(every - {""}))


def _all_words(trial: Trial, languages: Mapping[str, Typed]) -> Iterator[tuple[str, str]]:
    for language, typed in languages.items():
        for question in trial.questions:
            yield from _of_question(question, typed)
        yield from _of_checks(trial, typed)
        for item in trial.acknowledgements:
            for choice in ("accept", "decline"):
                yield choice, typed.texts[f"acknowledgement.{item.key}.{choice}"]
        yield "contact_yes", typed.texts["contact_request.yes"]
        yield "contact_no", typed.texts["contact_request.no"]
        for choice in (*CHOICES, *WITHOUT_BUTTON):
            yield from _of_choice(choice, typed.messages)
        yield f"language:{language}", typed.messages.format(LANGUAGE_NAME, {})
        for other in languages:
            yield from _of_choice(f"language:{other}", typed.messages)


def _of_question(question: Question, typed: Typed) -> Iterator[tuple[str, str]]:
    yield f"answer:{question.key}", typed.texts[f"question.{question.key}.short"]
    for option in question.options:
        key = f"option:{question.key}:{option.key}"
        yield key, typed.texts[f"question.{question.key}.option.{option.key}"]
        usual = () if option.explicit else _synonyms(typed.messages, option.key)
        for word in (*typed.synonyms.get(key, ()), *usual):
            yield key, word


def _of_checks(trial: Trial, typed: Typed) -> Iterator[tuple[str, str]]:
    checks = trial.comprehension.checks if trial.comprehension else ()
    for check, option in ((each, option) for each in checks for option in each.options):
        key = f"check:{check.key}:{option}"
        yield key, typed.texts[f"comprehension.{check.key}.option.{option}"]
        for word in _synonyms(typed.messages, option):
            yield key, word


def _of_choice(choice: str, messages: Messages) -> Iterator[tuple[str, str]]:
    label = f"choice-{dashed(choice)}"
    if label in messages:
        yield choice, messages.format(label, {})
    for word in _synonyms(messages, choice):
        yield choice, word


def _synonyms(messages: Messages, key: str) -> Iterable[str]:
    name = f"words-{dashed(key)}"
    return messages.format(name, {}).split("|") if name in messages else ()


def dashed(key: str) -> str:
    """Return a choice key as it stands in a message id."""
    return key.replace(":", "-").replace("_", "-")
