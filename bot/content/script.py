"""Everything a participant can read in one language, as one document for those who approve it."""

from __future__ import annotations

from typing import Any

from bot.content.bundle import Bundle
from bot.content.language import Emergencies, Endings
from bot.content.lexicon import CHOICES, dashed
from bot.content.words import TRIAL, Words
from bot.domain.errors import ContentError
from bot.domain.trial import Question
from bot.domain.understanding import Check


def script(bundle: Bundle, language: str) -> dict[str, Any]:
    """Return every participant text; raises ContentError where the trial lacks this language."""
    if language not in bundle.words:
        offered = ", ".join(bundle.words)
        raise ContentError(f"{bundle.trial.id} has no language `{language}`. It has: {offered}.")
    words = bundle.words[language]
    told = _in_order(bundle, words)
    return {**told, "other": _others(words), "content_hash": bundle.content_hash}


def _in_order(bundle: Bundle, words: Words) -> dict[str, Any]:
    texts = words.texts
    return {
        "trial": bundle.trial.id,
        "version": bundle.trial.version,
        "language": words.language,
        "summary": [texts[f"summary.{n}"] for n in range(bundle.trial.summary_length)],
        "acknowledgements": [_acknowledgement(words, item.key) for item in bundle.trial.acknowledgements],
        "questions": [_question(words, question) for question in bundle.trial.questions],
        "comprehension": [_check(words, check) for check in _checks(bundle)],
        "outcomes": [{"key": key, "text": texts[f"ending.{key}"]} for key in Endings.model_fields],
        "contact_request": texts["contact_request"],
        "navigation": _navigation(words),
        "emergency": texts["emergency"],
        "emergencies": {key: texts[f"emergency.{key}"] for key in Emergencies.model_fields},
    }


def _acknowledgement(words: Words, key: str) -> dict[str, str]:
    name = f"acknowledgement.{key}"
    return {
        "key": key,
        "text": words.texts[name],
        "accept": words.texts[f"{name}.accept"],
        "decline": words.texts[f"{name}.decline"],
    }


def _question(words: Words, question: Question) -> dict[str, Any]:
    name = f"question.{question.key}"
    options = [
        {"key": item.key, "label": words.texts[f"{name}.option.{item.key}"]} for item in question.options
    ]
    return {
        "key": question.key,
        "kind": question.kind.value,
        "text": words.texts[name],
        "help": words.texts[f"{name}.help"],
        "options": options,
    }


def _checks(bundle: Bundle) -> tuple[Check, ...]:
    return bundle.trial.comprehension.checks if bundle.trial.comprehension else ()


def _check(words: Words, check: Check) -> dict[str, Any]:
    name = f"comprehension.{check.key}"
    options = [{"key": key, "label": words.texts[f"{name}.option.{key}"]} for key in check.options]
    return {
        "key": check.key,
        "text": words.texts[name],
        "options": options,
        "right": check.right,
        "explanation": words.texts[f"{name}.explanation"],
    }


def _navigation(words: Words) -> dict[str, str]:
    labels = {
        key: words.label(f"choice-{dashed(key)}") for key in CHOICES if f"choice-{dashed(key)}" in words
    }
    contact = {f"contact_{key}": words.texts[f"contact_request.{key}"] for key in ("yes", "no")}
    return labels | contact


_TOLD_ABOVE = (
    "summary.",
    "acknowledgement.",
    "comprehension.",
    "ending.",
    "contact_request",
    "emergency",
    "question.",
)


def _others(words: Words) -> dict[str, str]:
    of_trial = {
        f"{TRIAL}{key}": text
        for key, text in words.texts.items()
        if key.endswith(".short") or not key.startswith(_TOLD_ABOVE)
    }
    # Variables are shown by their names; of plural forms the general one is shown.
    of_bot = {
        shape.id: words.messages.format(shape.id, {name: f"{{{name}}}" for name in shape.variables})
        for shape in words.messages.shapes.values()
        if not shape.id.startswith(("choice-", "words-", "demo-"))
    }
    return of_trial | of_bot
