"""Each wrong setting names itself, shows an example, and never its value."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.settings import Mode, Settings, lacking, read_settings

NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


WRONG = [
    ("TELEGRAM_BOT_TOKEN", "canary-is-no-token", "is not a bot token"),
    ("TELEGRAM_BOT_TOKEN", "123:canary token", "is not a bot token"),
    ("TELEGRAM_API_URL", "canary.example", "is not a web address"),
    ("TELEGRAM_API_URL", "ftp://canary", "is not a web address"),
    ("DATABASE_URL", "mysql://canary:canary@db/doorstep", "is not the address of an SQLite or PostgreSQL"),
    ("DATABASE_URL", "canary.sqlite3", "is not the address of an SQLite or PostgreSQL"),
    ("WEBHOOK_URL", "http://canary.example/telegram", "is not an https address"),
    ("WEBHOOK_SECRET", "canary with spaces", "may hold letters, digits, _ and - only"),
    ("SEND_PER_SECOND", "canary", "valid number"),
    ("ENCRYPTION_KEYS", "canary", "holds something that is not a key"),
    ("ENCRYPTION_KEYS", base64.urlsafe_b64encode(b"canary").decode(), "holds something that is not a key"),
    ("MODE", "canary", "should be 'demo', 'pilot' or 'production'"),
    ("HTTP_PORT", "canary", "valid integer"),
    ("HTTP_PORT", "65536", "less than or equal to 65535"),
    ("STAFF_GROUP_ID", "canary", "valid integer"),
    ("LOG_LEVEL", "CANARY", "DEBUG|INFO|WARNING"),
]


@pytest.mark.parametrize(("name", "value", "what"), WRONG)
def test_a_wrong_setting(name: str, value: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    told = str(refused.value)
    assert told.startswith(f"{name} ")
    assert what in told
    assert f"Example:\n  {name}=" in told
    assert value not in told
    assert "canary" not in told.casefold()
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__, "a traceback would show the value"


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value, _ in WRONG:
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert {line.split()[0] for line in str(refused.value).splitlines() if not line.startswith(" ")} == {
        name for name, _, _ in WRONG
    }


def test_every_example_is_itself_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever copies the example has a setting that works."""
    for name, value, _ in WRONG:
        if name == "ENCRYPTION_KEYS":
            continue  # its example is the command that makes one
        monkeypatch.setenv(name, value)
        with pytest.raises(SettingsError) as refused:
            read_settings()
        example = str(refused.value).partition(f"Example:\n  {name}=")[2]
        monkeypatch.setenv(name, example)
        read_settings()
        monkeypatch.delenv(name)


NEEDED = ("TELEGRAM_BOT_TOKEN", "ENCRYPTION_KEYS", "CHECKPOINT_DIR", "SIGNING_KEY")


def named(settings: Settings) -> list[str]:
    """Return the settings that are said to be missing."""
    return [what.partition(" ")[0] for what in lacking(settings)]


def test_each_setting_that_production_needs_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODE", "production")
    assert named(read_settings()) == list(NEEDED)
    monkeypatch.setenv("WEBHOOK_URL", "https://bot.example.org/telegram")
    assert named(read_settings()) == [*NEEDED, "WEBHOOK_SECRET"]
    for what in lacking(read_settings()):
        assert re.search(r"is not set\. \S.{20,} Example:\n  [A-Z_]+=\S", what), what


@pytest.mark.parametrize("name", [*NEEDED, "WEBHOOK_SECRET"])
def test_each_is_missed_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = base64.urlsafe_b64encode(b"k" * 32).decode()
    values = {
        "TELEGRAM_BOT_TOKEN": "1:a",
        "ENCRYPTION_KEYS": key,
        "CHECKPOINT_DIR": "there",
        "SIGNING_KEY": key,
    }
    values |= {"WEBHOOK_URL": "https://bot.example.org/telegram", "WEBHOOK_SECRET": "s", "MODE": "production"}
    for each, value in values.items():
        monkeypatch.setenv(each, value)
    assert named(read_settings()) == []
    monkeypatch.delenv(name)
    assert named(read_settings()) == [name]


def test_a_demo_needs_nothing_and_a_pilot_token_and_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    assert named(read_settings()) == []
    monkeypatch.setenv("MODE", "pilot")
    monkeypatch.setenv("ENCRYPTION_KEYS", base64.urlsafe_b64encode(b"k" * 32).decode())
    assert named(read_settings()) == ["TELEGRAM_BOT_TOKEN"]


def test_a_pilot_needs_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODE", "pilot")
    with pytest.raises(SettingsError, match="ENCRYPTION_KEYS is not set"):
        read_settings()
    monkeypatch.setenv("ENCRYPTION_KEYS", base64.urlsafe_b64encode(b"k" * 32).decode())
    assert read_settings().keys == [b"k" * 32]


def test_with_nothing_set_everything_has_a_safe_default() -> None:
    settings = read_settings()
    assert settings.mode is Mode.DEMO
    assert settings.http_host == "127.0.0.1"
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert (settings.flows_dir / "NCT06203249" / "trial.yaml").is_file()
    assert (settings.locales_dir / "en" / "bot.ftl").is_file()
    with pytest.raises(SettingsError, match=r"TELEGRAM_BOT_TOKEN is not set\. Get one from @BotFather"):
        _ = settings.token


def test_an_env_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HTTP_PORT=9001\nLOG_LEVEL=ERROR\nSOMETHING_ELSE=1\n", "utf-8")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    settings = read_settings()
    assert (settings.http_port, settings.log_level) == (9001, "DEBUG")


def test_an_empty_value_is_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert read_settings().telegram_bot_token is None


@pytest.mark.parametrize("url", ["sqlite:///var/x.sqlite3", "sqlite+aiosqlite:///var/x.sqlite3"])
def test_both_ways_to_name_a_database(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert read_settings().database_url == url


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    key = base64.urlsafe_b64encode(b"k" * 32).decode()
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456789:canary-canary-canary-canary")
    monkeypatch.setenv("ENCRYPTION_KEYS", key)
    settings = read_settings()
    assert settings.token.endswith("canary")
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "canary" not in shown
        assert key not in shown
