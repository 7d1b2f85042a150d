"""What stands in deploy/ fits the program: nothing missing from the image, no setting that there is not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.conftest import ROOT
from tests.crash.process import environment

DEPLOY = ROOT / "deploy"
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
COPIED = re.findall(r"^COPY (\S+) (\S+)$", CONTAINER, re.MULTILINE)
UNITS = sorted(DEPLOY.glob("*.service"))


def test_what_the_image_holds_is_enough_to_run(tmp_path: Path) -> None:
    """The folder as the image has it, run in a process that knows of no other."""
    for source, target in COPIED:
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, tmp_path / target)
    settings = environment() | {
        "PYTHONPATH": "",
        "TELEGRAM_BOT_TOKEN": "1:x",
        "DATABASE_URL": "sqlite:///x.db",
    }
    for command in ("check", "migrate"):
        done = subprocess.run(
            [sys.executable, "-m", "bot", command],
            cwd=tmp_path,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_the_image_is_installed_from_the_hash_locked_file() -> None:
    assert ("requirements/run.txt", "requirements/run.txt") in COPIED
    assert "--require-hashes" in CONTAINER
    assert re.search(r"^USER doorstep$", CONTAINER, re.MULTILINE), "not as root"


def test_what_is_left_out_of_the_image_lets_in_what_is_copied() -> None:
    ignored = (ROOT / ".containerignore").read_text("utf-8").splitlines()
    assert ignored[1] == "*"
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == {
        source for source, _ in COPIED
    }


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_there_is(path: Path) -> None:
    unit = path.read_text("utf-8")
    assert re.search(r"^ExecStart=/opt/doorstep/app/\.venv/bin/python -m bot run$", unit, re.MULTILINE)
    assert "UMask=0077" in unit


def test_every_setting_named_there_exists() -> None:
    known = {name.upper() for name in Settings.model_fields} | {"PYTHONUNBUFFERED"}
    for path in sorted(DEPLOY.iterdir()):
        named = re.findall(
            r"(?:^Environment=|ENV |\s)([A-Z]+(?:_[A-Z]+)+)=", path.read_text("utf-8"), re.MULTILINE
        )
        assert set(named) <= known, path.name


def test_the_proxy_passes_the_path_that_the_documents_name() -> None:
    proxy = (DEPLOY / "nginx.conf").read_text("utf-8")
    (path,) = re.findall(r"location = (\S+) \{", proxy)
    assert f"WEBHOOK_URL=https://bot.example.org{path}" in (ROOT / "docs" / "operations.md").read_text(
        "utf-8"
    )


def test_the_proxy_before_the_console_keeps_the_rest_inside_and_waits_for_nobody() -> None:
    proxy = (DEPLOY / "console.nginx.conf").read_text("utf-8")
    kept_inside = set(re.findall(r"location = (\S+)\s+\{ return 404; \}", proxy))
    assert {"/healthz", "/readyz", "/metrics"} <= kept_inside
    for limit in ("client_header_timeout", "client_body_timeout", "send_timeout", "client_max_body_size"):
        assert re.search(rf"^    {limit} \d+", proxy, re.MULTILINE), limit
    assert re.search(r"^    limit_conn \w+ \d+;", proxy, re.MULTILINE)
    assert "client_max_body_size 64k;" in proxy
    (name,) = re.findall(r"server_name (\S+);", proxy)
    assert f"proxy_set_header Host {name};" in proxy, "the console answers to its own name only"
    assert "deploy/console.nginx.conf" in (ROOT / "docs" / "operations.md").read_text("utf-8")
