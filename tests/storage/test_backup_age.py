"""An operator without a backup is told so, and everything goes on."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.service.ports import StoreUnavailable
from bot.storage import backup_age
from bot.storage.backup import backup
from bot.storage.backup_age import TOO_OLD, BackupAge
from bot.storage.store import SqlStore
from tests.storage.conftest import only_sqlite
from tests.storage.persona import NOW

pytestmark = only_sqlite


async def told(age: BackupAge) -> str:
    await age.look()
    return age.told()["backup"]


async def test_none_then_a_fresh_one_then_an_old_one(store: SqlStore, tmp_path: Path) -> None:
    now = [NOW]
    age = BackupAge(store, lambda: now[0])
    assert await told(age) == "none yet"
    await backup(store, tmp_path, tmp_path, NOW, None)
    assert await told(age) == "2026-11-22"
    now[0] += TOO_OLD
    assert await told(age) == "2026-11-22"
    now[0] += timedelta(seconds=1)
    assert await told(age) == "2026-11-22, too old"


@pytest.mark.parametrize("made", [False, True])
async def test_it_is_said_at_the_start_only_where_something_is_wanting(
    store: SqlStore, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, made: bool
) -> None:
    if made:
        await backup(store, tmp_path, tmp_path, NOW, None)
    with caplog.at_level(logging.WARNING, backup_age.__name__):
        watching = asyncio.create_task(BackupAge(store, lambda: NOW).watch())
        await asyncio.wait([watching], timeout=0.5)
        watching.cancel()
    assert ("python -m bot backup" in caplog.text) is not made


async def test_what_was_known_stays_while_the_database_is_away(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backup(store, tmp_path, tmp_path, NOW, None)
    age = BackupAge(store, lambda: NOW)
    assert await told(age) == "2026-11-22"

    async def away(_store: SqlStore) -> None:
        raise StoreUnavailable("OperationalError")

    monkeypatch.setattr(backup_age, "last_backup", away)
    assert await told(age) == "2026-11-22"
