"""Each file in tests/conversations/ is a test. UPDATE_TRANSCRIPTS=1 writes them anew: read the diff."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from tests.golden import first_edition, replayed
from tests.talk import open_world

TALKS = sorted((Path(__file__).parent / "conversations").glob("*.txt"))


@dataclass
class Golden:
    """A file as it is, and as it came out."""

    expected: str
    written: str = ""


@pytest.fixture(params=TALKS, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest) -> Iterator[Golden]:
    path: Path = request.param
    file = Golden(path.read_text("utf-8"))
    yield file
    if file.written and os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(file.written, "utf-8")


async def test_the_conversation_goes_word_for_word(golden: Golden, tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, first_edition(golden.expected, bundle)) as world:
        golden.written = await replayed(golden.expected, world)
    assert golden.written == golden.expected


def test_there_are_conversations() -> None:
    assert len(TALKS) >= 15
