"""`python -m bot` as an operator starts it, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.conftest import ROOT

WARM = Path(__file__).parent / "warm.py"


def environment(**settings: str) -> dict[str, str]:
    """Return what a process needs, and nothing of what is set on this machine for the bot."""
    needed = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ
    }
    plain = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "200", "NO_COLOR": "1"}
    return {**needed, **plain, **settings}


async def start(folder: Path, command: str, log: Path | None = None, *more: str, **settings: str) -> Process:
    """Start `python -m bot …` in an empty folder; what it writes goes to a file, or to pipes."""
    return await _process(folder, ("-m", "bot", command, *more), log, settings)


async def _process(
    folder: Path, arguments: tuple[str, ...], log: Path | None, settings: Mapping[str, str]
) -> Process:
    written = log.open("ab") if log else PIPE
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=folder,
            env=environment(**settings),
            stdin=PIPE,
            stdout=written,
            stderr=written,
        )
    finally:
        if not isinstance(written, int):
            written.close()


@asynccontextmanager
async def started(
    folder: Path, command: str, log: Path | None = None, *more: str, **settings: str
) -> AsyncIterator[Process]:
    """Start as `start` does; whatever is still running at the end is killed."""
    process = await start(folder, command, log, *more, **settings)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def stop(process: Process, how: signal.Signals = signal.SIGTERM) -> int:
    """Ask a process to end, and return its exit code."""
    process.send_signal(how)
    async with asyncio.timeout(15):
        return await process.wait()


class Warm:
    """Starts `python -m bot run` again and again out of one process that has imported it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.running: int | None = None

    async def start(self) -> int:
        """Start the bot and return its process id."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(b"go\n")
        await self._process.stdin.drain()
        self.running = int(await self._process.stdout.readline())
        return self.running

    async def kill(self, pid: int) -> None:
        """Kill the bot as a power cut would; return once the system has buried it."""
        assert self._process.stdout
        os.kill(pid, signal.SIGKILL)
        self.running = None
        ended = int(await self._process.stdout.readline())
        assert ended == -signal.SIGKILL, f"the bot ended by itself: {ended}"


@asynccontextmanager
async def warm(folder: Path, log: Path, **settings: str) -> AsyncIterator[Warm]:
    """Give a starter; its imports are done when the first bot is asked for."""
    process = await _process(folder, (str(WARM), str(log)), None, settings)
    starter = Warm(process)
    try:
        yield starter
    finally:
        if starter.running:
            os.kill(starter.running, signal.SIGKILL)
        assert process.stdin
        process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()
