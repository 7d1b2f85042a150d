"""Keeps the cards in the staff group as their cases are: a mark on the case says that one is due.

A card is posted in two steps. The first line says nothing that could ever be wrong, and its place is noted
before the card is drawn there. Killed in between, the bot posts another one: what is left behind is that
line, and never a card that nobody keeps up to date.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bot.botapi.staff_group import StaffGroup
from bot.domain.review import Case, State
from bot.service.card_ports import Placed
from bot.service.cards import View, undo_until
from bot.service.group_queue import many_changed
from bot.service.group_work import Drawn, Group, card_of

log = logging.getLogger(__name__)

_LOOK = 2.0
"""Seconds between two looks for cards that are due, where nobody says so."""
_PAUSE = 5.0
_LONG_PAUSE = 60.0
_SLICE = 50
MANY = 12
"""More cards due than these, and one line tells of all of them first."""
_SELDOM = timedelta(minutes=10)
"""Between two such lines, and between two looks whether the group has topics."""
_CARD_GONE = ("message to edit not found", "message can't be edited")
_TOPIC_GONE = ("message thread not found", "topic_id_invalid", "topic_deleted")
"""Telegram's words where somebody deleted a card, or a topic."""


class Cards:
    """Draws the cards of one group; one worker at a time does, the one that leads."""

    def __init__(self, group: Group, place: StaffGroup) -> None:
        self._group = group
        self._place = place
        self._due = asyncio.Event()
        self._wanted = asyncio.Event()
        self._asked: dict[str, View] = {}
        self._drawing = asyncio.Lock()
        self._told_many: datetime | None = None
        self._forum: tuple[datetime, bool] | None = None

    @property
    def chat(self) -> int:
        """The group, as far as is known."""
        return self._place.id

    def wake(self) -> None:
        """Say that cases may have changed."""
        self._due.set()

    def show(self, case: str, view: View) -> None:
        """Let a card show one of its sides: somebody is waiting for it."""
        self._asked[case] = view
        self._wanted.set()

    async def run(self) -> None:
        """Draw what is due, for ever: only the worker that leads does."""
        taken_over = False
        while True:
            if not taken_over:
                taken_over = await self._tried(self._take_over)
            await self._tried(self.round)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await self._due.wait()
            self._due.clear()

    async def run_asked(self) -> None:
        """Draw what somebody waits for, for ever: the worker that took the tap does."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._tried(self._draw_asked)

    async def _tried(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do something on the line; where it fails, wait as long as is right before the next try."""
        try:
            await work()
        except RetryAfter as error:
            await asyncio.sleep(_seconds(error))
        except ChatMigrated:
            await self._tried(self._take_over)  # its new number is known now
        except (Forbidden, BadRequest) as error:
            log.warning("cards: the bot cannot write to the staff group", extra={"error": _kind(error)})
            await asyncio.sleep(_LONG_PAUSE)
        except Exception as error:  # noqa: BLE001 -- network or store: cards are due until they are drawn
            log.warning("cards: trying again", extra={"error": _kind(error)})
            await asyncio.sleep(_PAUSE)
        else:
            return True
        return False

    async def _take_over(self) -> None:
        async with self._group.store.transaction() as transaction:
            await transaction.cards.take_over(self.chat)
            await transaction.cards.skip_done()

    async def _draw_asked(self) -> None:
        while self._asked:
            case, view = self._asked.popitem()
            await self._draw(case, view, may_post=False)

    async def round(self) -> None:
        """Draw every card that is due, the most pressing first."""
        while due := await self._next():
            await self._tell_of_many(due)
            await self._draw(due[0], View.MAIN, may_post=True)

    async def _next(self) -> list[str]:
        async with self._group.store.looking() as looking:
            return await looking.cards.due(self.chat, self._group.clock(), _SLICE)

    async def _tell_of_many(self, due: list[str]) -> None:
        now = self._group.clock()
        if len(due) <= MANY or (self._told_many and now - self._told_many < _SELDOM):
            return
        self._told_many = now
        line, night = await many_changed(self._group)
        await self._place.post(line, None, silent=night)

    async def _draw(self, case_id: str, view: View, *, may_post: bool) -> None:
        """Draw a card; only the worker that leads may post one, or there could be two."""
        async with self._drawing:
            placed = await self._placed(case_id)
            if placed.message is not None or may_post:
                await self._draw_at(placed, case_id, view)

    async def _draw_at(self, placed: Placed, case_id: str, view: View) -> None:
        drawn = await card_of(self._group, case_id, view)
        if drawn is None:
            return
        case = drawn.case
        if placed.message is None and case.state is State.RESOLVED:
            await self._showed(case, placed)
            return
        try:
            if placed.message is None:
                placed = await self._post(drawn, placed)
            assert placed.message is not None
            await self._place.edit(placed.message, drawn.card)
            placed = await self._turn_topic(case, placed)
        except BadRequest as error:
            if not await self._may_go_on(case, placed, error):
                return
        await self._showed(case, replace(placed, redraw_at=undo_until(case, self._group.clock())))

    async def _post(self, drawn: Drawn, placed: Placed) -> Placed:
        """Post the line in whose place the card is drawn, and note where it stands."""
        if placed.topic is None and await self._has_topics():
            placed = await self._open_topic(placed, drawn.topic)
        message = await self._place.post(drawn.line, placed.topic, silent=drawn.silent)
        placed = replace(placed, message=message)
        await self._note(placed)
        return placed

    async def _open_topic(self, placed: Placed, name: str) -> Placed:
        try:
            opened = replace(placed, topic=await self._place.open_topic(name), topic_closed=False)
        except BadRequest:
            # The right was lost, or never given: plain messages will do, and later we look again.
            self._forum = (self._group.clock(), False)
            return placed
        await self._note(opened)
        return opened

    async def _turn_topic(self, case: Case, placed: Placed) -> Placed:
        """Close the topic of a case that is done for good, and open that of one which goes on."""
        done = case.state is State.RESOLVED and undo_until(case, self._group.clock()) is None
        if placed.topic is None or placed.topic_closed is done:
            return placed
        try:
            turn = self._place.close_topic if done else self._place.reopen_topic
            await turn(placed.topic)
        except BadRequest:
            return placed  # without the right to, it stays as it is
        return replace(placed, topic_closed=done)

    async def _has_topics(self) -> bool:
        now = self._group.clock()
        if self._forum is None or now - self._forum[0] >= _SELDOM:
            self._forum = (now, await self._place.is_forum())
        return self._forum[1]

    async def _may_go_on(self, case: Case, placed: Placed, error: BadRequest) -> bool:
        """Let what somebody deleted be posted anew, and what Telegram will never take be as it is."""
        words = error.message.casefold()
        if any(gone in words for gone in _TOPIC_GONE):
            await self._note(Placed(case.id))
            return False
        if placed.message is None:
            raise error  # nothing can be posted now: the card stays due
        if any(gone in words for gone in _CARD_GONE):
            await self._note(replace(placed, message=None))
            return False
        log.warning("card refused by Telegram", extra={"reason": error.message.partition(":")[0][:80]})
        return True

    async def _placed(self, case: str) -> Placed:
        async with self._group.store.looking() as looking:
            return await looking.cards.of(self.chat, case) or Placed(case)

    async def _note(self, placed: Placed) -> None:
        async with self._group.store.transaction() as transaction:
            await transaction.cards.put(self.chat, placed)

    async def _showed(self, case: Case, placed: Placed) -> None:
        async with self._group.store.transaction() as transaction:
            if placed.message is not None:
                await transaction.cards.put(self.chat, placed)
            await transaction.cards.showed(case.id, case.revision)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _kind(error: Exception) -> str:
    return type(error).__name__
