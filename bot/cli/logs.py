"""What is logged: ids and kinds only, one line each, whoever wrote it.

Of our own loggers the fixed words and a few fields pass; of libraries only who, where and which error. A
library's words may hold the token (addresses, what an object calls itself), whole updates or SQL values, and
so may the text of any exception but our own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import threading
import traceback
import warnings
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from bot.domain.errors import DoorstepError

log = logging.getLogger("bot")

FIELDS = ("error", "reason", "id", "count", "language", "seconds")
"""What may stand beside the words of our own, given as `extra`."""
_PLAIN = re.compile(r"[\w .,'/-]{1,80}", re.ASCII)
_WORDY = (
    *("aiohttp", "aiosqlite", "alembic", "asyncio", "httpcore", "httpx"),
    *("sqlalchemy", "telegram", "uvicorn"),
)
"""Libraries that say a great deal: quiet below a warning."""
_MOST_FRAMES = 12

Row = dict[str, Any]


def prepare_logs(level: str, stream: TextIO | None = None) -> None:
    """Log to standard error, or to this stream: JSON, or for people where it is a terminal."""
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, Told):
            root.removeHandler(handler)
    root.addHandler(Told(stream))
    root.setLevel(level)
    for library in _WORDY:
        logging.getLogger(library).setLevel(logging.WARNING)
    # It quotes whole answers of Telegram at ERROR, and whole updates at CRITICAL.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


def catch_all() -> None:
    """Have what nobody caught, and warnings, go the same way, instead of to standard error as it is."""
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _of_thread
    warnings.showwarning = _warned


class Told(logging.Handler):
    """Writes to a stream, or to what standard error is at the time."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; what cannot be written is not quoted elsewhere either."""
        try:
            stream = self._stream or sys.stderr
            row = row_of(record)
            stream.write((_for_people(row) if stream.isatty() else json.dumps(row)) + "\n")
            stream.flush()
        except Exception:  # noqa: BLE001, S110 -- logging's own way out would print the message with its values
            pass


def row_of(record: logging.LogRecord) -> Row:
    """Return what may be known of a record."""
    row: Row = {"at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")}
    row |= {"level": record.levelname, "logger": record.name}
    if record.name.partition(".")[0] == "bot":
        row["event"] = str(record.msg)
        row |= {name: _value(vars(record)[name]) for name in FIELDS if name in vars(record)}
    else:
        row |= {"event": "library", "where": f"{Path(record.pathname).name}:{record.lineno}"}
    if record.exc_info and record.exc_info[1]:
        row |= _failure(record.exc_info[1])
    return row


def unseen(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what failed in an event loop with nobody waiting for it."""
    error = context.get("exception")
    log.error("failed in the background", exc_info=error if isinstance(error, BaseException) else None)


def fatal(error: BaseException) -> None:
    """Log what ends the program."""
    log.critical("failed", exc_info=error)


def _value(value: object) -> object:
    """Return a number, or a code as it is; of anything else only that it was there."""
    if isinstance(value, int | float):
        return value
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else "…"


def _failure(error: BaseException) -> Row:
    causes = [type(error).__name__]
    link = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    while link is not None and len(causes) < _MOST_FRAMES:
        causes.append(type(link).__name__)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    trace = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    said = {"says": str(error)} if isinstance(error, DoorstepError) else {}
    return {"error": " < ".join(causes), **said, "trace": trace}


def _for_people(row: Row) -> str:
    rest = [f"{name}={value}" for name, value in row.items() if name not in _SHOWN]
    return " ".join([row["at"][11:19], row["level"], row["logger"], row["event"], *rest])


_SHOWN = {"at", "level", "logger", "event"}


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("failed", exc_info=(kind, error, trace))


def _of_thread(failed: threading.ExceptHookArgs) -> None:
    log.error("failed in a thread", exc_info=failed.exc_value)


def _unraisable(failed: Any) -> None:  # noqa: ANN401 -- sys.UnraisableHookArgs is for type checkers only
    log.error("failed while tidying up", exc_info=failed.exc_value)


def _warned(
    message: Warning | str,  # noqa: ARG001 -- its words may be anything
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 -- as Python calls it
    line: str | None = None,  # noqa: ARG001 -- as Python calls it
) -> None:
    reason = f"{Path(filename).name} {lineno}"
    log.warning("warning", extra={"error": category.__name__, "reason": reason})
