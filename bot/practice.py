"""The demo and the practice Telegram: nothing of it meets real people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import Tell, clock, demo_mark, make_worker, open_store, read_shelf
from bot.botapi.line import open_line
from bot.botapi.profile import sign_in
from bot.content.dialogues import FOLDER, parse_dialogue
from bot.domain.errors import SettingsError
from bot.settings import Mode, Settings
from bot.simulator import Chat, Simulator
from bot.simulator.player import play
from bot.simulator.server import serve

DEMO_TOKEN = "1000000001:DEMO-doorstep-practice-only"  # noqa: S105 -- opens nothing but our own simulator
_SAMPLE = "fits.txt"
"""The dialogue that the demo plays, where a trial has it."""


async def demo(settings: Settings, tell: Tell) -> None:
    """Run simulator and bot together on a database that is gone afterwards, until stopped."""
    shelf = read_shelf(settings)
    simulator = Simulator(clock=clock)
    with TemporaryDirectory(prefix="doorstep-demo-") as folder:
        database_url = f"sqlite+aiosqlite:///{Path(folder) / 'demo.sqlite3'}"
        here = settings.model_copy(update={"database_url": database_url, "mode": Mode.DEMO})
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(_simulating(simulator, settings))
            store = await stack.enter_async_context(open_store(here))
            line = open_line(DEMO_TOKEN, url, demo_mark(shelf))
            stack.push_async_callback(line.shutdown)
            await sign_in(line)
            staff = _invite(simulator)
            async with asyncio.TaskGroup() as group:
                here = here.model_copy(update={"staff_group_id": staff.id, "webhook_url": None})
                group.create_task(make_worker(line, store, shelf, here).run())
                group.create_task(_play_sample(simulator, settings.flows_dir, next(iter(shelf.offered))))
                tell(url)


def _invite(simulator: Simulator) -> Chat:
    """Put people in the demo: two with fresh phones, and a study team that gets the staff lines."""
    simulator.person(first_name="Anna", language_code="en")
    simulator.person(first_name="美", language_code="zh-hans")
    return simulator.group("Study team", [])


async def _play_sample(simulator: Simulator, flows: Path, trial: str) -> None:
    """Let somebody have talked to the bot already, by a dialogue that the trial comes with."""
    path = flows / trial / FOLDER / _SAMPLE
    if path.is_file():
        dialogue = parse_dialogue(path.read_text("utf-8"))
        person = simulator.person(first_name="Sample", language_code=dialogue.phone)
        await play(person, (line.text for line in dialogue.lines if line.mark == ">"))


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
