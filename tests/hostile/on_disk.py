"""The same hostility against the whole of it: read, handled in batches, kept on a real database, sent.

People are not put into states here: what they send is hostile from the first word, and so they walk.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from random import Random  # noqa: TID251 -- seeded: the same campaign each time

from bot.botapi.intake import read_all
from bot.content.bundle import Bundle
from bot.service.screening import handle, set_aside, welcome_back
from tests.conftest import NOW
from tests.hostile.campaign import BOT, Seen, resident
from tests.hostile.examine import lost
from tests.hostile.updates import Writer
from tests.talk import STAFF, World, open_world

_PEOPLE = 40
_BATCH = 50
_TOKENS = 60


async def stored(folder: Path, bundle: Bundle, seed: int, times: int) -> Seen:
    """Send so many updates in batches, each batch twice; return what was seen."""
    async with open_world(folder, bundle) as world:
        stage = _Stage(world, Random(seed))
        for _ in range(0, times, _BATCH):
            await stage.batch(_BATCH)
        stage.seen.memory.append(resident())
        async with world.store.transaction() as transaction:
            aside = await transaction.quarantine.listed()
        for item in aside:
            if not item.reason.startswith("unreadable"):
                stage.complain(f"set aside after {item.reason}: {item.body[:300]}")
        stage.seen.counts["set aside"] = len(aside)
        return stage.seen


class _Stage:
    """One database and the people who write to it."""

    def __init__(self, world: World, chance: Random) -> None:
        self._world = world
        self._chance = chance
        self._numbers = count(1)
        self._writers = [Writer(chance, 7_310_000_000 + number) for number in range(_PEOPLE)]
        self._tokens: dict[int, list[str]] = {}
        self.seen = Seen()

    async def batch(self, size: int) -> None:
        """Handle one batch, then the same again, and send what is due."""
        self.seen.memory[:] = [*self.seen.memory, resident()][-2000:]
        raws = [self._raw() for _ in range(size)]
        try:
            await self._take(raws)
            queued = await self._world.sent()
            await self._take(raws)
            again = await self._world.sent()
        except Exception as error:  # noqa: BLE001 -- this is what is looked for
            self.complain(f"unhandled {type(error).__name__}: {error}")
            return
        self.seen.counts["updates"] += len(raws)
        if again:
            self.complain(f"a batch delivered twice said {len(again)} things more")
        for each in queued:
            self.seen.counts["replies"] += 1
            if each.chat < 0 and each.chat != STAFF:
                self.complain(f"to a group: {each.message.html[:200]!r}")
            refused = lost(each.message)
            if refused:
                self.complain(f"lost: {refused}")
            self._learn(each.chat, [b.token for row in each.message.rows for b in row if b.token])

    async def _take(self, raws: list[object]) -> None:
        batch = read_all(raws, BOT)
        if batch.unreadable:
            await set_aside(batch.unreadable, self._world.desks, now=NOW)
        if batch.unblocked:
            await welcome_back(batch.unblocked, self._world.desks, now=NOW)
        await handle(batch.arrivals, self._world.desks, now=NOW)

    def _raw(self) -> object:
        writer = self._chance.choice(self._writers)
        draw = self._chance.random()
        raw: object
        if draw < 0.1:
            raw = writer.malformed()
        elif draw < 0.5 and self._tokens.get(writer.person):
            raw = writer.tap(self._token_for(writer.person))
        else:
            _, raw = writer.any(self._tokens.get(writer.person, ()))
        # Writers count for themselves: one number a time, whoever wrote.
        if isinstance(raw, dict) and type(raw.get("update_id")) is int:
            raw["update_id"] = next(self._numbers)
        return raw

    def _token_for(self, person: int) -> str:
        """Return a token: mostly one of the newest of their own, at times an old one or somebody else's."""
        if self._chance.random() < 0.2:
            return self._chance.choice(self._chance.choice([each for each in self._tokens.values() if each]))
        return self._chance.choice(self._tokens[person][-4:])

    def _learn(self, chat: int, tokens: list[str]) -> None:
        self._tokens[chat] = [*self._tokens.get(chat, []), *tokens][-_TOKENS:]

    def complain(self, what: str) -> None:
        """Note what is wrong."""
        self.seen.counts["wrong"] += 1
        if len(self.seen.wrong) < 200:
            self.seen.wrong.append(what)
