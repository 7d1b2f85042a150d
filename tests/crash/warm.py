"""Started by tests.crash.process: imports the bot once, then forks a program a line and buries it on request.

What is the same for every process is done here once: the imports, reading the trial, and what a library looks
up the first time it is used. A line is JSON: {"start": "bot" or "stock", "log": …, "settings": {…}}, answered
by the process id, or {"bury": id}, answered by the exit code.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from bot import app, cli
from bot.content.load import load_trials
from bot.settings import Settings
from bot.storage.migrate import prepare
from tests.crash import stock


def warm_up() -> None:
    """Read the trial and make a database, so that the processes to come need not learn how."""
    settings = Settings(_env_file=None)
    trials = load_trials(settings.flows_dir, settings.locales_dir)
    patch.object(app, "load_trials", lambda *_folders: trials).start()
    import_module("asyncpg")  # otherwise done when a database is first opened
    with TemporaryDirectory() as folder:
        asyncio.run(prepare(f"sqlite:///{Path(folder) / 'first.sqlite3'}"))
    gc.collect()
    gc.freeze()


def bot() -> None:
    """Be `python -m bot run`."""
    sys.argv = ["bot", "run"]
    cli.main()


PROGRAMS: dict[str, Callable[[], None]] = {"bot": bot, "stock": stock.main}


def run(order: dict[str, Any]) -> None:
    """Be the program, from here to its end."""
    descriptor = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.environ.update(order["settings"])
    try:
        PROGRAMS[order["start"]]()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    os._exit(0)


def start(order: dict[str, Any]) -> int:
    """Fork a program and return its process id."""
    child = os.fork()
    if not child:
        run(order)
    return child


if __name__ == "__main__":
    warm_up()
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            answer = start(asked)
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["bury"], 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
