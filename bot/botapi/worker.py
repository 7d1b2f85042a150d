"""A bot at work: it takes updates, sends, and, if it leads, keeps time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.botapi.calling import CalledAt, Caller
from bot.botapi.cards import Cards
from bot.botapi.clocks import Clocks
from bot.botapi.courtesy import Courtesy
from bot.botapi.intake import Intake, Invite, nobody
from bot.botapi.line import Line
from bot.botapi.pace import Pace
from bot.botapi.polling import Poller
from bot.botapi.presence import Presence
from bot.botapi.profile import introduce
from bot.botapi.sender import Sender
from bot.botapi.staff_desk import StaffDesk
from bot.botapi.staff_group import StaffGroup
from bot.botapi.webhook import Gatherer
from bot.domain.errors import DoorstepError
from bot.domain.messages import Text
from bot.domain.trial import Trial
from bot.engine.commands import COMMANDS
from bot.service.editions import Edition
from bot.service.group_work import Group
from bot.service.links import spoken
from bot.service.screening import Desks, keep_offered
from bot.service.sending import Outbox
from bot.service.tally import Tally
from bot.service.timers import prune, run_due

log = logging.getLogger(__name__)

_TIMER_ROUND = 30.0
"""Seconds between two looks for what is due."""

TryLead = Callable[[], Awaitable[bool]]
"""Says whether this worker leads now, after trying to; only one of all workers does at a time."""


async def alone() -> bool:
    """Lead: nobody else works on this store."""
    return True


_TRY_AGAIN = 1.0
"""Seconds between two tries to lead, or two looks whether it still does."""


class Worker:
    """A bot on one store. Any number may serve webhooks and send; the one that leads polls and keeps time."""

    def __init__(  # noqa: PLR0913 -- wired in one place
        self,
        line: Line,
        desks: Desks,
        outbox: Outbox,
        pace: Pace,
        clock: Callable[[], datetime],
        *,
        called_at: CalledAt | None = None,
        invite: Invite = nobody,
        group: Group | None = None,
    ) -> None:
        self._line = line
        self._desks = desks
        self._clock = clock
        self._called_at = called_at
        clocks = Clocks(desks.tally)
        line.hear_time(lambda theirs: clocks.hear(theirs, clock()))
        self._sender = Sender(line, outbox, pace, clock, desks.tally)
        self._courtesy = Courtesy(line, pace, self._group_words, desks.staff_chat)
        self._presence = Presence(desks, self._sender, clock)
        self._cards = _cards(line, pace, group, desks.staff_chat)
        at_desk = StaffDesk(group, self._cards, self._courtesy) if group and self._cards else None
        self._intake = Intake(line.id, desks, self._sender, self._courtesy, clock, invite, at_desk)
        self.gatherer = Gatherer(self._intake.take)

    async def run(self, try_lead: TryLead = alone) -> None:
        """Work until cancelled; NotSignedIn where Telegram no longer takes the token."""
        try:
            await keep_offered(self._desks, now=self._clock())
            async with asyncio.TaskGroup() as group:
                if self._cards:
                    group.create_task(self._cards.run_asked())
                group.create_task(self._sender.run())
                group.create_task(self.gatherer.run())
                group.create_task(self._lead(try_lead))
                group.create_task(self._look_again())
        except* DoorstepError as refused:
            raise _first(refused) from None
        finally:
            self.gatherer.close()
            await self._courtesy.finish()

    @property
    def tally(self) -> Tally:
        """What was counted so far."""
        return self._desks.tally

    def readiness(self) -> dict[str, bool]:
        """Say what works now; a worker that does not lead need not reach for updates."""
        hears = self._presence.reached or not self._presence.leads
        notes = self._presence.noting or not self._presence.leads
        kept = self._sender.working and self._intake.keeping and notes
        return {"telegram": hears and self._sender.heard, "store": kept}

    async def tick(self) -> None:
        """Do what time alone brings about."""
        await run_due(self._desks, now=self._clock())
        self._sender.wake()

    async def _lead(self, try_lead: TryLead) -> None:
        """Wait to lead, lead for as long as possible, and again."""
        while True:
            while not await _asked(try_lead):
                self._presence.leads = False
                await asyncio.sleep(_TRY_AGAIN)
            self._presence.leads = True
            leading = asyncio.create_task(self._work_as_leader())
            try:
                while await _asked(try_lead) and not leading.done():
                    await asyncio.wait([leading], timeout=_TRY_AGAIN)
                if leading.done():
                    leading.result()
            finally:
                leading.cancel()
                await asyncio.gather(leading, return_exceptions=True)
            self._presence.leads = False
            self._presence.lost()
            log.warning("another worker leads now, or the database is out of reach")

    async def _look_again(self) -> None:
        """Find out when the store works again: whoever says it does not may be called by nobody."""
        while True:
            await asyncio.sleep(_TRY_AGAIN)
            if self._called_at and not self._intake.keeping:
                await self._intake.look_again()

    async def _work_as_leader(self) -> None:
        """Present the bot, take updates and keep time."""
        async with asyncio.TaskGroup() as group:
            group.create_task(introduce(self._line, COMMANDS, self._trial.languages, self._say))
            group.create_task(self._take_updates())
            group.create_task(self._presence.run())
            group.create_task(self._keep_time())
            if self._cards:
                group.create_task(self._cards.run())

    async def _take_updates(self) -> None:
        if self._called_at is None:
            await Poller(self._line, self._intake, self._presence).run()
        else:
            await Caller(self._line, self._called_at, self._presence).run()

    async def _keep_time(self) -> None:
        while True:
            try:
                await self.tick()
                await prune(self._desks, now=self._clock())
                for notice in self._desks.licence.notices(self._clock()):
                    log.warning(
                        "approval: see python -m bot approvals",
                        extra={"id": notice.trial, "reason": notice.says},
                    )
            except Exception as error:  # noqa: BLE001 -- the store may be down: the next round makes up for it
                log.warning("timers: trying again", extra={"error": type(error).__name__})
            await asyncio.sleep(_TIMER_ROUND)

    @property
    def _offered(self) -> Edition:
        return next(iter(self._desks.editions.offered.values()))

    @property
    def _trial(self) -> Trial:
        return self._offered.trial

    def _say(self, key: str, language: str) -> str:
        return self._offered.label(Text(key), language)

    def _group_words(self, phone: str | None) -> str:
        return self._say("group-refused", spoken(phone, self._trial.languages) or self._trial.languages[0])


def _cards(line: Line, pace: Pace, group: Group | None, chat: int | None) -> Cards | None:
    """Return what draws the cards of the staff group, where there is one."""
    return Cards(group, StaffGroup(line, pace, chat)) if group and chat is not None else None


async def _asked(try_lead: TryLead) -> bool:
    try:
        return await try_lead()
    except Exception as error:  # noqa: BLE001 -- whoever cannot ask does not lead
        log.warning("leading cannot be asked for", extra={"error": type(error).__name__})
        return False


def _first(refused: BaseExceptionGroup[DoorstepError]) -> DoorstepError:
    found = refused.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found
