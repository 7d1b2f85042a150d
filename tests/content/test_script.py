"""The document for those who approve holds every text, and the schemas describe the files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.content.bundle import Bundle
from bot.content.check import json_schemas
from bot.content.script import script
from bot.domain.errors import ContentError


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_text_of_the_trial_is_in_the_script(bundle: Bundle, language: str) -> None:
    told = set(strings(script(bundle, language)))
    assert set(bundle.words[language].texts.values()) <= told


def test_the_script_has_its_documented_shape(bundle: Bundle) -> None:
    document = script(bundle, "en")
    assert len(document["summary"]) == 4
    assert [set(item) for item in document["acknowledgements"]] == [{"key", "text", "accept", "decline"}] * 3
    assert [set(item) for item in document["questions"]] == [{"key", "kind", "text", "help", "options"}] * 11
    assert document["questions"][0]["options"][0] == {"key": "18_or_older", "label": "18 or older"}
    assert [item["key"] for item in document["outcomes"]] == [
        "may_be_eligible",
        "likely_not_eligible",
        "likely_not_for_now",
        "needs_review",
        "under_age",
        "not_willing",
    ]
    assert {"start", "continue", "submit", "change", "back", "help", "person", "about"} <= set(
        document["navigation"]
    )
    assert document["navigation"]["contact_yes"] == "Yes, contact me"
    assert document["content_hash"] == bundle.content_hash
    assert json.loads(json.dumps(document)) == document


def test_a_language_the_trial_lacks_is_refused_with_those_it_has(bundle: Bundle) -> None:
    with pytest.raises(ContentError, match="It has: en, zh-Hans"):
        script(bundle, "fr")


def test_there_is_a_json_schema_of_each_file() -> None:
    schemas = json_schemas()
    assert set(schemas) == {"trial", "language", "approvals", "safety"}
    assert schemas["trial"]["additionalProperties"] is False
