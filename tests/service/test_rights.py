"""What a person can ask of the chat: a file with all that is kept, a receipt, and what changed and why."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import func, select

from bot.content.bundle import Bundle, hash_of
from bot.content.shelf import Edition, Shelf
from bot.domain.events import AnswerRecorded, Event
from bot.domain.keeping import CopyRequested, PromptShown
from bot.domain.messages import Text
from bot.service.dossier import happened_key
from bot.service.ports import Receipt
from bot.storage.receipts import find
from bot.storage.tables import outbox, receipts
from bot.storage.vault import given
from tests.service.periods import keeping
from tests.talk import Phone, World, open_world, plain

FILE = {"en": "Send it as a file", "zh-Hans": "用文件发给我"}


async def begun(world: World, phone: Phone) -> None:
    await world.send(phone, "/start")
    await world.tap(phone, phone.labels()[0])
    for _ in range(3):
        await world.tap(phone, phone.labels()[0])


async def the_file(world: World, phone: Phone, language: str = "en") -> dict[str, Any]:
    await world.send(phone, "/mydata")
    await world.tap(phone, FILE[language])
    document = phone.messages[-2].document
    assert document
    assert document.name == "my-data.json"
    content: dict[str, Any] = json.loads(document.text)
    return content


async def left(world: World) -> list[Any]:
    async with world.store.database.reading() as connection:
        return list((await connection.execute(select(outbox))).all())


async def test_the_file_holds_all_that_is_kept_in_plain_words(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begun(world, mei)
        for text in ("1980", "121", "45", "yes", "no", "is it far & <b>wide</b>?", "yes"):
            await world.send(mei, text)
        told = await the_file(world, mei)
        (talk,) = told["Your talks"]
        assert told["Your Telegram ID"] == mei.id
        assert talk["Your answers now"] == [
            {"Question": "How old are you? Please type your age in full years.", "Answer": "45"},
            {"Question": "If this study fits you, would you want to join it?", "Answer": "Yes"},
            {"Question": talk["Your answers now"][2]["Question"], "Answer": "No"},
        ]
        assert len(talk["What you agreed to"]) == 3
        assert talk["Answers are kept until"] == "the talk is still open"
        noted = [(row["What"], row.get("More", "")) for row in talk["Everything that is noted, in order"]]
        assert ("You answered", "Age: 45") in noted
        assert ("You let us pass it on", "is it far & <b>wide</b>?") in noted
        assert noted[-1] == ("You asked for this file", "")
        stopped = [more for what, more in noted if what.startswith("I could not take")]
        assert [more[:6] for more in stopped] == ["That l", "121 – "]
        assert "1980" not in json.dumps(told)
        texts = [row["Text"] for row in told["Messages I sent you"]]
        assert len(texts) == len(mei.messages) - 2, "all but the file and what came with it"
        assert all(row["By"] == "you" for row in talk["Everything that is noted, in order"])


async def test_the_file_speaks_the_language_that_they_speak(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        lin = world.phone("zh-hans")
        await begun(world, lin)
        await world.send(lin, "45")
        (talk,) = (await the_file(world, lin, "zh-Hans"))["您的对话"]
        assert talk["您现在的回答"][0]["回答"] == "45"
        assert talk["语言"] == "简体中文"


async def test_every_round_is_in_the_file(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begun(world, mei)
        for text in ("45", "yes", "no", "negative", "submit", "yes", "/start", "yes"):
            await world.send(mei, text)
        talks = (await the_file(world, mei))["Your talks"]
        assert len(talks) == 2
        assert talks[0]["The result you were told"]
        assert talks[0]["Permission to contact you"] == "yes"
        assert talks[0]["Everything that is noted, in order"][-1]["What"] == "You started a new round"


async def test_a_file_is_sent_once_for_each_wish_and_not_kept(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begun(world, mei)
        await world.send(mei, "/mydata")
        token = mei.token(FILE["en"])
        await world.forge(mei, token)
        (handled,) = await world.forge(mei, token)
        assert handled.notice, "it is told that the button is old"
        assert sum(message.document is not None for message in mei.messages) == 1
        assert len(await left(world)) == len(mei.messages) - 1
        (row,) = await world.exported()
        wishes = [each for each in await world.events(row["conversation"]) if isinstance(each, CopyRequested)]
        assert len(wishes) == 1


async def test_a_file_can_be_asked_for_while_silence_is_wished(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begun(world, mei)
        await world.send(mei, "/mydata")
        await world.send(mei, "send it as a file")
        assert mei.messages[-2].document
        await world.send(mei, "/mydata")
        await world.send(mei, "/pause")
        assert (await the_file(world, mei))["Your talks"]


async def test_after_an_erasure_no_message_stays(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begun(world, mei)
        await the_file(world, mei)
        for text in ("/delete", "yes"):
            await world.send(mei, text)
        assert "Your receipt" in mei.newest
        assert await left(world) == []


async def test_a_receipt_proves_an_erasure_and_names_nobody(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begun(world, mei)
        for text in ("45", "/delete", "yes"):
            await world.send(mei, text)
        code = mei.newest.partition("Your receipt: ")[2][:14]
        database = world.store.database
        found = await find(database, code.lower().replace("-", " "))
        assert found == Receipt(code, "erasure", world.now)
        assert await find(database, "0000-0000-0000") is None
        async with database.reading() as connection:
            assert (await connection.execute(select(func.count()).select_from(receipts))).scalar_one() == 0
        assert given.columns.keys() == receipts.columns.keys() == ["code", "kind", "at"]


async def test_why_an_answer_was_not_taken_is_kept_and_the_words_are_not(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begun(world, mei)
        for text in ("1980-05-06", "121", "my son is 15", "45", "perhaps so", "/back", "46"):
            await world.send(mei, text)
        (row,) = await world.exported()
        events = await world.events(row["conversation"])
        shown = [
            (each.question, each.prompt, each.number) for each in events if isinstance(each, PromptShown)
        ]
        assert shown == [
            ("age", "age-year-of-birth", None),
            ("age", "age-out-of-range", 121),
            ("age", "age-unclear", None),
            ("willing", "not-understood-answer", None),
        ]
        answers = [each.value for each in events if isinstance(each, AnswerRecorded)]
        assert answers == [45, 46], "the old answer and the new one"
        for words in ("1980", "son", "perhaps"):
            assert words not in repr(events)


async def test_buttons_stay_good_after_words_that_were_not_understood(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await begun(world, mei)
        token = mei.token("18 or older")
        await world.send(mei, "121")
        (handled,) = await world.forge(mei, token)
        assert handled.notice is None


async def test_when_answers_go_is_said(tmp_path: Path) -> None:
    async with open_world(tmp_path, keeping(365, 30, 180, 7, 7, 7)) as world:
        mei = world.phone()
        await begun(world, mei)
        for text in ("45", "/stop"):
            await world.send(mei, text)
        ended = world.now
        await world.send(mei, "/mydata")
        wanted = f"Answers are kept until: {ended + timedelta(days=7):%Y-%m-%d %H:%M} UTC"
        assert any(wanted in plain(message) for message in mei.messages)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_each_kind_of_event_has_words(language: str, bundle: Bundle) -> None:
    edition = Edition(bundle)
    for kind in get_args(Event):
        assert edition.label(Text(happened_key(kind)), language)


def test_an_edition_from_before_a_text_was_written_goes_on(bundle: Bundle) -> None:
    content = json.loads(bundle.body)
    for code, ftl in content["ftl"].items():
        lines = [line for line in ftl.splitlines() if not line.startswith(("erased-", "copy-", "choice-my"))]
        content["ftl"][code] = "\n".join(lines)
    old = json.dumps(content).encode()
    edition = Shelf([bundle]).remember(hash_of(old), old)
    assert edition.trial.content_hash != bundle.content_hash
    assert "Telegram" in edition.label(Text("erased-telegram"), "en")
