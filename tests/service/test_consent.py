"""What was agreed to, through the store: the message it came by, the round before, and a bot started anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sqlalchemy import update

from bot.content.bundle import Bundle, compile_bundle
from bot.domain import events as e
from bot.domain.consent import CONTACT, Kind, ledger
from bot.jobs import lost_words
from bot.storage.reading import conversations
from bot.storage.tables import editions
from bot.storage.verifying import Finding, verify
from tests.editions import acknowledgement_reworded
from tests.talk import Phone, World, open_world, plain

HEALTH = "A2_health_data"
LATER = ("agreements", "agreement-", "choice-agreements", "choice-copy", "withdraw-line", "reminders-request")
AGREE = ("Start", "I understand", "I agree", "I agree")


async def say(world: World, phone: Phone, *labels: str) -> None:
    for label in labels:
        await world.tap(phone, label)


async def findings(world: World) -> list[Finding]:
    return [report async for report in verify(world.store)][-1].findings


async def test_a_tap_is_kept_with_the_number_of_the_message_that_carried_the_words(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await world.tap(mei, "Start")
        await world.tap(mei, "I understand", message=7031)
        await world.send(mei, "I agree")
        (row,) = await world.exported()
        history = await world.events(row["conversation"])
        tapped, typed = ledger(history)
        assert (tapped.consent.message, typed.consent.message) == (7031, 1)
        assert tapped.consent.version == bundle.trial.version
        assert await findings(world) == []


async def test_an_erasure_leaves_what_was_agreed_to_and_takes_the_number_of_the_message(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await world.tap(mei, "Start")
        await world.tap(mei, "I understand", message=7031)
        await say(world, mei, "I agree")
        (row,) = await world.exported()
        await world.send(mei, "/delete")
        await world.tap(mei, "Erase my answers")
        kept = await world.events(row["conversation"])
        assert [type(event) for event in kept] == [e.ConsentAcknowledged] * 2 + [e.Erased]
        assert all(entry.consent.message is None for entry in ledger(kept))
        assert {entry.consent.edition for entry in ledger(kept)} == {bundle.content_hash}
        assert await findings(world) == []


async def test_contact_taken_back_in_one_round_is_taken_back_in_each(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await say(world, mei, *AGREE)
        for said in ("45", "yes", "no", "negative"):
            await world.send(mei, said)
        await say(world, mei, "Submit", "Yes, contact me", "Start a new round", *AGREE)
        for said in ("45", "yes", "no", "negative"):
            await world.send(mei, said)
        await say(world, mei, "Submit", "Yes, contact me")
        await world.send(mei, "/privacy")
        await say(world, mei, "What I agreed to", "Take back: The study team may contact you")
        first, second = await world.exported()
        assert first["contact_permission"] is second["contact_permission"] is False
        assert (first["status"], second["status"]) == ("completed", "completed")
        for row in (first, second):
            last = ledger(await world.events(row["conversation"]))[-1]
            assert (last.kind, last.consent.key) == (Kind.WITHDRAWN, CONTACT)
        assert await findings(world) == []


async def test_after_a_stop_a_new_round_asks_for_everything(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await say(world, mei, *AGREE)
        await world.send(mei, "/stop")
        await world.redeploy(acknowledgement_reworded(bundle, "A3_telegram_transfer", "Telegram?"))
        await say(world, mei, "Start a new round", "Start")
        assert "1 of 3" in mei.newest, "though the first reads as it did"


async def test_words_agreed_to_in_another_language_are_asked_in_the_new_one(
    tmp_path: Path, bundle: Bundle
) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await say(world, mei, *AGREE)
        for said in ("45", "no"):
            await world.send(mei, said)
        await say(world, mei, "Submit")
        await world.send(mei, "/language zh")
        await say(world, mei, "重新填写", "开始")
        assert "第 1 项，共 3 项" in mei.newest


async def test_changed_words_stay_changed_when_the_bot_is_started_again(
    tmp_path: Path, bundle: Bundle
) -> None:
    second = acknowledgement_reworded(bundle, HEALTH, "We keep your answers for 30 days. Do you agree?")
    third = acknowledgement_reworded(second, "A3_telegram_transfer", "Do you agree to Telegram?", "draft-3")
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await say(world, mei, *AGREE)
        await world.redeploy(second)
        await world.send(mei, "45")
        assert "30 days" in mei.newest
        await world.redeploy(third)  # before they could answer
        await say(world, mei, "I agree")
        assert "30 days" in mei.newest
        await say(world, mei, "I agree")
        assert "agree to Telegram?" in mei.newest
        await say(world, mei, "I agree")
        await world.send(mei, "45")
        (row,) = await world.exported()
        assert row["answers"] == {"age": 45}
        rows = [row async for row in conversations(world.store, with_events=False)]
        held = {key: consent.version for key, consent in rows[-1].conversation.agreed.items()}
        assert held == {"A1_bot_voluntary": "draft-1", HEALTH: "draft-3", "A3_telegram_transfer": "draft-3"}
        assert await findings(world) == []


async def test_who_talks_by_an_edition_of_an_earlier_program_is_told_what_that_lacked(
    tmp_path: Path, bundle: Bundle
) -> None:
    """Stored before the bot had these messages: it says today's, and records no hash for words not kept."""
    content = json.loads(bundle.body)
    for code, ftl in content["ftl"].items():
        entries = re.split(r"\n(?=\S)", ftl)
        content["ftl"][code] = "\n".join(entry for entry in entries if not entry.startswith(LATER))
    earlier = compile_bundle(json.dumps(content, ensure_ascii=False).encode())
    async with open_world(tmp_path, earlier) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await say(world, mei, *AGREE)
        await world.redeploy(bundle)
        await world.send(mei, "/pause")
        assert "I can remind you" in mei.newest
        await say(world, mei, "Remind me", "Continue")
        await world.send(mei, "what i agreed to")
        await say(world, mei, "Send me a copy", "Take back: Reminders")
        assert "I will not remind you" in mei.newest
        reminders = [line for line in ledger(await events(world)) if line.consent.key == "reminders"]
        assert [(line.kind, line.consent.digest) for line in reminders] == [
            (Kind.GIVEN, ""),
            (Kind.WITHDRAWN, ""),
        ]


async def events(world: World) -> list[e.Event]:
    (row,) = await world.exported()
    return await world.events(row["conversation"])


async def test_verify_names_who_agreed_to_words_that_are_not_in_the_store_any_more(
    tmp_path: Path, bundle: Bundle
) -> None:
    other = acknowledgement_reworded(bundle, HEALTH, "You agree to everything.")
    async with open_world(tmp_path, bundle) as world:
        mei, lin = world.phone(), world.phone(number=8)
        await world.send(mei, "/start")
        await say(world, mei, *AGREE)
        await world.send(lin, "/start")
        assert await lost_words(world.store) == []
        async with world.store.database.writing() as connection:
            await connection.execute(update(editions).values(body=other.body))
        code = next(row["conversation"] for row in await world.exported() if row["acknowledged"])
        found = await lost_words(world.store)
    assert {finding.conversation for finding in found} == {code}
    assert any(HEALTH in finding.what for finding in found)


async def test_the_copy_is_in_the_language_it_was_agreed_to_in(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await say(world, mei, *AGREE)
        await world.send(mei, "/language zh")
        await world.send(mei, "我同意过什么")
        await say(world, mei, "把原文发给我")
        copies = [plain(message) for message in mei.messages[-4:-1]]
        for text, item in zip(copies, bundle.trial.acknowledgements, strict=True):
            assert text.endswith(bundle.words["en"].texts[f"acknowledgement.{item.key}"])
