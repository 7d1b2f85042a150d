"""People who find out what became of their words where a bot goes silent: for bots that lose things."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator import Message
from tests.crash.talker import PATIENCE, Talker

RESUMED = ("Welcome back", "欢迎回来")


@dataclass(slots=True)
class Coping(Talker):
    """Sends /start once it is certain that nothing more will come by itself, and looks what is asked then.

    Either what they answered last is asked again: their answer is nowhere, and they say it again. Or the next
    question is asked: the answer was kept, and the message with that question was never sent.
    """

    lost: int = 0
    """How many of the things they said are nowhere."""
    unsent: int = 0
    """How many messages never came by themselves."""
    acts: int = 0
    """How many things they said, the first time."""
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once everything that was to come has come."""
    _prompt: str = ""
    _again: Callable[[Message], object] = lambda _message: None

    async def _type(self, message: Message, text: str) -> None:
        self._acted(message, lambda _prompt: self.person.send(text))
        await Talker._type(self, message, text)

    async def _tap(self, message: Message, label: str) -> None:
        self._acted(message, lambda prompt: self.person.tap_label(prompt.message_id, label))
        await Talker._tap(self, message, label)

    def _acted(self, message: Message, again: Callable[[Message], object]) -> None:
        self.acts += 1
        self._prompt, self._again = message.text, again

    async def _wait(self, wanted: Any, what: str) -> Message:
        while True:
            if found := self._first(wanted, 0):
                return found
            if self.silent.is_set():
                self.silent.clear()
                if found := await self._ask(wanted, what):
                    return found
            await asyncio.sleep(0.004)

    async def _ask(self, wanted: Any, what: str) -> Message | None:
        """Ask where they are; return what they waited for, or None where they had to say it again."""
        before = len(self._bot_messages())
        self.person.start()
        async with asyncio.timeout(PATIENCE):
            while True:
                if found := self._first(wanted, before):
                    known = any(word in text for text in self.texts[before:] for word in RESUMED)
                    self.unsent, self.lost = self.unsent + known, self.lost + (not known)
                    return found
                if prompt := self._first(lambda m: m.text == self._prompt and m.buttons, before):
                    self.lost += 1
                    self._again(prompt)
                    return None
                await asyncio.sleep(0.01)
        raise AssertionError(f"{self.persona.name} waits for {what!r} even now; last: {self.texts[-1:]}")

    def _first(self, wanted: Any, since: int) -> Message | None:
        return next((message for message in self._bot_messages()[since:] if wanted(message)), None)
