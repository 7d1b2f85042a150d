"""A database for each test, people's words on a calm day, and a program in a hurry."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.crash.talker import CAST
from tests.crash.test_cancel import talked_calmly
from tests.faults.stage import hurry
from tests.storage.conftest import postgresql_url as postgresql_url
from tests.storage.conftest import server as server
from tests.storage.conftest import sqlite_at_head as sqlite_at_head
from tests.storage.conftest import sqlite_url as sqlite_url


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """What each persona sees when nothing goes wrong."""
    people = asyncio.run(talked_calmly(tmp_path_factory.mktemp("calm"), len(CAST)))
    return [talker.texts for talker in people]


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
