"""A trial, all its words and the bot's words, as one unit that a conversation is pinned to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from pydantic import Field, ValidationError

from bot.content.fluent import Messages
from bot.content.language import LanguageFile, NearInFile, NetInFile, RunInFile, compiled_words
from bot.content.lexicon import Typed, build_lexicon
from bot.content.rules import FileModel
from bot.content.schema import TrialFile, to_trial
from bot.content.words import Words
from bot.domain.consent import PERMISSIONS
from bot.domain.errors import ContentError
from bot.domain.peril import Peril
from bot.domain.trial import Trial
from bot.engine.agreements import forms

_NONE: Mapping[str, Messages] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Bundle:
    """A compiled trial; `body` is what is stored, `content_hash` its SHA-256."""

    trial: Trial
    words: Mapping[str, Words]
    body: bytes
    content_hash: str


def make_body(
    trial: TrialFile,
    languages: Mapping[str, LanguageFile],
    ftl: Mapping[str, str],
    nets: Mapping[str, NetInFile],
    numbers: Mapping[str, str],
) -> bytes:
    """Return the canonical form of checked files: equal content gives equal bytes."""
    # Open questions are notes to the investigator: answering one changes nothing that was approved.
    unsaid = {"open_questions"} if trial.comprehension else {"open_questions", "comprehension"}
    body = {
        "trial": trial.model_dump(mode="json", by_alias=True, exclude=unsaid),
        "words": {code: compiled_words(trial, languages[code], numbers) for code in trial.languages},
        "typed": {code: _typed(languages[code]) for code in trial.languages},
        "ftl": {code: ftl[code] for code in trial.languages},
        "nets": {code: nets[code].model_dump(mode="json") for code in trial.languages if code in nets},
        "files": {code: _digest_of_file(languages[code]) for code in trial.languages},
    }
    return _canonical(body)


def hash_of(body: bytes) -> str:
    """Return the content hash of a stored body, by which conversations are pinned to it."""
    return hashlib.sha256(body).hexdigest()


def compile_bundle(body: bytes, spare: Mapping[str, Messages] = _NONE) -> Bundle:
    """Return the bundle that this body stands for, always the same; raises ContentError where it is none.

    `spare` has the bot's own texts that were written since, by language: the trial's are never replaced.
    """
    try:
        parts = _Body.model_validate_json(body)
        return _compile(parts, body, spare)
    except (ValidationError, KeyError) as broken:
        raise ContentError(f"The stored trial cannot be read: {broken}") from broken


class _TypedInBody(FileModel):
    phrases: dict[str, tuple[str, ...]]
    synonyms: dict[str, tuple[str, ...]]
    near: tuple[NearInFile, ...] = ()
    harmless: tuple[RunInFile, ...] = ()
    perils: dict[Peril, tuple[NearInFile, ...]] = Field(default_factory=dict)


class _Body(FileModel):
    trial: TrialFile
    words: dict[str, dict[str, str]]
    typed: dict[str, _TypedInBody]
    ftl: dict[str, str]
    nets: dict[str, NetInFile] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)


def _digest_of_file(file: LanguageFile) -> str:
    """Stand for every word of a language file, so that a wording kept for later is approved with the rest."""
    return hashlib.sha256(_canonical(file.model_dump(mode="json", by_alias=True))).hexdigest()


def _canonical(content: Any) -> bytes:  # noqa: ANN401 -- JSON
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


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
        "perils": phrases.pop("perils"),
        "phrases": phrases,
        "synonyms": synonyms,
    }


def _compile(parts: _Body, body: bytes, spare: Mapping[str, Messages]) -> Bundle:
    content_hash = hash_of(body)
    messages = {code: Messages(code, ftl, spare.get(code)) for code, ftl in parts.ftl.items()}
    trial = _trial(parts, messages, content_hash)
    words = {code: Words(code, parts.words[code], messages) for code in trial.languages}
    trial = replace(trial, permission_digests=_permission_digests(trial, words))
    return Bundle(trial, words, body, content_hash)


def _permission_digests(trial: Trial, words: Mapping[str, Words]) -> dict[str, dict[str, str]]:
    texts = {form: text for key in PERMISSIONS for form, text in forms(trial, key).items()}
    return {
        form: {code: _digest(said.text(text)) for code, said in words.items() if said.has_own(text)}
        for form, text in texts.items()
    }


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
            replace(item, digests=_digests(parts, item.key), named=_is_named(parts, item.key))
            for item in trial.acknowledgements
        ),
        lexicon=build_lexicon(trial, {code: _for_typing(parts, messages, code) for code in trial.languages}),
    )


def _under(parts: _Body, room: str) -> list[str]:
    keys = parts.words[parts.trial.languages[0]]
    return [key.removeprefix(room) for key in keys if key.startswith(room)]


def _digests(parts: _Body, key: str) -> dict[str, str]:
    return {code: _digest(texts[f"acknowledgement.{key}"]) for code, texts in parts.words.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is_named(parts: _Body, key: str) -> bool:
    return all(f"acknowledgement.{key}.short" in texts for texts in parts.words.values())


def _for_typing(parts: _Body, messages: Mapping[str, Messages], code: str) -> Typed:
    typed = parts.typed[code]
    return Typed(
        parts.words[code],
        typed.phrases,
        typed.synonyms,
        messages[code],
        near=typed.near,
        harmless=typed.harmless,
        perils=typed.perils,
        net=parts.nets.get(code),
    )
