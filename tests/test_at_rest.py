"""Whoever takes the files away reads nobody: names, ids and words are in none of them as they were said."""

from __future__ import annotations

import json
from pathlib import Path

from bot.storage.backup import backup
from bot.storage.reading import conversations
from tests.botapi.test_cases import NAVIGATION
from tests.conftest import NOW, shipped
from tests.storage.bytes import everywhere, found
from tests.talk import World, open_world

NUMBER = 6_123_456_789
ASKED = "canaryquestion: is it far from Wuhan?"
CANARIES = ("Anna", str(NUMBER), "canaryquestion", "Wuhan", "AnswerRecorded", "OutcomeReached")


async def tell(world: World) -> None:
    """Answer everything, and ask a question."""
    anna = world.phone("en", NUMBER)
    for said in ("/start NCT06203249_flyer-7", "start", "i understand", "i agree", "i agree", "45"):
        await world.send(anna, said)
    await world.send(anna, ASKED)
    await world.tap(anna, NAVIGATION["pass_on"])
    for said in (*["yes"] * 5, "no", "yes", "no", "no", "no", "submit", "yes"):
        await world.send(anna, said)


async def test_nothing_at_rest_names_anybody(tmp_path: Path) -> None:
    """Over the database, its log ahead, the key store, both files of a backup, and an export."""
    folder = tmp_path / "copies"
    async with open_world(tmp_path, shipped()) as world:
        await tell(world)
        await backup(world.store, folder, folder, NOW, None)
        rows = [row async for row in conversations(world.store, with_events=True)]
        assert found(["canaryquestion", "AnswerRecorded"], repr(rows).encode()), "it was not said at all"
        (folder / "export.jsonl").write_text(json.dumps(await world.exported(with_answers=False)), "utf-8")
        held = await everywhere(world.store.database, folder)
    assert b"SQLite format 3" in held
    assert len(list(folder.iterdir())) == 3
    assert found(CANARIES, held) == []
