"""In groups the bot says one polite sentence, keeps nothing, and leaves the staff group alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.content.bundle import Bundle
from bot.simulator import Chat
from tests.botapi.running import Someone, running
from tests.botapi.test_cases import agree
from tests.botapi.test_intake import until

ILL = "I have anti-MDA5 dermatomyositis and chest pain"


def said(group: Chat) -> list[str]:
    return [message.text for message in group.messages.values() if message.from_bot]


def stored(folder: Path) -> dict[str, int]:
    tables = ("participants", "conversations", "events", "chats", "outbox", "quarantine")
    with sqlite3.connect(folder / "bot.sqlite3") as connection:
        counts = {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}  # noqa: S608 -- our own names
    connection.close()
    return counts


async def test_added_to_a_group_it_refuses_in_the_language_of_who_added_it(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with running(tmp_path, bundle) as bot:
        await bot.simulator.settle()
        english = bot.simulator.group("Family", [bot.simulator.person(first_name="Anna")])
        lin = bot.simulator.person(first_name="林", language_code="zh-hans")
        chinese = bot.simulator.group("家人", [lin], forum=True)
        await until(lambda: bool(said(english) and said(chinese)), "no word in the group")
        await bot.simulator.settle()
        assert len(said(english)) == 1
        assert "private chat" in said(english)[0]
        assert "私聊" in said(chinese)[0]
        assert not any(stored(tmp_path).values())


async def test_addressed_in_a_group_it_refuses_and_keeps_nothing(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        anna = bot.simulator.person(first_name="Anna")
        group = bot.simulator.group("Family", [anna])
        await until(lambda: len(said(group)) == 1, "no word on arrival")
        anna.send("/start NCT06203249", chat_id=group.id)
        await until(lambda: len(said(group)) == 2, "no word on a command")
        anna.send(ILL, chat_id=group.id)
        anna.attach("photo", ILL, chat_id=group.id)
        anna.edit(anna.send("hello", chat_id=group.id).message_id, ILL, chat_id=group.id)
        await bot.simulator.settle()
        assert len(said(group)) == 2, "only a command is answered"
        for text in said(group):
            assert not any(word in text.casefold() for word in ("mda5", "dermato", "lung", "study", "trial"))
        assert not any(stored(tmp_path).values())


async def test_the_staff_group_is_left_alone(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        assert bot.staff is not None
        wang = bot.simulator.people[min(bot.staff.members)]
        wang.send("/start", chat_id=bot.staff.id)
        wang.send("/help@doorstep_demo_bot", chat_id=bot.staff.id)
        wang.send("who takes the next one?", chat_id=bot.staff.id)
        await bot.simulator.settle()
        assert said(bot.staff) == []


async def test_staff_get_a_line_without_content(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        assert bot.staff is not None
        mei = Someone(bot.simulator.person(first_name="Meiling"))
        await agree(mei)
        await mei.say("my chest hurts and I cannot breathe")
        await until(lambda: bool(said(bot.staff)), "staff were not told")  # type: ignore[arg-type]
        await bot.simulator.settle()
        line = "\n".join(said(bot.staff))
        assert mei.codes()[-1] in line
        for content in ("Meiling", "chest", "breathe", str(mei.person.id)):
            assert content not in line
