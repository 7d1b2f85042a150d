"""Before anything is asked, people are told that a bot is talking to them, however they came."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from tests.talk import open_world

A_BOT = {"en": "I am a bot", "zh-Hans": "我是一个机器人"}
PHONES = [
    ("en", ("en",)),
    ("zh-hans", ("zh-Hans",)),
    ("zh-hant", ("en", "zh-Hans")),
    (None, ("en", "zh-Hans")),
]
IN_NEED = "I can't breathe"
CAME = ["/start", "/start NCT06203249_flyer-7", "hello", "/help", IN_NEED]


@pytest.mark.parametrize("came", CAME)
@pytest.mark.parametrize(("phone", "languages"), PHONES, ids=str)
async def test_it_says_that_it_is_a_bot_before_anything_is_asked(
    phone: str | None, languages: tuple[str, ...], came: str, tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone(phone)
        await world.send(mei, came)
        if came == IN_NEED:  # safety comes before everything; what follows begins as for anybody
            await world.send(mei, "continue")
        said = "\n".join(message.html for message in mei.messages)
    for language in languages:
        assert A_BOT[language] in said
