"""Whatever is changed in a trial's folder or in the bot's words, it is another content."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from fluent.syntax import FluentParser, ast

from bot.content.bundle import compile_bundle, make_body
from bot.content.draft import read_draft
from bot.content.language import LanguageFile
from bot.content.safety import said_numbers
from bot.content.schema import TrialFile
from tests.conftest import FLOWS, LOCALES

DRAFT = read_draft(FLOWS / "NCT06203249", LOCALES)
assert DRAFT.trial


def few(file: LanguageFile) -> LanguageFile:
    """Return a file with two of each list of words that are listened for; EVERY_LEAF=1 keeps all."""
    if os.environ.get("EVERY_LEAF"):
        return file
    lists = file.phrases.model_dump(mode="json")
    named = {"word_lists": dict(list(lists.pop("word_lists").items())[:2])}
    some = named | {name: _first_two(words) for name, words in lists.items()}
    made: LanguageFile = rebuilt(file, {**file.model_dump(mode="json"), "phrases": some})
    return made


def _first_two(words: Any) -> Any:
    """Return two of each list, also where lists stand by kind."""
    if isinstance(words, dict):
        return {kind: _first_two(each) for kind, each in words.items()}
    return [_first_two(each) for each in words[:2]] if isinstance(words, list) else words


def rebuilt(model: Any, data: Any) -> Any:
    """Return a model as its file would be read; ValueError where it is not read at all."""
    return type(model).model_validate_json(json.dumps(data))


LANGUAGES: dict[str, LanguageFile] = {code: few(file) for code, file in DRAFT.languages.items()}
NETS = {
    code: net.model_copy(update={"weights": dict(list(net.weights.items())[:5])})
    for code, net in DRAFT.nets.items()
}
REST = (NETS, said_numbers(DRAFT.numbers))
BODY = make_body(DRAFT.trial, LANGUAGES, DRAFT.ftl, *REST)
FREE = ("open_questions",)
"""What nobody reads and nothing is decided by: notes to the investigator."""

Place = tuple[str | int, ...]


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the place of each value that holds no others, and of each list and table that is empty."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = False
    for key, part in inner:
        found = True
        yield from leaves(part, (*place, key))
    if not found:
        yield place


def changed(value: Any, place: Place, new: Any) -> Any:
    """Return the same with another leaf in one place."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = new
    return copy


WORDS = (
    "unknown",
    "exclusion",
    "inclusion",
    "choice",
    "integer_or_choice",
    "under_age",
    "not_willing",
    "met",
    "female",
    "who_sees",
    "site_contact",
)
"""Words of which some places take one and no other."""


def others(leaf: Any) -> Iterator[Any]:
    """Yield what a leaf can be changed to, the least change first."""
    if isinstance(leaf, bool):
        yield not leaf
    elif isinstance(leaf, int):
        yield from (leaf + 1, leaf - 1)
    elif isinstance(leaf, str):
        yield leaf[:-1] + chr(ord(leaf[-1]) ^ 1) if leaf else "x"
        yield from ("en-x" if leaf == "en" else "zh-x", "2020-02-02")
        yield from (word for word in WORDS if word != leaf)
    else:
        yield from (
            ["x"],
            {"x": "x"},
            {"x": 5},
            [5],
            "x",
            5,
            "CN",
            "2020-02-02",
            *WORDS,
            CHOSEN,
            [CHOSEN],
            [HEARD],
            [CLASH],
            {"x": ["x"]},
            LIMIT,
            CHECKED,
            WORDED,
            NIGHT,
            ["phone"],
        )


HEARD = {"words": [["x"], ["y"]]}
CHOSEN: dict[str, Any] = {"question": "dm", "met": ["yes"], "not_met": []}
CLASH = {"flag": "x", "when": CHOSEN}
CHECKED: dict[str, Any] = {"questions": [{"key": "x", "options": ["a", "b"], "right": "a"}]}
WORDED = {"x": {"text": "x", "explanation": "x", "options": {"a": "x", "b": "x"}}}
NIGHT = {"from": "21:00", "to": "08:00", "zone": "Asia/Shanghai"}
LIMIT: dict[str, Any] = {"below": 18, "option": "no"}


@dataclass
class Seen:
    """What came of changing each leaf."""

    count: int = 0
    same: list[Place] = field(default_factory=list)
    unread: list[Place] = field(default_factory=list)
    """Places that take nothing else."""


def change_each(model: Any, bodied: Callable[[Any], bytes]) -> Seen:
    """Change one leaf after another, and look whether it is another content."""
    data = model.model_dump(mode="json", by_alias=True)
    seen = Seen()
    for place in leaves(data):
        seen.count += 1
        made = first_read(model, data, place)
        if made is None:
            seen.unread.append(place)
        elif bodied(made) == BODY:
            seen.same.append(place)
    return seen


def first_read(model: Any, data: Any, place: Place) -> Any:
    leaf = data
    for key in place:
        leaf = leaf[key]
    for new in others(leaf):
        with suppress(ValueError):
            return rebuilt(model, changed(data, place, new))
    return None


def test_the_trial_file_leaf_by_leaf() -> None:
    trial = DRAFT.trial
    assert trial
    seen = change_each(trial, lambda made: make_body(made, *spoken(made), *REST))
    assert seen.count > 450
    assert [place for place in seen.same if place[0] not in FREE] == []
    assert {place[0] for place in seen.same} == set(FREE), "it no longer sees what changes nothing"
    assert seen.unread == [("spec_version",)]


def spoken(trial: TrialFile) -> tuple[dict[str, LanguageFile], dict[str, str]]:
    """Return words for each language a changed trial says it has."""
    codes = {code: code if code in DRAFT.ftl else "en" for code in trial.languages}
    return (
        {code: LANGUAGES[there] for code, there in codes.items()},
        {code: DRAFT.ftl[there] for code, there in codes.items()},
    )


@pytest.mark.parametrize("code", ["en", "zh-Hans"])
def test_a_language_file_leaf_by_leaf(code: str) -> None:
    file = LANGUAGES[code]
    assert DRAFT.trial
    trial = DRAFT.trial

    def bodied(made: LanguageFile) -> bytes:
        return make_body(trial, {**LANGUAGES, code: made}, DRAFT.ftl, *REST)

    seen = change_each(file, bodied)
    assert seen.count > 250
    assert seen.same == []
    assert seen.unread == [("spec_version",)]


@pytest.mark.parametrize("code", ["en", "zh-Hans"])
def test_the_bots_own_words_text_by_text(code: str) -> None:
    ftl = DRAFT.ftl[code]
    assert DRAFT.trial
    count = 0
    for end in ends_of_texts(ftl):
        other = ftl[: end - 1] + chr(ord(ftl[end - 1]) ^ 1) + ftl[end:]
        assert make_body(DRAFT.trial, LANGUAGES, {**DRAFT.ftl, code: other}, *REST) != BODY
        count += 1
    assert count > 150


@pytest.mark.parametrize("code", ["en", "zh-Hans"])
def test_a_net_leaf_by_leaf(code: str) -> None:
    trial = DRAFT.trial
    assert trial

    def bodied(made: Any) -> bytes:
        return make_body(trial, LANGUAGES, DRAFT.ftl, {**NETS, code: made}, REST[1])

    seen = change_each(NETS[code], bodied)
    assert seen.count == 4 + 5
    assert seen.same == []
    assert seen.unread == [("spec_version",)]


def ends_of_texts(ftl: str) -> Iterator[int]:
    for entry in FluentParser().parse(ftl).body:
        if isinstance(entry, ast.Message) and entry.value:
            for element in entry.value.elements:
                if isinstance(element, ast.TextElement) and element.span:
                    yield element.span.end


def test_another_order_is_another_content() -> None:
    trial = DRAFT.trial
    assert trial
    data = trial.model_dump(mode="json", by_alias=True)
    lists = [place for place in places(data, list) if place[0] not in FREE]
    turned = 0
    for place in lists:
        inner: Any = data
        for key in place:
            inner = inner[key]
        if inner == inner[::-1]:
            continue
        made = rebuilt(trial, changed(data, place, inner[::-1]))
        assert make_body(made, LANGUAGES, DRAFT.ftl, *REST) != BODY, place
        turned += 1
    assert turned > 25


def places(value: Any, kind: type, place: Place = ()) -> Iterator[Place]:
    if isinstance(value, kind):
        yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, kind, (*place, key))


def test_a_body_stored_before_files_were_named_is_still_read() -> None:
    parts = json.loads(BODY)
    del parts["files"]
    assert compile_bundle(json.dumps(parts, ensure_ascii=False).encode()).trial.id == "NCT06203249"
