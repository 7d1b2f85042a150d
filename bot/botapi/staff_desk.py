"""Takes what staff do in their group: taps on cards, answers to cards, notes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import TypeAlias

from bot.botapi.cards import Cards
from bot.botapi.courtesy import Courtesy
from bot.botapi.updates import NOTE, CardTap, InGroup
from bot.domain.messages import Commanded
from bot.service.group_queue import next_cases
from bot.service.group_work import Group, Tapped, Wrote, case_meant, tap, wrote
from bot.service.ports import Arrival, Conflict, StoreUnavailable
from bot.service.register import staff_by_telegram

log = logging.getLogger(__name__)

Done: TypeAlias = CardTap | InGroup
_What: TypeAlias = tuple[str, str]
"""A person or a message, and what they were told of it."""
_REMEMBERED = timedelta(hours=1)
"""How long something is not said again: Telegram delivers an update twice within minutes, if it does."""
_MOST = 1_000
"""What is remembered at most."""


class StaffDesk:
    """What is done here is durable when `take` returns; how it is answered need not arrive."""

    def __init__(self, group: Group, cards: Cards, courtesy: Courtesy) -> None:
        self._group = group
        self._cards = cards
        self._courtesy = courtesy
        self._told: dict[_What, datetime] = {}
        """What was said, and when: to whom how something is done here, and of which message what."""

    async def take(self, done: Sequence[Done]) -> None:
        """Do what staff did, in order. Raises StoreUnavailable where Telegram must deliver again."""
        for each in done:
            try:
                await (self._tap(each) if isinstance(each, CardTap) else self._hear(each))
            except (StoreUnavailable, Conflict):
                raise
            except Exception as error:  # noqa: BLE001 -- one tap's fault must not stop everybody's updates
                log.warning("group: what staff did failed", extra={"error": type(error).__name__})
        self._cards.wake()

    async def answers(self, asked: Arrival) -> bool:
        """Show a member of staff the next cases where they ask; for everybody else it is a word like any."""
        if asked.inbound != Commanded("queue"):
            return False
        html = await next_cases(self._group, asked.person, asked.phone_language)
        if html is not None:
            self._courtesy.tell(asked.person, html)
        return html is not None

    async def _tap(self, done: CardTap) -> None:
        told = await tap(self._group, Tapped(done.person, done.language, done.token))
        self._courtesy.end_tap(done.id, told.notice, alert=told.alert)
        if told.view is not None:
            self._cards.show(done.token.case, told.view)

    async def _hear(self, done: InGroup) -> None:
        """Keep or pass on what somebody wrote about a case; what is not about one is between colleagues."""
        if done.chat != self._cards.chat or not self._courtesy.meant(done.bot):
            return
        found = await case_meant(self._group, done.chat, done.reply_to, done.topic, done.replied)
        if found is None:
            self._tell_once(done, "card-talk-how", wanted=bool(done.replied))
            return
        case, answers = found
        command, words = (*done.text.split(maxsplit=1), "", "")[:2]  # a line may end after the command
        note = command.partition("@")[0] == NOTE
        if done.edited:
            self._tell_once(done, "card-edit", wanted=note or answers)
        elif not note and not answers:
            # An answer to a colleague is meant for the colleague.
            self._tell_once(done, "card-talk-how", wanted=done.reply_to is None)
        else:
            said = Wrote(done.key, done.person, done.language, words if note else done.text, note)
            await self._pass_on(case, done, said)

    async def _pass_on(self, case: str, done: InGroup, said: Wrote) -> None:
        refused = await wrote(self._group, case, said)
        if refused is None:
            self._courtesy.agree(done.chat, done.message)
        else:
            await self._refuse(done, refused)

    async def _refuse(self, done: InGroup, why: str) -> None:
        """Say why something was not done: to the team of each message, to anybody else once in a while."""
        staff = await staff_by_telegram(self._group.office, done.person)
        whose = done.key if staff and staff.active else str(done.person)
        self._say_once(done, (whose, "card-not-sent"), why=why)

    def _tell_once(self, done: InGroup, key: str, *, wanted: bool) -> None:
        if wanted:
            self._say_once(done, (str(done.person), key))

    def _say_once(self, done: InGroup, what: _What, **params: str) -> None:
        now = self._group.clock()
        self._told = {each: at for each, at in self._told.items() if now - at < _REMEMBERED}
        if what not in self._told:
            self._told = dict([*self._told.items()][1 - _MOST :]) | {what: now}
            self._say(done, what[1], **params)

    def _say(self, done: InGroup, key: str, **params: str) -> None:
        words = self._group.words
        said = words.say(words.nearest(done.language), key, **params)
        self._courtesy.reply(done.chat, done.message, escape(said))
