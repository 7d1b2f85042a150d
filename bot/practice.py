"""The demo and the practice Telegram: nothing of it meets real people."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import clock, demo_mark, office_of, open_store, read_shelf
from bot.botapi.line import open_line
from bot.botapi.profile import sign_in
from bot.domain.errors import SettingsError
from bot.running import Tell, make_desk, make_worker, serve_console
from bot.sample import invite_into_group, invite_team, play_samples
from bot.settings import Mode, Settings
from bot.simulator import Chat, Simulator
from bot.simulator.server import serve
from bot.web.serving import serving

DEMO_TOKEN = "1000000001:DEMO-doorstep-practice-only"  # noqa: S105 -- opens nothing but our own simulator
_LAST_PORT = 65535
_HERE = "127.0.0.1"
"""Where the demo's console listens, whatever is set: whoever reaches it may be anybody on the team."""


async def demo(settings: Settings, tell: Tell, tell_console: Tell = lambda _url: None) -> None:
    """Run simulator, bot and console together on a database that is gone afterwards, until stopped."""
    shelf = read_shelf(settings)
    simulator = Simulator(clock=clock)
    with TemporaryDirectory(prefix="doorstep-demo-") as folder:
        database_url = f"sqlite+aiosqlite:///{Path(folder) / 'demo.sqlite3'}"
        port = _port_beside(settings)
        alone = {"database_url": database_url, "http_port": port, "http_host": _HERE, "console_url": None}
        here = settings.model_copy(update={**alone, "mode": Mode.DEMO})
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(_simulating(simulator, settings))
            store = await stack.enter_async_context(open_store(here))
            line = open_line(DEMO_TOKEN, url, demo_mark(shelf))
            stack.push_async_callback(line.shutdown)
            await sign_in(line)
            staff = _invite(simulator)
            here = here.model_copy(update={"staff_group_id": staff.id, "webhook_url": None})
            office = office_of(store, shelf, here)
            team = await invite_team(office, simulator, staff)
            desk = make_desk(store, shelf, here, team)
            stack.push_async_callback(desk.live.stop)
            worker = make_worker(line, store, shelf, here, with_cards=True)
            served = serve_console(worker.readiness, desk)
            console = await stack.enter_async_context(serving(served, _HERE, port))
            async with asyncio.TaskGroup() as group:
                group.create_task(worker.run())
                trial = next(iter(shelf.offered))
                group.create_task(play_samples(simulator, settings.flows_dir, trial, office, team))
                tell(url)
                tell_console(console)


def _port_beside(settings: Settings) -> int:
    """Return a free port for the console: the one after the chat page's, or else any."""
    for port in (settings.http_port + 1 if 0 < settings.http_port < _LAST_PORT else 0, 0):
        with suppress(OSError), socket.create_server((_HERE, port)) as tried:
            return int(tried.getsockname()[1])
    raise SettingsError("No port is free on this machine.")


def _invite(simulator: Simulator) -> Chat:
    """Put people in the demo: two with fresh phones, and a study team that gets the staff lines."""
    simulator.person(first_name="Anna", language_code="en")
    simulator.person(first_name="美", language_code="zh-hans")
    return invite_into_group(simulator)


async def simulate(settings: Settings, tell: Tell) -> None:
    """Run the simulator alone until stopped."""
    async with _simulating(Simulator(clock=clock), settings) as url:
        tell(url)
        await asyncio.Event().wait()


@asynccontextmanager
async def _simulating(simulator: Simulator, settings: Settings) -> AsyncIterator[str]:
    try:
        async with serve(simulator, host=settings.http_host, port=settings.http_port) as url:
            yield url
    except OSError as error:
        raise SettingsError(
            f"Port {settings.http_port} cannot be used ({error.strerror}). Choose another with --port, "
            f"for example: --port {settings.http_port + 1}"
        ) from None
