"""Who writes in a flood: newcomers, people in the middle of a screening, and somebody who never stops."""

from __future__ import annotations

import asyncio
import json
from array import array
from collections.abc import Callable
from itertools import count
from random import Random  # noqa: TID251 -- seeded
from typing import Any

from tests.flood.deliveries import Deliveries, Update

NEWCOMER, TALKER, FLOODER = "newcomers", "in the middle", "flooder"
FIRST_NEWCOMER, FIRST_TALKER, THE_FLOODER = 1_000_000, 500_000, 400_000
_DATE = 1_772_000_000


class Crowd:
    """Everybody who writes, on one line of deliveries."""

    def __init__(self, deliveries: Deliveries, seed: int = 1) -> None:
        self._deliveries = deliveries
        self._chance = Random(seed)
        self._numbers = count(700_000_001)
        self._time = asyncio.get_running_loop().time
        self._asked: dict[int, float] = {}
        self.talkers: set[int] = set()
        self.think = 10.0
        """Seconds somebody thinks before the next answer, on average."""
        self.turns = array("d")
        """Seconds from an answer of somebody in the middle to the next question."""
        self.taps = 0
        self.floods = False

    async def come(self, people: int, seconds: float) -> float:
        """Let newcomers press Start, evenly over this time; return when the first was due."""
        began = self._time() + 0.1
        for number in range(people):
            due = began + number * seconds / people
            if due > self._time():
                await asyncio.sleep(due - self._time())
            self._write(NEWCOMER, FIRST_NEWCOMER + number, "/start", due)
        return began

    def start_talking(self, people: int) -> None:
        """Let so many people begin a screening, whom nothing but the bot holds up."""
        for number in range(people):
            chat = FIRST_TALKER + number
            self.talkers.add(chat)
            self._write(TALKER, chat, "/start", self._time())

    def leave(self) -> None:
        """Let those in the middle put their phones away; who still waits has waited until now."""
        self.turns.extend(self._time() - asked for asked in self._asked.values())
        self.talkers.clear()

    def flood(self, at_once: int) -> None:
        """Let somebody write as fast as the bot takes it, until `floods` is false."""
        self.floods = True
        for line in range(at_once):
            self._flood(-line)

    def _flood(self, line: int) -> None:
        # What Telegram never does: a negative line is a queue of its own for the same person.
        if self.floods:
            key = line or THE_FLOODER
            self._write(FLOODER, THE_FLOODER, "hello", self._time(), lambda: self._flood(line), key)

    def told(self, chat: int, message: dict[str, Any]) -> None:
        """Let somebody in the middle read what the bot says, think and answer."""
        if chat not in self.talkers or not message["keyboard"]:
            return  # what needs an answer has buttons under it
        asked = self._asked.pop(chat, None)
        if asked is None:
            return  # a second question to the same answer
        self.turns.append(self._time() - asked)
        pause = self._chance.uniform(0.5, 1.5) * self.think
        asyncio.get_running_loop().call_later(pause, self._answer, chat, message)

    def _answer(self, chat: int, message: dict[str, Any]) -> None:
        data = [b["callback_data"] for row in message["keyboard"] for b in row if "callback_data" in b]
        if chat not in self.talkers:
            return
        # Every third of them types: the words are taken where a number is wanted, and heard out elsewhere.
        if data and self._chance.random() < 0.7:
            self._tap(chat, message["message_id"], data[0])
        else:
            self._write(TALKER, chat, "45", self._time())

    def _write(
        self,
        kind: str,
        chat: int,
        text: str,
        due: float,
        then: Callable[[], None] | None = None,
        key: int | None = None,
    ) -> None:
        message = {
            "message_id": 1,
            "date": _DATE,
            "chat": {"id": chat, "type": "private", "first_name": "P"},
            "from": _user(chat),
            "text": text,
        }
        self._add(kind, chat if key is None else key, {"message": message}, due, then)
        if kind == TALKER:
            self._asked[chat] = due

    def _tap(self, chat: int, message: int, data: str) -> None:
        query = {
            "id": str(message),
            "from": _user(chat),
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": message, "date": _DATE, "chat": {"id": chat, "type": "private"}},
        }
        # Telegram keeps taps in a queue of their own; whoever taps here has nothing else under way.
        self._add(TALKER, chat, {"callback_query": query}, self._time())
        self.taps += 1
        self._asked[chat] = self._time()

    def _add(
        self, kind: str, key: int, what: dict[str, Any], due: float, then: Callable[[], None] | None = None
    ) -> None:
        number = next(self._numbers)
        body = json.dumps({"update_id": number, **what}).encode()
        self._deliveries.add(key, Update(kind, body, due, number, then))


def _user(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "P", "language_code": "en"}
