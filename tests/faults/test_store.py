"""What happens to the store: locked, full, read-only, gone, cut."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.botapi.webhook import SECRET_HEADER
from tests.faults.stage import SECRET, WELL, Fault, Scene, Strike, comes, live_through, stage
from tests.storage.server import CUT_ALL, Server

STORE = frozenset({"store"})

LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA busy_timeout = 10000")
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def noticed(scene: Scene) -> None:
    """Count from now on how often the program finds the store out of order."""
    before = scene.log.count("StoreUnavailable")
    scene.struck = lambda: scene.log.count("StoreUnavailable") - before


@asynccontextmanager
async def held_by_another_program(scene: Scene) -> AsyncIterator[None]:
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LOCK, file_of(scene), stdin=pipe, stdout=pipe
    )
    assert other.stdout
    assert await other.stdout.readline() == b"locked\n"
    noticed(scene)
    yield
    other.kill()
    await other.wait()


def with_setting(on: str, off: str) -> Strike:
    """Set something on each connection as it is taken into use."""

    @asynccontextmanager
    async def strike(scene: Scene) -> AsyncIterator[None]:
        assert scene.database
        setting = on

        def taken(connection: Any, *_more: object) -> None:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {setting}")
            cursor.close()

        event.listen(scene.database.engine.sync_engine, "checkout", taken)
        noticed(scene)
        yield
        setting = off

    return strike


@asynccontextmanager
async def folder_gone(scene: Scene) -> AsyncIterator[None]:
    """The folder is moved away, as when a disk is not mounted, and comes back."""
    folder = Path(file_of(scene)).parent
    away = folder.with_name(f"{folder.name} away")
    folder.rename(away)
    noticed(scene)
    yield
    folder.mkdir(exist_ok=True)
    assert not [file for file in folder.iterdir() if file.stat().st_size], "it wrote beside what is gone"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    away.rename(folder)


def file_of(scene: Scene) -> str:
    return scene.settings.database_url.partition(":///")[2]


SQLITE = [
    Fault("SQLite locked by another program", held_by_another_program, STORE),
    # It comes and goes: a write that fits into pages which are there succeeds, as on a real full disk.
    Fault(
        "SQLite full",
        with_setting("max_page_count = 1", "max_page_count = 1000000"),
        STORE,
        comes_and_goes=True,
    ),
    Fault("SQLite read-only", with_setting("query_only = ON", "query_only = OFF"), STORE),
    Fault("SQLite's folder gone", folder_gone, STORE),
    Fault("SQLite locked behind a webhook", held_by_another_program, STORE, by_webhook=True),
]


@pytest.mark.parametrize("fault", SQLITE, ids=str)
async def test_the_bot_heals(fault: Fault, sqlite_url: str, calm: Sequence[Sequence[str]]) -> None:
    async with stage(sqlite_url, by_webhook=fault.by_webhook) as scene:
        await live_through(scene, fault, calm)


# Not the full one: where nobody writes, nothing needs room.
@pytest.mark.parametrize("fault", [SQLITE[0], SQLITE[2]], ids=str)
async def test_it_is_noticed_and_over_although_nobody_writes(fault: Fault, sqlite_url: str) -> None:
    async with stage(sqlite_url) as scene:
        await scene.start()
        assert await comes(scene, WELL)
        async with fault.strike(scene):
            assert await comes(scene, fault.shown())
        assert await comes(scene, WELL)


async def test_behind_a_webhook_it_is_over_although_nobody_calls(sqlite_url: str) -> None:
    """Else a proxy that leaves out whoever is not ready would leave it out for good."""
    told = {SECRET_HEADER: SECRET}
    async with stage(sqlite_url, by_webhook=True) as scene:
        await scene.start()
        assert await comes(scene, WELL)
        async with held_by_another_program(scene):
            assert (await scene.http.post("/telegram", content=b"junk", headers=told)).status_code == 503
            assert await comes(scene, SQLITE[0].shown())
        assert await comes(scene, WELL)


SERVER: list[Server] = []
"""The one server that there is; a strike knows only the scene."""


@asynccontextmanager
async def tables_held(scene: Scene) -> AsyncIterator[None]:
    """Another session holds a table, as a migration or an operator's mistake would."""
    assert scene.database
    async with scene.database.engine.connect() as other:
        await other.execute(text("SET idle_in_transaction_session_timeout = 0"))
        await other.execute(text("SET lock_timeout = 0"))
        await other.execute(text("LOCK TABLE chats IN ACCESS EXCLUSIVE MODE"))
        noticed(scene)
        yield
        await other.rollback()


def by_statements(on: Sequence[str], off: Sequence[str]) -> Strike:
    """Let the server refuse something until the block ends."""

    @asynccontextmanager
    async def strike(scene: Scene) -> AsyncIterator[None]:
        (server,) = SERVER
        name = scene.settings.database_url.partition("?")[0].rpartition("/")[2]
        await server.execute(*on, database=name)
        noticed(scene)
        yield
        await server.execute(*off, database=name)

    return strike


@asynccontextmanager
async def server_down(scene: Scene) -> AsyncIterator[None]:
    (server,) = SERVER
    await asyncio.to_thread(server.stop_at_once)
    noticed(scene)
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


@asynccontextmanager
async def connections_cut(scene: Scene) -> AsyncIterator[None]:
    """Every connection is cut again and again, in the middle of whatever it does."""
    (server,) = SERVER

    async def cut() -> None:
        while True:
            await server.execute(CUT_ALL)
            await asyncio.sleep(0.02)

    noticed(scene)
    cutting = asyncio.create_task(cut())
    yield
    cutting.cancel()
    await asyncio.gather(cutting, return_exceptions=True)


DISK_FULL = [
    """CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$""",
    "CREATE TRIGGER disk_full BEFORE INSERT ON updates EXECUTE FUNCTION disk_full()",
]
READ_ONLY = ["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"]
WRITABLE = [
    "SET default_transaction_read_only = off",
    "ALTER SYSTEM RESET default_transaction_read_only",
    "SELECT pg_reload_conf()",
]

POSTGRESQL = [
    Fault("PostgreSQL locked by another session", tables_held, STORE),
    Fault("PostgreSQL full", by_statements(DISK_FULL, ["DROP FUNCTION disk_full CASCADE"]), STORE),
    Fault("PostgreSQL read-only", by_statements(READ_ONLY, WRITABLE), STORE),
    Fault("PostgreSQL down", server_down, STORE),
    Fault("PostgreSQL's connections cut", connections_cut, STORE, comes_and_goes=True),
]


@pytest.mark.parametrize("fault", POSTGRESQL, ids=str)
async def test_the_bot_heals_on_a_server(
    fault: Fault, server: Server, postgresql_url: str, calm: Sequence[Sequence[str]]
) -> None:
    SERVER[:] = [server]
    async with stage(postgresql_url) as scene:
        await live_through(scene, fault, calm)
