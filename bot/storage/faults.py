"""What the driver raises, in the use cases' words and without anybody's values."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.service.ports import StoreUnavailable

_PASSING = frozenset({"08", "25", "40", "53", "55", "57", "58", "XX"})
"""Classes of PostgreSQL's codes: connection, read only, deadlock, full, locked, stopped, disk, damage."""


@contextmanager
def unavailable() -> Iterator[None]:
    """Say in the use cases' word that the database is locked, full, read-only or gone.

    Whoever is cancelled meanwhile stays cancelled.
    """
    try:
        yield
    except DBAPIError as error:
        _stay_cancelled()
        if not _is_passing(error):
            raise
        raise StoreUnavailable(_name(error)) from None
    except (OSError, PoolTimeoutError) as error:  # no connection was to be had
        _stay_cancelled()
        raise StoreUnavailable(type(error).__name__) from None


def _stay_cancelled() -> None:
    # A rollback over a connection that is gone fails too, and its error would take the place of the
    # cancellation: whoever tries again after an error would go on for ever, and nothing could stop the bot.
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError from None


def _is_passing(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None) or ""
    # Nothing more exact than DatabaseError: SQLite's word for a file that is damaged or none of its own.
    # InternalError: asyncpg's for an answer that broke off in the middle.
    plain = (
        isinstance(error, OperationalError | InterfaceError | InternalError) or type(error) is DatabaseError
    )
    return plain or error.connection_invalidated or code[:2] in _PASSING


def _name(error: DBAPIError) -> str:
    # SQLAlchemy calls most of what asyncpg raises just Error; asyncpg says what it was.
    return type((error.orig and error.orig.__cause__) or error.orig).__name__


def strip_values(context: ExceptionContext) -> None:
    """Take out of an error what PostgreSQL adds to it: the row that was refused, with its values."""
    error: BaseException | None = context.original_exception
    while error:
        if getattr(error, "detail", None):
            vars(error)["detail"] = None
        error = error.__cause__
