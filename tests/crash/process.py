"""`python -m bot` as an operator starts it, in a process of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bot.storage import keyring
from tests.conftest import ROOT

EVERYBODYS = base64.urlsafe_b64encode(keyring._PRACTICE).decode()
"""A demo's key, for a pilot whose database the tests open as a demo's."""


def environment(**settings: str) -> dict[str, str]:
    """Return what a process needs, and nothing of what is set on this machine for the bot."""
    needed = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ
    }
    plain = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "200", "NO_COLOR": "1"}
    return {**needed, **plain, **settings}


async def start(folder: Path, command: str, log: Path | None = None, *more: str, **settings: str) -> Process:
    """Start `python -m bot …` in an empty folder; what it writes goes to a file, or to pipes."""
    written = log.open("ab") if log else PIPE
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", command, *more),
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
    """Starts programs out of one process that has imported them; any number at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._running: set[int] = set()

    async def start(self, program: str, log: Path, **settings: str) -> int:
        """Start the bot, or the stock one, and return its process id."""
        pid = await self._ask(start=program, log=str(log), settings=settings)
        self._running.add(pid)
        return pid

    async def kill(self, pid: int) -> None:
        """Kill a program as a power cut would; return once the system has buried it."""
        ended = await self.end(pid, signal.SIGKILL)
        assert ended == -signal.SIGKILL, f"the bot ended by itself: {ended}"

    async def end(self, pid: int, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask a program to end, and return its exit code."""
        os.kill(pid, how)
        ended = await self._ask(bury=pid)
        self._running.discard(pid)
        return ended

    def kill_all(self) -> None:
        """Leave nothing behind."""
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)

    async def _ask(self, **order: Any) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()
        return int(await self._process.stdout.readline())


@asynccontextmanager
async def warm(folder: Path) -> AsyncIterator[Warm]:
    """Give a starter; its imports are done when the first program is asked for."""
    with (folder / "warm.txt").open("ab") as complaints:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.crash.warm"),
            cwd=folder,
            env=environment(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=complaints,
        )
    starter = Warm(process)
    try:
        yield starter
    finally:
        starter.kill_all()
        assert process.stdin
        process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()
