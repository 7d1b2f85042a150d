"""`pytest -p tests.canaries`: everything is logged at DEBUG, and no test may let out who said what.

Canaries are the bot's token, the name and Telegram id of whoever speaks, and what they say, in whatever test.
None may stand in a line of the log, in standard output or error, in an address asked of Telegram, in metrics.
"""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import generate_latest

from bot.botapi.line import Line
from bot.botapi.transport import Transport
from bot.botapi.worker import Worker
from bot.cli.logs import row_of
from bot.service.ports import Changes, StoreUnavailable
from bot.service.tally import Figures
from bot.simulator.people import Person
from bot.storage.transaction import SqlTransaction
from bot.web.metrics import Lag, Metrics

_SHORTEST = 8
"""Letters of a canary at least: a shorter one would be found by chance."""
_STREAMS = re.compile(r"Captured std(out|err)")


class Watch(logging.Handler):
    """What one test let out, and what it must not have."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.canaries: set[str] = set()
        self.let_out: list[tuple[str, str]] = []
        self.lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line as the program writes it; of our own, with all that was given to be written."""
        self.lines += 1
        self.let_out.append(("log", json.dumps(row_of(record), ensure_ascii=False)))
        if record.name.partition(".")[0] == "bot":
            self.let_out.append(("log", f"{record.getMessage()} {vars(record).get('reason')}"))

    def must_not_show(self, *values: object) -> None:
        """Add canaries."""
        self.canaries |= {text for value in values if len(text := str(value)) >= _SHORTEST}

    def hits(self) -> list[str]:
        """Return what was let out."""
        seen = {(where, canary) for where, text in self.let_out for canary in self.canaries if canary in text}
        return sorted(f"{where}: {canary!r}" for where, canary in seen)

    def forget(self) -> None:
        """Begin with the next test."""
        self.canaries.clear()
        self.let_out.clear()


WATCH = Watch()
TOTAL = {"tests": 0, "hits": 0}


def pytest_configure() -> None:
    """Listen to everything, at every level."""
    root = logging.getLogger()
    root.addHandler(WATCH)
    root.setLevel(logging.DEBUG)
    for verb in ("send", "attach", "edit"):
        setattr(Person, verb, _speaking(getattr(Person, verb)))
    _wrap(Line, "__init__", lambda _line, token, *_rest, **_more: WATCH.must_not_show(token, _secret(token)))
    _wrap(SqlTransaction, "keep", _kept)
    _wrap(Transport, "do_request", lambda _self, url, *_rest, **_more: _asked(url))
    _measure(Worker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:  # noqa: ARG001 -- as pytest calls it
    """Fail a test, when all of it is over, that let anything out."""
    report: Any = yield
    if report.when == "teardown":
        WATCH.let_out += [(name, text) for name, text in report.sections if _STREAMS.match(name)]
        hits = WATCH.hits()
        TOTAL["tests"] += 1
        TOTAL["hits"] += len(hits)
        if hits:
            report.outcome = "failed"
            report.longrepr = "let out in " + "; ".join(hits)
        WATCH.forget()
    return report  # type: ignore[no-any-return]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand on what one of several processes looked at."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["canaries"] = {**TOTAL, "lines": WATCH.lines}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:  # noqa: ARG001 -- as pytest-xdist calls it
    """Count what another process looked at."""
    seen = getattr(node, "workeroutput", {}).get("canaries", {})
    WATCH.lines += seen.pop("lines", 0)
    TOTAL.update({name: TOTAL[name] + count for name, count in seen.items()})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was looked at."""
    seen = f"{WATCH.lines:,} lines of log at DEBUG and all output of {TOTAL['tests']} tests"
    terminalreporter.write_line(f"{TOTAL['hits']} canaries in {seen}")


def _secret(token: str) -> str:
    return token.partition(":")[2]


def _wrap(owner: type, name: str, first: Callable[..., object]) -> None:
    inner = getattr(owner, name)

    @functools.wraps(inner)
    def wrapped(*given: Any, **named: Any) -> Any:
        first(*given, **named)
        return inner(*given, **named)

    setattr(owner, name, wrapped)


def _speaking(verb: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(verb)
    def speaks(person: Person, *said: Any, **more: Any) -> Any:
        commands = [text for text in said if isinstance(text, str) and not text.startswith("/")]
        WATCH.must_not_show(person.id, person.first_name, *commands)
        return verb(person, *said, **more)

    return speaks


def _kept(_self: SqlTransaction, changes: Changes, *_rest: object) -> None:
    """Whatever is sealed in the store must not stand open elsewhere."""
    people = [person.telegram_id for person in changes.newcomers]
    said = [getattr(event, "value", "") for kept in changes.kept for event in kept.events]
    known = {"prefer_not", "not_sure", "under_18", "18_or_older"}  # keys of the trial, which are no one's
    WATCH.must_not_show(*people, *(value for value in said if value not in known))
    WATCH.must_not_show(
        *(one.message.html for one in changes.outgoing), *(x.body for x in changes.quarantined)
    )


def _asked(url: str) -> None:
    """An address holds the token where Telegram wants it, and nothing else."""
    WATCH.let_out.append(("address", re.sub(r"/bot\d+:[\w-]+/", "/", url)))


def _measure(worker: type[Worker]) -> None:
    run = worker.run

    @functools.wraps(run)
    async def running(self: Worker, *given: Any) -> None:
        try:
            await run(self, *given)
        finally:
            metrics = Metrics(self.tally, _away, Lag(), lambda: datetime.now(UTC), self.readiness)  # noqa: TID251 -- a test
            WATCH.let_out.append(("metrics", generate_latest(metrics._registry).decode()))

    setattr(worker, "run", running)  # noqa: B010 -- a type checker would not have it otherwise


async def _away() -> Figures:
    raise StoreUnavailable("not asked here")
