"""Takes updates in: what is handled here is durable when it returns."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.botapi.clocks import Clocks
from bot.botapi.courtesy import Courtesy
from bot.botapi.sender import Sender
from bot.botapi.staff_desk import StaffDesk
from bot.botapi.updates import CardTap, FromGroup, Ignored, InGroup, Read, Tap, Unblocked, read
from bot.domain.messages import Commanded, Started
from bot.service.handled import Handled
from bot.service.ports import Arrival, Quarantined, StoreUnavailable
from bot.service.screening import Desks, handle, set_aside, welcome_back
from bot.service.timers import write_again

Invite = Callable[[int, str | None], Awaitable[str | None]]
"""Returns what somebody is sent who asks for the console, by Telegram id and language; None for strangers."""
_ASKS = (Commanded("console"), Started("console"))


async def nobody(_person: int, _language: str | None) -> str | None:
    """Let nobody in: for a bot without a console."""
    return None


@dataclass(slots=True)
class Batch:
    """One call's updates, read."""

    arrivals: list[Arrival] = field(default_factory=list)
    taps: dict[str, Tap] = field(default_factory=dict)
    groups: list[FromGroup] = field(default_factory=list)
    staff: list[CardTap | InGroup] = field(default_factory=list)
    """What was done in groups: only the staff group's counts."""
    unblocked: list[int] = field(default_factory=list)
    unreadable: list[Quarantined] = field(default_factory=list)


class Intake:
    """Handles what one call or a few milliseconds brought, by polling or by webhook."""

    def __init__(
        self,
        bot_id: int,
        desks: Desks,
        sender: Sender,
        courtesy: Courtesy,
        clock: Callable[[], datetime],
        invite: Invite = nobody,
        staff_desk: StaffDesk | None = None,
    ) -> None:
        self._bot_id = bot_id
        self._staff_desk = staff_desk
        self._desks = desks
        self._sender = sender
        self._courtesy = courtesy
        self._clock = clock
        self._tally = desks.tally
        self._clocks = Clocks(desks.tally)
        self._invite = invite
        self.keeping = True
        """Whether what came last could be kept."""

    async def take(self, updates: Sequence[Any]) -> None:
        """Handle updates durably, then answer what need not be durable.

        Raises StoreUnavailable or Conflict where nothing was kept: Telegram must deliver again.
        """
        self._tally.heard_at = self._clock()
        batch = read_all(updates, self._bot_id)
        try:
            handled = await self._keep(batch)
        except StoreUnavailable:
            self.keeping = False
            self._tally.store_errors += 1
            raise
        finally:
            self._sender.wake()  # also where it broke off: what was kept before has replies waiting
        self._tally.updates += len(updates)
        self._tally.unreadable += len(batch.unreadable)
        self._tally.handled(handled)
        self._courtesy.answer(batch.taps, handled)
        self._courtesy.refuse_groups(batch.groups)

    async def look_again(self) -> None:
        """Find out whether the store can be written to again, where nobody else does."""
        try:
            await write_again(self._desks)
        except StoreUnavailable:
            return
        self.keeping = True

    async def _keep(self, batch: Batch) -> list[Handled]:
        now = self._clock()
        self._clocks.compare(batch.arrivals, now)
        if batch.unreadable:
            await set_aside(batch.unreadable, self._desks, now=now)
        if batch.unblocked:
            await welcome_back(batch.unblocked, self._desks, now=now)
        arrivals = [each for each in batch.arrivals if not await self._let_in(each)]
        handled = await handle(arrivals, self._desks, now=now)
        if self._staff_desk:
            await self._staff_desk.take(batch.staff)
        if batch.arrivals or batch.unreadable:
            self.keeping = True
        return handled

    async def _let_in(self, arrival: Arrival) -> bool:
        """Send a member of staff what they ask for; for everybody else it is a word like any other."""
        if self._staff_desk and await self._staff_desk.answers(arrival):
            return True
        if arrival.inbound not in _ASKS:
            return False
        html = await self._invite(arrival.person, arrival.phone_language)
        if html is None:
            return False
        self._courtesy.tell(arrival.person, html)
        return True


def read_all(updates: Iterable[Any], bot_id: int) -> Batch:
    """Read updates; one that cannot be read is set aside and its neighbours go on."""
    batch = Batch()
    for raw in updates:
        try:
            meant = read(raw, bot_id)
        except Exception as error:  # noqa: BLE001 -- anything may stand in an update
            batch.unreadable.append(_set_aside(raw, bot_id, error))
        else:
            _sort(meant, batch)
    return batch


def _sort(meant: Read, batch: Batch) -> None:
    match meant:
        case Ignored():
            return
        case FromGroup():
            batch.groups.append(meant)
        case CardTap() | InGroup():
            batch.staff.append(meant)
        case Unblocked():
            batch.unblocked.append(meant.person)
        case (arrival, tap):
            batch.arrivals.append(arrival)
            if tap:
                batch.taps[arrival.key] = tap


def _set_aside(raw: Any, bot_id: int, error: Exception) -> Quarantined:  # noqa: ANN401 -- anything at all
    body = json.dumps(raw)
    number = raw.get("update_id") if isinstance(raw, dict) else None
    name = number if isinstance(number, int) else f"junk-{sha256(body.encode()).hexdigest()[:16]}"
    return Quarantined(f"{bot_id}:{name}", f"unreadable: {type(error).__name__}", body)
