"""What was agreed to: each text by the hash of its exact words, which stay in the store."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.content.bundle import Bundle, compile_bundle
from bot.domain.events import ConsentAcknowledged
from tests.talk import open_world

AGREEING = {
    "en": ("/start", "start", "i understand", "i agree", "i agree"),
    "zh-Hans": ("/start", "开始", "我明白了", "同意", "同意"),
}


@pytest.mark.parametrize("language", AGREEING)
async def test_what_was_agreed_to_is_on_record_word_for_word(
    language: str, tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone(language)
        for words in AGREEING[language]:
            await world.send(mei, words)
        (row,) = await world.exported()
        async with world.store.transaction() as transaction:
            bodies = await transaction.editions([row["content_hash"]])
        stored = compile_bundle(bodies[row["content_hash"]])
        happened = await world.events(row["conversation"])
        agreed = [event for event in happened if isinstance(event, ConsentAcknowledged)]
        shown = "\n".join(message.html for message in mei.messages)
    assert stored.content_hash == row["content_hash"]
    assert [event.key for event in agreed] == [item.key for item in bundle.trial.acknowledgements]
    for event in agreed:
        text = stored.words[event.language].text(f"trial:acknowledgement.{event.key}")
        assert event.language == language
        assert event.digest == hashlib.sha256(text.encode()).hexdigest()
        assert text in shown
