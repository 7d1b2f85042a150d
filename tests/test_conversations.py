"""Each file in tests/conversations/ is a test. UPDATE_TRANSCRIPTS=1 writes them anew: read the diff."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from tests.golden import replayed
from tests.talk import open_world

TALKS = sorted((Path(__file__).parent / "conversations").glob("*.txt"))


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
async def test_the_conversation_goes_word_for_word(path: Path, tmp_path: Path, bundle: Bundle) -> None:
    expected = path.read_text("utf-8")
    async with open_world(tmp_path, bundle) as world:
        written = await replayed(expected, world)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(written, "utf-8")
    assert written == expected


def test_there_are_conversations() -> None:
    assert len(TALKS) >= 15
