"""How old the newest backup is: the operator is told, and nothing stops because of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.service.ports import StoreUnavailable
from bot.storage.backup import last_backup
from bot.storage.store import SqlStore

log = logging.getLogger(__name__)

TOO_OLD = timedelta(days=3)
_ROUND = 600.0
"""Seconds between two looks."""


class BackupAge:
    """Knows when the last backup was made."""

    def __init__(self, store: SqlStore, clock: Callable[[], datetime]) -> None:
        """Know nothing until `look`."""
        self._store = store
        self._clock = clock
        self._last: datetime | None = None

    async def look(self) -> None:
        """Look when the last one was made; where the database is out of reach, keep what was known."""
        try:
            self._last = await last_backup(self._store)
        except StoreUnavailable:
            return

    async def watch(self) -> None:
        """Tell the operator now where there is none or an old one, and look again for ever."""
        await self.look()
        if self.is_wanting:
            log.warning(
                "there is no new backup; losing the keys or ENCRYPTION_KEYS loses every answer; "
                "type: python -m bot backup",
                extra={"reason": self.told()["backup"]},
            )
        while True:
            await asyncio.sleep(_ROUND)
            await self.look()

    @property
    def is_wanting(self) -> bool:
        """Say whether there is none, or only an old one."""
        return self._last is None or self._clock() - self._last > TOO_OLD

    def told(self) -> dict[str, str]:
        """Return what a watcher of the machine is told."""
        if self._last is None:
            return {"backup": "none yet"}
        day = self._last.strftime("%Y-%m-%d")
        return {"backup": f"{day}, too old" if self.is_wanting else day}
