"""What may not stay does not: of minors, of whoever declines, and of questions not passed on."""

from __future__ import annotations

from pathlib import Path

from bot.content.bundle import Bundle
from bot.domain.events import AnswerRecorded, EmergencyNoticed, QuestionPassedOn
from tests.talk import Phone, World, open_world


async def begun(world: World) -> Phone:
    mei = world.phone("en")
    await world.send(mei, "/start")
    for label in ("Start", "I understand", "I agree", "I agree"):
        await world.tap(mei, label)
    return mei


async def said(world: World) -> list[object]:
    row = (await world.exported())[-1]
    return list(await world.events(row["conversation"]))


async def test_of_a_minor_only_that_they_are_one_stays(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = await begun(world)
        for text in (
            "45",
            "yes",
            "yes",
            "my chest hurts",
            "continue",
            "/back",
            "/back",
            "/back",
            "15",
            "Under 18",
        ):
            await world.send(mei, text)
        answers = [event for event in await said(world) if isinstance(event, AnswerRecorded)]
        assert [(event.question, event.value) for event in answers] == [("age", "under_18")]
        assert not any(isinstance(event, EmergencyNoticed) for event in await said(world))
        await world.send(mei, "I can't breathe, I am Mei")
        heard = [event for event in await said(world) if isinstance(event, EmergencyNoticed)]
        assert [event.text for event in heard] == [None]


async def test_a_question_is_kept_only_if_it_is_passed_on(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = await begun(world)
        for text in ("Will it hurt me?", "no", "Is it far?", "yes"):
            await world.send(mei, text)
        events = await said(world)
        passed = [event for event in events if isinstance(event, QuestionPassedOn)]
        assert [event.text for event in passed] == ["Is it far?"]
        assert "Will it hurt me?" not in repr(events)


async def test_whoever_declines_leaves_no_words(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = await begun(world)
        for text in ("Is it far?", "yes", "my chest hurts", "continue", "/back", "no thank you"):
            await world.send(mei, text)
        row = (await world.exported())[-1]
        assert row["status"] == "declined"
        texts = [
            event for event in await said(world) if isinstance(event, QuestionPassedOn | EmergencyNoticed)
        ]
        assert texts == []


async def test_a_no_holds_for_every_round(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = await begun(world)
        for text in ("45", "yes", "no", "negative", "submit", "yes", "/start", "yes", "/stop"):
            await world.send(mei, text)
        assert [row["contact_permission"] for row in await world.exported()] == [False, None]
        assert "withdrawn" in world.staff.newest


async def test_one_person_cannot_bury_the_others_with_alerts(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = await begun(world)
        for _ in range(5):
            await world.send(mei, "/contact")
            await world.send(mei, "I can't breathe")
            await world.send(mei, "continue")
        assert len(world.staff.messages) == 2
        lin = world.phone("zh-hans", 8)
        await world.send(lin, "我喘不过气")
        assert len(world.staff.messages) == 3
