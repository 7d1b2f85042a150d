from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.storage.lock import AlreadyRunning, Leadership, leadership
from tests.storage.server import Server

LEAD = """
import asyncio, sys
from bot.storage.lock import leadership

async def main():
    async with leadership(sys.argv[1]) as lead:
        print(await lead.try_lead(), flush=True)
        sys.stdin.read()

asyncio.run(main())
"""

CUT = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"


@contextmanager
def leader(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that leads until it is killed."""
    command = [sys.executable, "-c", LEAD, url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout
        assert process.stdout.readline() == b"True\n"
        yield process
        process.kill()


async def comes_to_lead(lead: Leadership) -> None:
    async with asyncio.timeout(2):
        while not await lead.try_lead():  # noqa: ASYNC110 -- what is tested is asking again and again
            await asyncio.sleep(0.01)


async def test_one_process_leads_and_a_kill_frees_it(url: str) -> None:
    async with leadership(url) as lead:
        with leader(url) as process:
            assert not await lead.try_lead()
            with pytest.raises(AlreadyRunning, match="DATABASE_URL"):
                await lead.insist()
            process.kill()
            process.wait()
            await comes_to_lead(lead)
        await lead.insist()


async def test_the_next_leads_when_the_first_is_done(url: str) -> None:
    async with leadership(url) as second:
        async with leadership(url) as first:
            assert await first.try_lead()
            assert not await second.try_lead()
            assert await first.try_lead()
        await comes_to_lead(second)


async def test_whoever_loses_the_database_leads_no_more(postgresql_url: str, server: Server) -> None:
    async with leadership(postgresql_url) as first, leadership(postgresql_url) as second:
        assert await first.try_lead()
        await server.execute(CUT)
        await comes_to_lead(second)
        assert not await first.try_lead()


async def test_nobody_leads_on_a_database_out_of_reach() -> None:
    async with leadership("postgresql://nobody@127.0.0.1:1/nowhere") as lead:
        assert not await lead.try_lead()


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite://"])
async def test_a_database_in_memory_needs_no_lock(url: str) -> None:
    async with leadership(url) as first, leadership(url) as second:
        assert await first.try_lead()
        assert await second.try_lead()
