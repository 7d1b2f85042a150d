"""What is logged: our own fixed words and a few fields; of everybody else who and where, and no words."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from telegram import Bot

from bot.cli import logs
from bot.cli.logs import FIELDS, catch_all, prepare_logs, unseen
from bot.cli.screen import until_stopped
from bot.domain.errors import DoorstepError
from tests.conftest import ROOT

SECRET = "1000000001:AAE-canary-token"
SAID = "canary: I cough blood, my name is Meiling"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What stands on standard error, with everything logged at every level."""
    for owner, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, hook, getattr(owner, hook))
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    stream = io.StringIO()
    levels = {name: logging.getLogger(name).level for name in ("", *logs._WORDY)}
    prepare_logs("DEBUG", stream)
    catch_all()
    for name in logs._WORDY:
        logging.getLogger(name).setLevel(logging.DEBUG)  # as if nobody had quietened them
    yield stream
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    for handler in [each for each in logging.root.handlers if isinstance(each, logs.Told)]:
        logging.root.removeHandler(handler)


def rows(told: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.getvalue().splitlines()]


def test_our_own_words_and_fields_pass(told: io.StringIO) -> None:
    logging.getLogger("bot.botapi.sender").warning("refused", extra={"id": 7, "reason": "Bad Request"})
    (row,) = rows(told)
    assert row.pop("at").endswith("+00:00")
    assert row == {
        "level": "WARNING",
        "logger": "bot.botapi.sender",
        "event": "refused",
        "id": 7,
        "reason": "Bad Request",
    }


@pytest.mark.usefixtures("told")
def test_on_a_terminal_it_reads_well() -> None:
    screen = Terminal()
    prepare_logs("INFO", screen)
    logging.getLogger("bot.botapi.sender").warning("refused", extra={"id": 7})
    assert screen.getvalue()[8:] == " WARNING bot.botapi.sender refused id=7\n"


def test_what_is_given_beside_the_fields_or_is_no_code_does_not_pass(told: io.StringIO) -> None:
    log = logging.getLogger("bot.service")
    log.warning("refused: %s", SAID)
    log.warning("refused", extra={"answer": SAID, "reason": SAID + "\n"})
    log.warning("refused", extra={"id": {"said": SAID}})
    assert len(rows(told)) == 3
    assert "canary" not in told.getvalue()


@pytest.mark.parametrize("name", ["telegram.Bot", "sqlalchemy.engine", "httpx", "aiohttp.access", "anything"])
def test_of_a_library_only_who_and_where(name: str, told: io.StringIO) -> None:
    log = logging.getLogger(name)
    level, log.level = log.level, logging.DEBUG
    # As they were seen to write: a whole update, an address with the token, values of SQL, an object's name.
    log.critical("Error while parsing updates! Received data was %r", [{"message": {"text": SAID}}])
    log.error(f"HTTP Request: POST https://api.telegram.org/bot{SECRET}/getMe")  # noqa: G004 -- as libraries do
    log.debug("[parameters: %r]", (SAID,))
    log.error("%r", Bot(SECRET), exc_info=ValueError(SAID))
    log.setLevel(level)
    assert "canary" not in told.getvalue()
    assert {row["event"] for row in rows(told)} == {"library"}
    assert {"test_logs.py"} <= {row["where"].partition(":")[0] for row in rows(told)}
    assert rows(told)[-1]["error"] == "ValueError"
    assert SECRET in repr(Bot(SECRET)), "the library no longer shows it: the test shows nothing"


def fails() -> None:
    try:
        raise KeyError(SAID)  # noqa: TRY301 -- a cause is what is wanted
    except KeyError as error:
        raise ValueError(SAID) from error


def test_a_traceback_names_kinds_and_places_and_quotes_nothing(told: io.StringIO) -> None:
    try:
        fails()
    except ValueError:
        logging.getLogger("bot.service").exception("failed")
    (row,) = rows(told)
    assert row["error"] == "ValueError < KeyError"
    assert row["trace"][-1].endswith(" fails")
    assert "canary" not in told.getvalue()


def test_an_error_of_our_own_says_what_it_is(told: io.StringIO) -> None:
    logging.getLogger("bot.service").error("failed", exc_info=DoorstepError("SIGNING_KEY is not set."))
    assert rows(told)[0]["says"] == "SIGNING_KEY is not set."


def test_what_nobody_catches_goes_the_same_way(told: io.StringIO) -> None:
    error = ValueError(SAID)
    sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    warnings.showwarning(SAID, UserWarning, "/somewhere/library.py", 7)

    class Broken:
        def __del__(self) -> None:
            raise ValueError(SAID)

    Broken()
    events = [row["event"] for row in rows(told)]
    assert events == ["failed", "failed in a thread", "warning", "failed while tidying up"]
    assert rows(told)[2]["reason"] == "library.py 7"
    assert "canary" not in told.getvalue()


async def test_what_fails_in_the_background_goes_the_same_way(told: io.StringIO) -> None:
    asyncio.get_running_loop().set_exception_handler(unseen)

    asyncio.get_running_loop().call_soon(fails)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [row["event"] for row in rows(told) if row["logger"] == "bot"] == ["failed in the background"]
    assert "canary" not in told.getvalue()


def test_every_command_that_serves_hears_of_it() -> None:
    async def work() -> None:
        assert asyncio.get_running_loop().get_exception_handler() is unseen

    until_stopped(work)


def test_a_record_that_cannot_be_written_is_not_printed(told: io.StringIO) -> None:
    class Strange:
        def __str__(self) -> str:
            raise ValueError(SAID)

    logs.Told(told).emit(logging.LogRecord("bot", logging.ERROR, "", 0, Strange(), None, None))
    assert told.getvalue() == ""


def test_a_command_that_fails_unforeseen_prints_no_values() -> None:
    """The whole program, in a process of its own, with an error in the middle of it that quotes somebody."""
    code = (
        "import bot.app, bot.cli, sys\n"
        f"def fail(*_): raise ValueError({SAID!r})\n"
        "bot.app.migrate = fail\n"
        "sys.argv = ['bot', 'migrate']\n"
        "bot.cli.main()\n"
    )
    home = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, env=home, check=False)
    assert ended.returncode == 1
    assert "canary" not in ended.stdout + ended.stderr
    (row,) = [json.loads(line) for line in ended.stderr.splitlines()]
    assert (row["event"], row["error"]) == ("failed", "ValueError")


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield each call of a logger in the program."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log"))):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node
                case _:
                    pass


def test_every_line_of_the_program_has_fixed_words() -> None:
    """And no values in them: those stand in the few fields, so that nobody has to read what they may hold."""
    found = dict(calls())
    assert len(found) > 15
    for where, call in found.items():
        assert len(call.args) == 1, where
        assert isinstance(call.args[0], ast.Constant), where
        for extra in (each.value for each in call.keywords if each.arg == "extra"):
            keys = extra.keys if isinstance(extra, ast.Dict) else []
            assert {key.value for key in keys if isinstance(key, ast.Constant)} <= set(FIELDS), where
