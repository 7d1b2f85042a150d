"""What a process takes of the machine, looked at once a second."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Usage:
    """Memory over time, and the share of one core that bot and generator took."""

    memory: list[float] = field(default_factory=list)
    """Resident megabytes of the bot, second by second."""
    lasted: float = 0.0
    bot: float = 0.0
    generator: float = 0.0

    def grown(self) -> float:
        """Return the megabytes that the last quarter has more than the second, by their medians."""
        quarter = len(self.memory) // 4
        early, late = self.memory[quarter : 2 * quarter], self.memory[3 * quarter :]
        return sorted(late)[len(late) // 2] - sorted(early)[len(early) // 2] if quarter else 0.0


@asynccontextmanager
async def watched(pid: int) -> AsyncIterator[Usage]:
    """Watch a process until the block ends."""
    usage = Usage()
    time = asyncio.get_running_loop().time
    began, bot, generator = time(), _seconds(pid), _seconds(os.getpid())
    looking = asyncio.create_task(_look(pid, usage))
    try:
        yield usage
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        usage.lasted = time() - began
        usage.bot = (_seconds(pid) - bot) / usage.lasted
        usage.generator = (_seconds(os.getpid()) - generator) / usage.lasted


async def _look(pid: int, usage: Usage) -> None:
    while True:
        usage.memory.append(_memory(pid))
        await asyncio.sleep(1)


def _memory(pid: int) -> float:
    return int(_read(pid, "statm").split()[1]) * _PAGE / 2**20


def _seconds(pid: int) -> float:
    user, system = _read(pid, "stat").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICK


def _read(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text("ascii", "replace")
