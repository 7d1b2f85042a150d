"""A file leaves like any message: in order, until it has arrived, and kept no longer than that."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from bot.botapi import sender
from bot.content.bundle import Bundle
from bot.simulator import Message
from bot.simulator.faults import Kind
from tests.botapi.running import Someone, running
from tests.botapi.test_intake import until
from tests.botapi.test_sender import met


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "_PAUSE", 0.03)


def files(person: Someone) -> list[Message]:
    return [message for message in person.person.messages if message.kind == "document"]


@pytest.mark.parametrize("kind", ["500", "lost", "429", None])
async def test_the_file_arrives_whatever_happens_and_in_its_place(
    kind: Kind | None, tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = await met(bot)
        await mei.say("/mydata")
        if kind:
            bot.simulator.fault(kind=kind, method="sendDocument", chat_id=mei.person.id)
        mei.person.tap("Send it as a file")
        await until(lambda: len(files(mei)) == (2 if kind == "lost" else 1), "the file did not come")
        await until(lambda: mei.person.messages[-1].kind == "text", "the present message comes after it")
        sent = files(mei)[-1]
        assert sent.text.startswith("Here is all that is kept about you")
        stored = bot.simulator.files.by_id[sent.content["document"]["file_id"]]
        assert stored.name == "my-data.json"
        told = json.loads(stored.content.decode())
        assert told["Your Telegram ID"] == mei.person.id

        def waiting() -> int:
            with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as file:
                query = "SELECT count(*) FROM outbox WHERE sent_at IS NULL OR length(body) > 3000"
                return int(file.execute(query).fetchone()[0])

        await until(lambda: waiting() == 0, "the file is still kept, or something still waits")


async def test_the_chat_page_offers_it_for_download(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = await met(bot)
        await mei.say("/mydata")
        mei.person.tap("Send it as a file")
        await until(lambda: len(files(mei)) == 1, "the file did not come")
        name = files(mei)[0].content["document"]["file_id"]
        async with aiohttp.ClientSession(bot._url) as http:
            async with http.get(f"/api/files/{name}") as answer:
                assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert json.loads(await answer.read())["Your talks"]
            async with http.get("/api/files/none") as answer:
                assert answer.status == 404
