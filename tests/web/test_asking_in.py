"""Asking the bot for the console: a link for the team, and nothing special for anybody else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.botapi.courtesy import Courtesy
from bot.botapi.intake import Intake
from bot.botapi.sender import Sender
from bot.content.bundle import Bundle
from bot.domain.access import LINKS_AN_HOUR
from bot.domain.staff import OPERATOR, Role, Staff
from bot.running import inviting
from bot.service.access import Access, redeem
from bot.service.register import add_staff, remove_staff
from bot.settings import Settings
from tests.talk import BOT, World, open_world

MINE = 4711


@dataclass
class Heard:
    """What would go to Telegram beside the outbox."""

    told: list[tuple[int, str]] = field(default_factory=list)

    def tell(self, chat: int, html: str) -> None:
        """Keep what is sent."""
        self.told.append((chat, html))

    def answer(self, *_: Any) -> None:
        """Taps end elsewhere."""

    def refuse_groups(self, *_: Any) -> None:
        """There are no groups here."""

    def wake(self) -> None:
        """Nothing is sent from the outbox here."""


def intake_of(world: World, heard: Heard) -> Intake:
    invite = inviting(world.store, Settings(_env_file=None), lambda: world.now)
    return Intake(BOT, world.desks, cast("Sender", heard), cast("Courtesy", heard), lambda: world.now, invite)


async def put(world: World) -> Staff:
    """Put somebody with a Telegram account on the register."""
    roles, now = [Role.AUDITOR], world.now
    return await add_staff(
        world.office, "Wang", roles, telegram_id=MINE, sees_identity=False, by=OPERATOR, now=now
    )


def says(person: int, text: str, number: int = 1) -> dict[str, Any]:
    sender = {"id": person, "is_bot": False, "first_name": "A", "language_code": "en"}
    chat = {"id": person, "type": "private", "first_name": "A"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


@pytest.mark.parametrize("asked", ["/console", "/start console"])
async def test_the_team_is_sent_a_link_and_strangers_are_not(
    tmp_path: Path, bundle: Bundle, asked: str
) -> None:
    async with open_world(tmp_path, bundle) as world:
        heard = Heard()
        member = await put(world)
        intake = intake_of(world, heard)
        await intake.take([says(7, asked, 1), says(MINE, asked, 2)])
        ((chat, words),) = heard.told
        assert chat == MINE
        assert {queued.chat for queued in await world.sent()} == {7}, "a link is never kept in the outbox"
        secret = re.findall(r"/sign-in/(\S+)", words)[0]
        await redeem(Access(world.store, lambda: b"x" * 32), secret, now=world.now)
        await remove_staff(world.office, member.id, by=OPERATOR, now=world.now)
        await intake.take([says(MINE, asked, 3)])
        assert len(heard.told) == 1


async def test_whoever_asks_too_often_is_told_so(tmp_path: Path, bundle: Bundle) -> None:
    async with open_world(tmp_path, bundle) as world:
        heard = Heard()
        await add_staff(
            world.office,
            "W",
            [Role.AUDITOR],
            telegram_id=MINE,
            sees_identity=False,
            by=OPERATOR,
            now=world.now,
        )
        intake = intake_of(world, heard)
        for number in range(LINKS_AN_HOUR + 1):
            world.now += timedelta(seconds=1)
            await intake.take([says(MINE, "/console", number + 1)])
        assert "/sign-in/" in heard.told[-2][1]
        assert "wait a while" in heard.told[-1][1]
