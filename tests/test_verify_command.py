"""`python -m bot verify` as an operator types it: what it prints, and how it ends."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from tests.conftest import shipped
from tests.talk import open_world


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database in which two people began."""

    async def talk() -> None:
        async with open_world(tmp_path, shipped()) as world:
            for number in (7, 8):
                await world.send(world.phone("en", number), "/start")

    asyncio.run(talk())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'world.sqlite3'}")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "world.sqlite3"


def verify() -> Result:
    return CliRunner().invoke(cli, ["verify"])


@pytest.mark.usefixtures("path")
def test_it_ends_with_0_where_all_is_as_it_was_written() -> None:
    ended = verify()
    assert ended.exit_code == 0
    assert "2 conversations, 2 events, 0 findings" in ended.output


def test_it_names_a_conversation_whose_end_was_put_off(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        (talk,) = connection.execute("SELECT id FROM conversations ORDER BY 1").fetchone()
        connection.execute("UPDATE conversations SET due_at = '2999-01-01 00:00:00' WHERE id = ?", (talk,))
    ended = verify()
    assert ended.exit_code == 1
    assert f"{talk}/ something is due at another time than its state says" in ended.output
    assert "1 finding" in ended.output


def test_it_ends_with_1_and_names_the_row(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        (talk,) = connection.execute("SELECT conversation_id FROM events ORDER BY 1").fetchone()
        connection.execute("UPDATE events SET actor = 'system' WHERE conversation_id = ?", (talk,))
    ended = verify()
    assert ended.exit_code == 1
    assert f"{talk}/1 an event, or the one before it, was changed" in ended.output
    assert "2 findings" in ended.output
