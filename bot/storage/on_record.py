"""What the operator does at the command line, put on the record of the installation."""

from __future__ import annotations

from bot.domain.staff import InstallationEvent
from bot.storage.store import SqlStore


async def put_on_record(store: SqlStore, event: InstallationEvent) -> bool:
    """Append an event to the installation's chain; tell whether it could be kept.

    Whatever is wrong with the database, this does not fail: a copy is most needed where nothing can be kept.
    """
    try:
        async with store.transaction() as transaction:
            await transaction.register.record(event)
    except Exception:  # noqa: BLE001 -- whoever called goes on, and says that there is no record
        return False
    return True
