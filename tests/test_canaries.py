"""The watch for canaries can fail: each way to let something out is planted once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PLANTED = """
import logging
import sys
from pathlib import Path

from telegram import Bot

from bot.botapi.line import open_line
from bot.content.bundle import Bundle
from bot.storage.tables import chats
from tests.botapi.running import Someone, running
from tests.conftest import shipped
from tests.talk import open_world

log = logging.getLogger("bot.somewhere")
SAID = "canary, will it hurt my lungs?"


async def talk(folder: Path) -> Someone:
    async with running(folder, shipped()) as bot:
        mei = Someone(bot.simulator.person(first_name="Canary-Meiling"))
        await mei.say("/start")
        await mei.say(SAID)
    return mei


async def test_clean(tmp_path: Path) -> None:
    await talk(tmp_path)


async def test_update(tmp_path: Path) -> None:
    mei = await talk(tmp_path)
    log.debug("update: %s", {"text": SAID, "from": mei.person.user()})


async def test_sql(tmp_path: Path) -> None:
    async with open_world(tmp_path, shipped()) as world:
        await world.send(world.phone(number=7310555001), "/start")
        statement = chats.select().where(chats.c.id == "7310555001").compile()
        sys.stderr.write(f"{statement} {statement.params}")


def test_repr() -> None:
    line = open_line("1000000001:AAE-canary", "http://127.0.0.1:9")
    print(Bot.__repr__(line))


async def test_error(tmp_path: Path) -> None:
    await talk(tmp_path)
    log.warning("failed", extra={"reason": "said: Canary-Meiling"})
"""


def test_each_way_out_is_noticed() -> None:
    file = ROOT / "tests" / f"test_planted_canaries_{os.getpid()}.py"
    file.write_text(PLANTED, "utf-8")
    try:
        ended = run(file)
    finally:
        file.unlink()
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", ended, re.MULTILINE))
    assert failed == {"test_update", "test_sql", "test_repr", "test_error"}, ended[-3000:]
    assert re.search(r"^[4-9] canaries in [\d,]+ lines of log", ended, re.MULTILINE)


def run(file: Path) -> str:
    command = [sys.executable, "-m", "pytest", "-p", "tests.canaries", "-p", "no:cacheprovider", str(file)]
    home = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    ended = subprocess.run(
        command, cwd=ROOT, env=home, capture_output=True, text=True, check=False, timeout=300
    )
    return ended.stdout + ended.stderr
