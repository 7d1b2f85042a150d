"""Telegram as it stands in the simulation: it tells the witness and the people what happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any

from bot.simulator import Message, Simulator
from bot.simulator.dispatch import Answer, Request
from tests.simulation.board import Board
from tests.simulation.figures import Figures
from tests.simulation.people import Actor
from tests.simulation.team import Member
from tests.simulation.virtual import seconds
from tests.simulation.witness import Witness

_HEARD = frozenset({"message", "edited_message", "callback_query"})
_FORBIDDEN = 403


class Telegram(Simulator):
    """A simulator whose people react when something arrives."""

    def __init__(self, *, clock: Callable[[], datetime], limits: bool, witness: Witness) -> None:
        super().__init__(clock=clock, limits=limits)
        self.witness = witness
        self.actors: dict[int, Actor] = {}
        self.team: list[Member] = []

    def changed(self, message: Message) -> None:
        super().changed(message)
        if message.from_bot and not message.chat.is_private and message.markup:
            for member in self.team:
                member.sees(message)

    def post(self, message: Message) -> Message:
        super().post(message)
        if message.from_bot and (message.chat.is_private or self.witness.deliveries.knows(message)):
            self.witness.arrived(message)
            actor = self.actors.get(message.chat.id)
            if actor:
                actor.hears()
        return message


class Watcher:
    """Looks at what the bot asks of Telegram."""

    def __init__(self, telegram: Telegram, figures: Figures) -> None:
        self._telegram = telegram
        self._figures = figures
        self._digest = blake2b(digest_size=16)
        self.interruptions = 0
        """Deaths, long absences, times when the store could not be written: what was learned may be lost."""
        self.board: Board | None = None
        self._refused: Counter[tuple[int, int, int]] = Counter()
        """How often a chat refused, with the interruptions and what was heard of its person so far."""

    @property
    def journal(self) -> str:
        """Stands for everything that was asked and answered, and when."""
        return self._digest.hexdigest()

    def asks(self, request: Request) -> None:
        self._figures.counts["calls"] += 1
        if self.board:
            self.board.asks(request)
        offset = request.values.get("offset")
        if request.method == "getUpdates" and offset is not None:
            for update in self._telegram.bot.queue.pending():
                if update.update_id < int(offset) and update.kind in _HEARD:
                    self._telegram.witness.confirmed(key_of(request.token, update.update_id))

    def gets(self, request: Request, given: Answer, *, is_awaited: bool) -> None:
        if self.board:
            self.board.gets(request, given, is_awaited=is_awaited)
        if request.method == "answerCallbackQuery":
            query, words = request.values.get("callback_query_id"), request.values.get("text")
            self._telegram.witness.overseer.told(str(query), str(words or ""))
        about = (request.method, request.values.get("chat_id"), request.values.get("text"), given.status)
        self._digest.update(repr((*about, round(seconds(), 3))).encode())
        if request.method == "getUpdates":
            self._handed_out(request, given)
        elif request.method == "sendMessage" and is_awaited:
            self._sent(int(request.values["chat_id"]), given)

    def _handed_out(self, request: Request, given: Answer) -> None:
        updates: list[dict[str, Any]] = given.body.get("result") or []
        self._figures.counts["handed out"] += len(updates)
        in_order = [key_of(request.token, update["update_id"]) for update in updates]
        self._telegram.witness.overseer.given(in_order)
        keys = {*in_order}
        self._figures.counts["duplicates"] += len(keys & self._telegram.witness.kept)
        self._telegram.witness.given(keys)

    def _sent(self, chat: int, given: Answer) -> None:
        if given.status == _FORBIDDEN and not given.cut:
            so_far = chat, self.interruptions, self._telegram.witness.heard[chat]
            self._refused[so_far] += 1
            # Once more where they were heard of while it was on its way.
            once_more = self._refused[so_far] <= 2
            self._figures.holds(once_more, "written to although they blocked the bot:", chat)


def key_of(token: str, update: int) -> str:
    """Return the key under which the store knows an update."""
    return f"{token.partition(':')[0]}:{update}"
