"""The shipped trial with other words, and with a comprehension check: what a site does to its files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from bot.content.bundle import Bundle, compile_bundle

Wording = tuple[str, str]
"""A language, and the key of a text."""


def reworded(bundle: Bundle, texts: Mapping[Wording, str], version: str = "draft-2") -> Bundle:
    """Return an edition in which some texts read otherwise."""
    content = json.loads(bundle.body)
    content["trial"]["version"] = version
    for (language, key), text in texts.items():
        assert key in content["words"][language], key
        content["words"][language][key] = text
    return _compiled(content)


def acknowledgement_reworded(bundle: Bundle, key: str, text: str, version: str = "draft-2") -> Bundle:
    """Return an edition in which one acknowledgement reads so, in every language."""
    return reworded(
        bundle, {(code, f"acknowledgement.{key}"): text for code in bundle.trial.languages}, version
    )


QUESTIONS = [
    {"key": "joined", "options": ["yes", "no", "not_sure"], "right": "no"},
    {"key": "leave", "options": ["any_time", "never"], "right": "any_time"},
]
WORDS = {
    "en": {
        "joined": "If you answer here, have you joined the study?",
        "joined.explanation": "Answering here does not enroll you. You would sign a form first.",
        "joined.option.yes": "Yes",
        "joined.option.no": "No",
        "joined.option.not_sure": "Not sure",
        "leave": "When can you stop?",
        "leave.explanation": "You can stop at any time, and your care stays the same.",
        "leave.option.any_time": "At any time",
        "leave.option.never": "Not once I have begun",
    },
    "zh-Hans": {
        "joined": "在这里回答了问题，就算参加研究了吗？",
        "joined.explanation": "在这里回答不等于参加研究。参加之前要在医院签署知情同意书。",
        "joined.option.yes": "算",
        "joined.option.no": "不算",
        "joined.option.not_sure": "不确定",
        "leave": "什么时候可以停下来？",
        "leave.explanation": "随时都可以停，不会影响您的治疗。",
        "leave.option.any_time": "随时",
        "leave.option.never": "开始以后就不能停",
    },
}


def with_comprehension(bundle: Bundle, on_failure: str = "go_on", needed: int | None = None) -> Bundle:
    """Return the trial with a check of two questions after the acknowledgements."""
    return _with_comprehension(bundle.body, on_failure, needed)


@cache
def _with_comprehension(body: bytes, on_failure: str, needed: int | None) -> Bundle:
    content = json.loads(body)
    check = {"needed": needed, "on_failure": on_failure, "questions": QUESTIONS}
    content["trial"]["comprehension"] = check
    for language, words in WORDS.items():
        content["words"][language] |= {f"comprehension.{key}": text for key, text in words.items()}
    return _compiled(content)


def with_policies(
    bundle: Bundle, asks: Sequence[str] = (), quiet: tuple[str, str, str] | None = None
) -> Bundle:
    """Return the trial as one that asks who people are, and that has quiet hours."""
    return _with_policies(bundle.body, tuple(asks), quiet) if asks or quiet else bundle


@cache
def _with_policies(body: bytes, asks: tuple[str, ...], quiet: tuple[str, str, str] | None) -> Bundle:
    content = json.loads(body)
    if asks:
        content["trial"]["policies"]["staff"]["asks"] = list(asks)
    if quiet:
        content["trial"]["policies"]["quiet_hours"] = dict(zip(("from", "to", "zone"), quiet, strict=True))
    return _compiled(content)


def _compiled(content: Any) -> Bundle:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return compile_bundle(canonical.encode())
