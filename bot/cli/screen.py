"""What the commands share: where they print, and how they run until stopped."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import Progress

from bot.cli.logs import unseen

out = Console()
err = Console(stderr=True)


def tell(line: str) -> None:
    """Show the operator one line."""
    out.print(line, highlight=False, soft_wrap=True)


def tell_unrecorded() -> None:
    """Say, apart from what is printed for others, that what was done stands on no record."""
    err.print(
        "[yellow]![/yellow] This is on no record: the database does not take what is written to it. "
        "The audit trail in the console will not show it.",
        highlight=False,
        soft_wrap=True,
    )


def many(number: int, thing: str) -> str:
    """Return how many things there are, in words that also fit one."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Give the means to show how far a long job is; where nobody watches, nothing is shown."""
    if not err.is_interactive:
        yield lambda _done, _total: None
        return
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_json(value: Any) -> None:  # noqa: ANN401 -- JSON
    """Print for programs: nothing but JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def until_stopped(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run until Ctrl+C or a stop signal, which are no errors."""

    async def stoppable() -> None:
        asyncio.get_running_loop().set_exception_handler(unseen)
        task = asyncio.ensure_future(work())
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            tell("Stopped.")

    asyncio.run(stoppable())
