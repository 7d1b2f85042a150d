"""A trial, all its words and the bot's words, as one unit that a conversation is pinned to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from bot.content.fluent import Messages
from bot.content.language import LanguageFile, NearInFile, RunInFile, compiled_words
from bot.content.lexicon import Typed, build_lexicon
from bot.content.rules import FileModel
from bot.content.schema import TrialFile, to_trial
from bot.content.words import Words
from bot.domain.errors import ContentError
from bot.domain.trial import Trial


@dataclass(frozen=True, slots=True)
class Bundle:
    """A compiled trial; `body` is what is stored, `content_hash` its SHA-256."""

    trial: Trial
    words: Mapping[str, Words]
    body: bytes
    content_hash: str


def make_body(trial: TrialFile, languages: Mapping[str, LanguageFile], ftl: Mapping[str, str]) -> bytes:
    """Return the canonical form of checked files: equal content gives equal bytes."""
    body = {
        # Open questions are notes to the investigator: answering one changes nothing that was approved.
        "trial": trial.model_dump(mode="json", by_alias=True, exclude={"open_questions"}),
        "words": {code: compiled_words(trial, languages[code]) for code in trial.languages},
        "typed": {code: _typed(languages[code]) for code in trial.languages},
        "ftl": {code: ftl[code] for code in trial.languages},
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def compile_bundle(body: bytes) -> Bundle:
    """Return the bundle that this body stands for, always the same; raises ContentError where it is none."""
    try:
        parts = _Body.model_validate_json(body)
        return _compile(parts, body)
    except (ValidationError, KeyError) as broken:
        raise ContentError(f"The stored trial cannot be read: {broken}") from broken


class _TypedInBody(FileModel):
    phrases: dict[str, tuple[str, ...]]
    synonyms: dict[str, tuple[str, ...]]
    near: tuple[NearInFile, ...] = ()
    harmless: tuple[RunInFile, ...] = ()


class _Body(FileModel):
    trial: TrialFile
    words: dict[str, dict[str, str]]
    typed: dict[str, _TypedInBody]
    ftl: dict[str, str]


def _typed(file: LanguageFile) -> dict[str, Any]:
    synonyms = {
        f"option:{question}:{option}": typed
        for question, words in file.questions.items()
        for option, typed in words.synonyms.items()
    }
    phrases = file.phrases.model_dump(mode="json", exclude={"word_lists"})
    return {
        "near": phrases.pop("emergency_near"),
        "harmless": phrases.pop("harmless"),
        "phrases": phrases,
        "synonyms": synonyms,
    }


def _compile(parts: _Body, body: bytes) -> Bundle:
    content_hash = hashlib.sha256(body).hexdigest()
    messages = {code: Messages(code, ftl) for code, ftl in parts.ftl.items()}
    trial = _trial(parts, messages, content_hash)
    words = {code: Words(code, parts.words[code], messages) for code in trial.languages}
    return Bundle(trial, words, body, content_hash)


def _trial(parts: _Body, messages: Mapping[str, Messages], content_hash: str) -> Trial:
    keys = parts.words[parts.trial.languages[0]]
    trial = to_trial(
        parts.trial,
        summary_length=sum(key.startswith("summary.") for key in keys),
        facts_length=sum(key.startswith("facts.") for key in keys),
        notices=frozenset(key.removeprefix("notice.") for key in keys if key.startswith("notice.")),
    )
    return replace(
        trial,
        content_hash=content_hash,
        snippets=tuple(_under(parts, "snippet.")),
        acknowledgements=tuple(
            replace(item, digests=_digests(parts, item.key)) for item in trial.acknowledgements
        ),
        lexicon=build_lexicon(trial, {code: _for_typing(parts, messages, code) for code in trial.languages}),
    )


def _under(parts: _Body, room: str) -> list[str]:
    keys = parts.words[parts.trial.languages[0]]
    return [key.removeprefix(room) for key in keys if key.startswith(room)]


def _digests(parts: _Body, key: str) -> dict[str, str]:
    return {
        code: hashlib.sha256(texts[f"acknowledgement.{key}"].encode()).hexdigest()
        for code, texts in parts.words.items()
    }


def _for_typing(parts: _Body, messages: Mapping[str, Messages], code: str) -> Typed:
    typed = parts.typed[code]
    return Typed(parts.words[code], typed.phrases, typed.synonyms, messages[code], typed.near, typed.harmless)
