"""Takes updates from Telegram, and confirms them only after they are durable."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram.error import Conflict as SecondPoller
from telegram.error import InvalidToken, TelegramError

from bot.botapi.courtesy import Courtesy
from bot.botapi.line import POLL_SECONDS, Line
from bot.botapi.profile import REFUSED_SIGN_IN, NotSignedIn
from bot.botapi.sender import Sender
from bot.botapi.updates import FromGroup, Ignored, Tap, read
from bot.service.ports import Arrival, Quarantined
from bot.service.screening import Desks, handle, set_aside
from bot.service.timers import polled

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 30.0
_PULSE = 5.0
"""Seconds between two notes that Telegram is being asked: how exactly an absence is measured."""


@dataclass(slots=True)
class Batch:
    """One call's updates, read."""

    arrivals: list[Arrival] = field(default_factory=list)
    taps: dict[str, Tap] = field(default_factory=dict)
    groups: list[FromGroup] = field(default_factory=list)
    unreadable: list[Quarantined] = field(default_factory=list)


class Intake:
    """Polls one bot. Nothing is confirmed to Telegram before its transaction has ended well."""

    def __init__(
        self, line: Line, desks: Desks, sender: Sender, courtesy: Courtesy, clock: Callable[[], datetime]
    ) -> None:
        self._line = line
        self._desks = desks
        self._sender = sender
        self._courtesy = courtesy
        self._clock = clock
        # Kept in memory only: after a restart Telegram delivers again what was not confirmed, and the
        # store knows what it has seen. An update id is never a high-water mark (TELEGRAM.md 1.2).
        self._offset: int | None = None
        self._reached = asyncio.Event()

    @property
    def reaching(self) -> bool:
        """Whether Telegram answers and nothing waits there unread."""
        return self._reached.is_set()

    async def run(self) -> None:
        """Poll for ever. Raises NotSignedIn where Telegram refuses the token."""
        pulse = asyncio.create_task(self._pulse())
        try:
            await self._poll()
        finally:
            pulse.cancel()

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Handle one call's updates durably, then answer what need not be durable."""
        batch = read_all(updates, self._line.id)
        now = self._clock()
        if batch.unreadable:
            await set_aside(batch.unreadable, self._desks, now=now)
        handled = await handle(batch.arrivals, self._desks, now=now)
        self._sender.wake()
        self._courtesy.answer(batch.taps, handled)
        self._courtesy.refuse_groups(batch.groups)

    async def _poll(self) -> None:
        failures = 0
        while True:
            try:
                await self._once()
                failures = 0
            except InvalidToken:
                raise NotSignedIn(REFUSED_SIGN_IN) from None
            except Exception as error:  # noqa: BLE001 -- network or store: nothing was confirmed, try again
                failures += 1
                self._reached.clear()
                log.warning("intake: %s; trying again", _told(error))
                await asyncio.sleep(min(2.0 ** min(failures, 5) / 2, _LONGEST_PAUSE))

    async def _once(self) -> None:
        caught_up = self._reached.is_set()
        updates = await self._line.raw_updates(self._offset, wait=POLL_SECONDS if caught_up else 0)
        await self.take(updates)
        if updates:
            self._offset = int(updates[-1]["update_id"]) + 1
        elif not caught_up:
            # Only now is it known who has written since: they need not be asked again.
            await self._note()
            self._reached.set()

    async def _note(self) -> None:
        asked = await polled(self._desks, now=self._clock())
        if asked:
            log.info("back after an absence: %s people asked again", asked)
            self._sender.wake()

    async def _pulse(self) -> None:
        while True:
            await self._reached.wait()
            await asyncio.sleep(_PULSE)
            if self._reached.is_set():
                try:
                    await self._note()
                except Exception as error:  # noqa: BLE001 -- intake itself reports a store that is down
                    log.warning("pulse: %s", type(error).__name__)


def read_all(updates: Iterable[dict[str, Any]], bot_id: int) -> Batch:
    """Read updates; one that cannot be read is set aside and its neighbours go on."""
    batch = Batch()
    for raw in updates:
        try:
            meant = read(raw, bot_id)
        except Exception as error:  # noqa: BLE001 -- anything may stand in an update
            key = f"{bot_id}:{raw.get('update_id')}"
            batch.unreadable.append(Quarantined(key, f"unreadable: {type(error).__name__}", json.dumps(raw)))
            continue
        match meant:
            case Ignored():
                continue
            case FromGroup():
                batch.groups.append(meant)
            case (arrival, tap):
                batch.arrivals.append(arrival)
                if tap:
                    batch.taps[arrival.key] = tap
    return batch


def _told(error: Exception) -> str:
    if isinstance(error, SecondPoller):
        return "another program polls this bot, or a webhook is set"
    return (
        type(error).__name__ if not isinstance(error, TelegramError) else f"Telegram: {type(error).__name__}"
    )
