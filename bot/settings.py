"""Settings from the environment or `.env`: each optional one has a safe default. A stable surface."""

from __future__ import annotations

import base64
import binascii
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.errors import SettingsError

_HERE = Path(__file__).resolve().parent


class Mode(StrEnum):
    """How much must be there before the bot starts."""

    DEMO = "demo"
    PILOT = "pilot"
    PRODUCTION = "production"


def _data(name: str) -> Path:
    """Return where trials and words stand: beside the package in a checkout, inside it once installed."""
    beside = _HERE.parent / name
    return beside if beside.is_dir() else _HERE / "_data" / name


def _token(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value.get_secret_value()):
        raise ValueError("is not a bot token")
    return value


def _http_url(value: str) -> str:
    if not re.match(r"https?://[^\s/]+", value):
        raise ValueError("is not a web address")
    return value.rstrip("/")


def _webhook_url(value: str | None) -> str | None:
    if value is not None and not re.match(r"https://[^\s/]+|http://(127\.0\.0\.1|localhost)[:/]", value):
        raise ValueError("is not an https address")
    return value


def _console_url(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(
        r"https://[^\s/]+/?|http://(127\.0\.0\.1|localhost)(:\d+)?/?", value
    ):
        raise ValueError("is not an https address without a path")
    return value.rstrip("/") if value else None


def _webhook_secret(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("may hold letters, digits, _ and - only, 256 at most")
    return value


def _database_url(value: str) -> str:
    if not re.match(r"(sqlite(\+aiosqlite)?:///.|postgres(ql)?(\+asyncpg)?://.)", value):
        raise ValueError("is not the address of an SQLite or PostgreSQL database")
    return value


def _keys(value: SecretStr | None) -> SecretStr | None:
    for key in value.get_secret_value().split(",") if value else ():
        try:
            size = len(base64.urlsafe_b64decode(key.strip()))
        except (binascii.Error, ValueError):
            size = 0
        if size != _KEY_BYTES:
            raise ValueError("holds something that is not a key")
    return value


PUBLIC_API = "https://api.telegram.org"
_KEY_BYTES = 32

_EXAMPLES = {
    "TELEGRAM_BOT_TOKEN": "123456789:AAE-the-token-that-BotFather-gave-you",
    "TELEGRAM_API_URL": "https://api.telegram.org",
    "DATABASE_URL": "sqlite:///var/doorstep.sqlite3",
    "ENCRYPTION_KEYS": "what `python -m bot keygen` prints",
    "CHECKPOINT_DIR": "/mnt/elsewhere/doorstep",
    "CHECKPOINT_CHAT_ID": "-1001234567890",
    "SIGNING_KEY": "what `python -m bot keygen` prints",
    "WEBHOOK_URL": "https://bot.example.org/telegram",
    "WEBHOOK_SECRET": "letters-digits-_-and-at-least-32-of-them",
    "SEND_PER_SECOND": "30",
    "FLOWS_DIR": "flows",
    "LOCALES_DIR": "locales",
    "MODE": "demo",
    "STAFF_GROUP_ID": "-1001234567890",
    "CONSOLE_URL": "https://console.example.org",
    "HTTP_HOST": "127.0.0.1",
    "HTTP_PORT": "8080",
    "LOG_LEVEL": "INFO",
}


class Settings(BaseSettings):
    """What an operator can set. Secrets never print."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    mode: Mode = Mode.DEMO
    telegram_bot_token: Annotated[SecretStr | None, AfterValidator(_token)] = None
    telegram_api_url: Annotated[str, AfterValidator(_http_url)] = PUBLIC_API
    database_url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///var/doorstep.sqlite3"
    encryption_keys: Annotated[SecretStr | None, AfterValidator(_keys)] = None
    flows_dir: Path = Field(default_factory=lambda: _data("flows"))
    locales_dir: Path = Field(default_factory=lambda: _data("locales"))
    webhook_url: Annotated[str | None, AfterValidator(_webhook_url)] = None
    webhook_secret: Annotated[SecretStr | None, AfterValidator(_webhook_secret)] = None
    send_per_second: float | None = Field(default=None, gt=0, le=1000)
    staff_group_id: int | None = None
    checkpoint_dir: Path | None = None
    checkpoint_chat_id: int | None = None
    signing_key: Annotated[SecretStr | None, AfterValidator(_keys)] = None
    console_url: Annotated[str | None, AfterValidator(_console_url)] = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$")

    @property
    def keys(self) -> list[bytes]:
        """The encryption keys, the present one first; none where it is not set."""
        return _decoded(self.encryption_keys)

    @property
    def seed(self) -> bytes:
        """What checkpoints are signed with; SettingsError where it is not set."""
        if self.signing_key is None:
            raise SettingsError(missing("SIGNING_KEY", "Checkpoints (CHECKPOINT_DIR) are signed with it."))
        return _decoded(self.signing_key)[0]

    @property
    def console(self) -> str:
        """Where staff reach the console."""
        return self.console_url or f"http://{self.http_host}:{self.http_port}"

    @property
    def token(self) -> str:
        """The bot's token; SettingsError where it is not set."""
        if self.telegram_bot_token is None:
            raise SettingsError(missing("TELEGRAM_BOT_TOKEN", "Get one from @BotFather in Telegram."))
        return self.telegram_bot_token.get_secret_value()

    @property
    def secret(self) -> str:
        """What Telegram says when it calls; SettingsError where it is not set."""
        if self.webhook_secret is None:
            raise SettingsError(missing("WEBHOOK_SECRET", "It goes with WEBHOOK_URL; choose a long one."))
        return self.webhook_secret.get_secret_value()


def _decoded(value: SecretStr | None) -> list[bytes]:
    keys = value.get_secret_value().split(",") if value else []
    return [base64.urlsafe_b64decode(key.strip()) for key in keys if key.strip()]


def read_settings() -> Settings:
    """Return the settings; SettingsError names each one that is wrong and shows an example."""
    try:
        settings = Settings()
    except ValidationError as error:
        # Never the value itself: it may be a secret.
        names = sorted({str(problem["loc"][0]).upper() for problem in error.errors()})
        raise SettingsError("\n".join(_wrong(name, error) for name in names)) from None
    _gate(settings)
    return settings


def missing(name: str, remedy: str) -> str:
    """Return the sentence for a setting that is not there."""
    return f"{name} is not set. {remedy} Example:\n  {name}={_EXAMPLES[name]}"


def _wrong(name: str, error: ValidationError) -> str:
    problem = next(item for item in error.errors() if str(item["loc"][0]).upper() == name)
    what = problem["msg"].removeprefix("Value error, ")
    return f"{name} {what[0].lower()}{what[1:]}. Example:\n  {name}={_EXAMPLES.get(name, '…')}"


_NEEDED = {
    "TELEGRAM_BOT_TOKEN": "Get one from @BotFather in Telegram.",
    "ENCRYPTION_KEYS": "What people say is sealed with it; without it everybody with the database reads all.",
    "CHECKPOINT_DIR": "Without checkpoints nobody sees that a whole conversation was removed.",
    "SIGNING_KEY": "Checkpoints are signed with it: without it anybody could write others in their place.",
    "WEBHOOK_SECRET": "It goes with WEBHOOK_URL: without it anybody can send answers in another's name.",
}
"""What meeting real people takes, and why."""


def lacking(settings: Settings) -> list[str]:
    """Return each setting that this mode needs and that is not there; none in demo."""
    needed = {
        Mode.DEMO: (),
        Mode.PILOT: ("TELEGRAM_BOT_TOKEN", "ENCRYPTION_KEYS"),
        Mode.PRODUCTION: ("TELEGRAM_BOT_TOKEN", "ENCRYPTION_KEYS", "CHECKPOINT_DIR", "SIGNING_KEY"),
    }[settings.mode]
    if settings.mode is not Mode.DEMO and settings.webhook_url:
        needed = (*needed, "WEBHOOK_SECRET")
    return [missing(name, _NEEDED[name]) for name in needed if not getattr(settings, name.lower())]


def _gate(settings: Settings) -> None:
    """Refuse to touch what people say in a pilot without keys to seal it.

    In production the whole gate is passed by who serves people; whoever looks at a trial need not pass it.
    """
    if settings.mode is Mode.PILOT and not settings.keys:
        raise SettingsError("\n".join(lacking(settings)))
