"""The gate as an operator meets it: what `run`, `approve`, `approvals` and `script` print."""

from __future__ import annotations

import asyncio
import base64
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import app, running
from bot.content.approvals import day_of
from bot.domain.errors import SettingsError
from bot.settings import Settings
from tests.conftest import FLOWS, shipped
from tests.content.planted import Copy
from tests.content.test_gate import decided, ready, templates
from tests.test_cli import TRIAL, Bot, bot

__all__ = ["bot", "decided", "ready", "templates"]  # fixtures that are used here too

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def production(copy: Copy, tmp_path: Path, **other: object) -> Settings:
    values: dict[str, object] = {
        "mode": "production",
        "telegram_bot_token": "123456789:AAE-made-up",
        "encryption_keys": KEY,
        "signing_key": KEY,
        "checkpoint_dir": tmp_path / "checkpoints",
        "flows_dir": copy.root / "flows",
        "locales_dir": copy.locales,
        **other,
    }
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


def test_all_that_is_missing_is_named_at_once(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODE", "production")
    shown = bot("run")
    assert shown.code == 1
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", shown.err, re.MULTILINE)]
    assert numbers == list(range(1, 4 + 11 + 6 + 2 + 1))
    assert f"MODE=production refuses to start: {len(numbers)} things are missing." in shown.err


def test_whoever_looks_at_a_trial_need_not_pass(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODE", "production")
    assert bot("check", TRIAL).code == 0
    assert bot("approvals").code == 1


def test_nothing_is_read_or_written_in_production_without_keys(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODE", "production")
    shown = bot("export")
    assert shown.code == 1
    assert "ENCRYPTION_KEYS is not set" in shown.err


def test_what_is_complete_passes_and_one_character_stops_it(ready: Copy, tmp_path: Path) -> None:
    settings = production(ready, tmp_path)
    app.pass_gate(settings, NOW)
    ready.edit("en.yaml", "takes about 5 minutes", "takes about 6 minutes")
    with pytest.raises(SettingsError, match="2 things are missing") as refused:
        app.pass_gate(settings, NOW)
    assert str(refused.value).count("is of other content") == 2
    with pytest.raises(SettingsError):
        asyncio.run(running.run(settings, lambda _: pytest.fail("it started")))


def test_a_closed_start_needs_no_approval_that_holds(ready: Copy, tmp_path: Path) -> None:
    settings, late = production(ready, tmp_path), NOW + timedelta(days=100)
    with pytest.raises(SettingsError, match="expired on"):
        app.pass_gate(settings, late)
    app.pass_gate(settings, late, closed=True)
    shelf = app.read_shelf(settings)
    licence = app.read_licence(settings, shelf, closed=True)
    assert licence
    assert not licence.holds(shipped().trial, NOW)


def test_a_pilot_and_a_demo_have_no_licence_and_no_gate(ready: Copy, tmp_path: Path) -> None:
    for mode in ("pilot", "demo"):
        settings = production(ready, tmp_path, mode=mode)
        app.pass_gate(settings, NOW + timedelta(days=999))
        assert app.read_licence(settings, app.read_shelf(settings)) is None
    ready.edit("trial.yaml", "jurisdiction: CN", "jurisdiction: US-HIPAA")
    with pytest.raises(SettingsError, match="business associate agreement"):
        app.pass_gate(production(ready, tmp_path, mode="pilot"), NOW)
    app.pass_gate(production(ready, tmp_path, mode="demo"), NOW)


def test_an_approval_is_written_down_and_shown(
    bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows = Path(shutil.copytree(FLOWS, tmp_path / "flows"))
    monkeypatch.setenv("FLOWS_DIR", str(flows))
    today = day_of(app.clock())
    letter = ("--committee", "伦理委员会 [A]", "--number", "7/26", "--approved-on", str(today))
    end = ("--expires-on", str(today + timedelta(days=10)))
    shown = bot("approve", TRIAL, "--language", "zh-Hans", *letter, *end)
    assert (shown.code, shown.err) == (0, "")
    assert shipped().content_hash in shown.out
    assert (flows / TRIAL / "approvals.yaml").stat().st_mode & 0o777 == 0o644
    assert bot("approve", TRIAL, "--language", "zh-Hans", *letter, *end).code == 1
    listed = bot("approvals", TRIAL)
    assert listed.code == 1, "English is not approved"
    assert re.search(r"zh-Hans +│ approved +│ 伦理委员会 \[A\] +│ 7/26", listed.out)
    assert "10 days" in listed.out
    assert re.search(r"en +│ not approved", listed.out)
    assert bot("approve", TRIAL, "--language", "fr", *letter, *end).code == 1
    assert bot("approve", TRIAL, "--language", "en", *letter, *end).code == 0
    assert bot("approvals").code == 0
    sheet = bot("script", TRIAL, "--language", "en", "--language", "zh-Hans", "--format", "html").out
    assert "APPROVED. en: approved" in sheet
    assert "伦理委员会 [A]" in sheet
