"""What the commands share: where they print, and how they run until stopped."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from rich.console import Console

out = Console()
err = Console(stderr=True)


def tell(line: str) -> None:
    """Show the operator one line."""
    out.print(line, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:  # noqa: ANN401 -- JSON
    """Print for programs: nothing but JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def until_stopped(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run until Ctrl+C or a stop signal, which are no errors."""

    async def stoppable() -> None:
        task = asyncio.ensure_future(work())
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            tell("Stopped.")

    asyncio.run(stoppable())
