"""What is logged: ids and kinds only."""

from __future__ import annotations

import logging
import sys

_WORDY = (
    *("aiohttp", "aiosqlite", "alembic", "asyncio", "httpcore", "httpx"),
    *("sqlalchemy", "telegram", "uvicorn"),
)
"""Libraries that log whole updates, URLs with the token, or values: quiet below a warning."""


def prepare_logs(level: str) -> None:
    """Log ids and kinds only, to standard error."""
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level, format=form, stream=sys.stderr)
    for library in _WORDY:
        logging.getLogger(library).setLevel(logging.WARNING)
    # It quotes whole answers of Telegram at ERROR, and whole updates at CRITICAL.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
