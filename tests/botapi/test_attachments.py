"""Files are never fetched, wherever they come from, and edits never change an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from bot.simulator.attachments import KINDS, AttachmentKind
from tests.botapi.running import Someone, running
from tests.botapi.test_cases import agree, due


async def test_nothing_that_is_sent_along_is_ever_opened(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        mei.person.attach("contact")  # its answer is of another kind: see tests/service/test_sharing.py
        await bot.simulator.settle()
        for kind in (kind for kind in KINDS if kind != "contact"):
            answered = await mei.after(lambda kind=kind: mei.person.attach(kind, "my scan"))  # type: ignore[misc]
            assert "I did not open or save it" in answered.text, kind
            assert due(mei) == "age"
        await bot.simulator.settle()
        assert bot.simulator.calls("getFile") == []
        assert (await bot.export(mei))[0]["answers"] == {}
        stored = (tmp_path / "bot.sqlite3").read_bytes() + (tmp_path / "bot.sqlite3-wal").read_bytes()
        for trace in (b"my scan", b"photo-90.jpg", b"document.pdf", b"+12025550143", b"40.4406"):
            assert trace not in stored
        for file in bot.simulator.files._by_id if hasattr(bot.simulator.files, "_by_id") else ():
            assert str(file).encode() not in stored


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "video"])
async def test_emergency_words_under_a_picture_are_noticed(
    kind: AttachmentKind, tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        answered = await mei.after(lambda: mei.person.attach(kind, "chest pain since this morning"))
        assert "120" in answered.text
        assert bot.simulator.calls("getFile") == []


async def test_an_edited_message_changes_no_answer_and_says_so(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        await mei.say("45")
        mine = [message for message in mei.person.messages if message.text == "45"][-1]
        answered = await mei.after(lambda: mei.person.edit(mine.message_id, "17"))
        assert "does not change your answers" in answered.text
        assert due(mei) == "willing"
        assert (await bot.export(mei))[0]["answers"] == {"age": 45}
        assert await bot.answers_recorded(mei, "age") == 1
