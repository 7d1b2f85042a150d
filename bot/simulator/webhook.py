"""Delivery to a webhook: one line of updates a chat, the head tried again until it is taken or too old."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp

from bot.simulator.bots import Bot, Webhook
from bot.simulator.updates import Update
from bot.simulator.world import Simulator

_LONGEST_DELAY = 60
_LONGEST_RETRY_AFTER = 3600
_IDLE_SECONDS = 5.0
_ANSWER_SECONDS = 60
_OK = range(200, 300)


@dataclass(slots=True)
class _Lane:
    """Where one chat's deliveries stand."""

    busy: bool = False
    due: datetime | None = None
    delay: int = 1
    failures: int = 0


class Delivery:
    """Posts a bot's updates to its webhook until cancelled; waits are on the world's clock."""

    def __init__(self, world: Simulator, bot: Bot, hook: Webhook) -> None:
        self._world = world
        self._bot = bot
        self._hook = hook
        self._lanes: dict[str, _Lane] = {}

    async def run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as group:
            while True:
                for update, lane in self._ready():
                    lane.busy = True
                    group.create_task(self._deliver(session, update, lane))
                await self._world.signal.wait(self._until_next())

    def _ready(self) -> list[tuple[Update, _Lane]]:
        """The head of each free lane that is due, within the allowed number of connections."""
        places = self._hook.max_connections - sum(lane.busy for lane in self._lanes.values())
        if places <= 0 or self._world.faults.outage(self._world.now):
            return []
        due = [update for update in self._bot.queue.pending() if self._is_due(update.lane)]
        heads: dict[str, Update] = {}
        for update in self._bot.queue.in_order_of_delivery(due):
            heads.setdefault(update.lane, update)
        ready = [(update, self._lanes.setdefault(name, _Lane())) for name, update in heads.items()]
        return ready[:places]

    def _is_due(self, name: str) -> bool:
        lane = self._lanes.get(name, _Lane())
        return not lane.busy and (lane.due is None or lane.due <= self._world.now)

    def _until_next(self) -> float:
        now = self._world.now
        outage = self._world.faults.outage(now)
        dues = [lane.due for lane in self._lanes.values() if not lane.busy]
        dues.append(outage.ends() if outage else None)
        waits = [(due - now).total_seconds() for due in dues if due is not None and due > now]
        return min([_IDLE_SECONDS, self._bot.queue.seconds_to_next(), *waits])

    async def _deliver(self, session: aiohttp.ClientSession, update: Update, lane: _Lane) -> None:
        try:
            error, retry_after = await self._post(session, update)
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            error, retry_after = f"Connection failed: {type(failure).__name__}", 0
        if error is None and self._world.faults.outage(self._world.now):
            error = "Connection timed out"  # the webhook's answer came when nobody listened
        lane.busy = False
        if error is None:
            self._bot.queue.remove(update.update_id)
            self._lanes[update.lane] = _Lane()
        else:
            self._put_off(lane, error, retry_after)
        self._world.signal.fire()

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> tuple[str | None, int]:
        headers = {"Content-Type": "application/json"}
        if self._hook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._hook.secret_token
        body = json.dumps(update.wire(), ensure_ascii=False).encode()
        async with session.post(self._hook.url, data=body, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            if answer.status in _OK:
                return None, 0
            waited = answer.headers.get("Retry-After", "")
            error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            return error, min(int(waited), _LONGEST_RETRY_AFTER) if waited.isdecimal() else 0

    def _put_off(self, lane: _Lane, error: str, retry_after: int) -> None:
        """The first retry is at once, then after 2, 4, 8 … seconds; the webhook may ask for a wait itself."""
        wait = retry_after
        if retry_after == 0 and lane.failures > 0:
            wait = lane.delay = min(_LONGEST_DELAY, 2 * lane.delay)
        lane.failures += 1
        lane.due = self._world.now + timedelta(seconds=wait)
        self._bot.last_error = (self._world.now, error)
