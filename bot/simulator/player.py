"""Plays what a person says in a scripted talk, so that a demo does not begin empty."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.simulator.people import Person

_LOOK_EVERY = 0.02
_LOOKS = 1500


async def play(person: Person, said: Iterable[str]) -> None:
    """Type each line, or tap where it is `[Label]`, after the bot has answered the one before.

    Ends early, without an error, where the bot does not answer or does not offer that button.
    """
    for line in said:
        seen = len(person.messages)
        if line.startswith("[") and line.endswith("]"):
            if not any(message.button(line[1:-1]) for message in person.messages):
                return
            person.tap(line[1:-1])
        else:
            person.send(line)
        if not await _answered(person, seen):
            return


async def _answered(person: Person, seen: int) -> bool:
    for _ in range(_LOOKS):
        if any(message.from_bot and message.buttons for message in person.messages[seen:]):
            return True
        await asyncio.sleep(_LOOK_EVERY)
    return False
