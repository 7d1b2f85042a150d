"""Taps that come twice, and an earlier round beside a newer one. Both were found by the simulation."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.content.bundle import Bundle
from bot.domain.events import ConsentAcknowledged
from tests.talk import Phone, World, open_world, plain

FITS_BUT_FOR_THE_LAVAGE = ("45", "Yes", "Yes", "Yes, positive", "Yes", "Yes", "No", "No")


async def agree(world: World, phone: Phone) -> None:
    await world.tap(phone, "Start")
    for _ in range(3):
        await world.tap(phone, phone.labels()[0])


async def test_a_language_tapped_twice_agrees_to_nothing(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await world.tap(mei, "Start")
        await world.send(mei, "/language")
        token = mei.token("English")
        await world.forge(mei, token)
        (handled,) = await world.forge(mei, token)
        assert handled.notice, "it is told that the button is old"
        (row,) = await world.exported()
        events = await world.events(row["conversation"])
        assert not any(isinstance(event, ConsentAcknowledged) for event in events)
        assert "1 of 3" in mei.newest


async def test_an_invitation_to_look_again_leaves_a_newer_round_alone(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        mei = world.phone()
        await world.send(mei, "/start")
        await agree(world, mei)
        for said in FITS_BUT_FOR_THE_LAVAGE:
            await world.send(mei, said)
        await world.tap(mei, "Submit")
        await world.tap(mei, "Yes, contact me")
        await world.tap(mei, "Yes, ask me again")
        await world.tap(mei, "Start a new round")
        await agree(world, mei)
        await world.send(mei, "46")
        for question in ("willing", "dm", "mda5"):
            await world.wait(timedelta(days=29))
            asked = mei.newest
            await world.tap(mei, mei.labels()[0])
            rows = await world.exported()
            assert rows[1]["answers"].get(question), f"not heard: {asked}"
        assert not any("asked again about this study" in text for text in map(plain, mei.messages))
