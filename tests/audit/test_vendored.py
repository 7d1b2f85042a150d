"""The scripts of others that pages load: unchanged, under a licence that is taken, packaged and listed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.audit.licences import is_allowed
from tests.audit.listing import bill
from tests.audit.vendored import FOLDER, read_vendored, wrong_vendored
from tests.conftest import ROOT

VENDORED = read_vendored()


def test_every_file_is_as_it_was_published() -> None:
    assert [each.file for each in VENDORED] == ["htmx.min.js", "htmx-sse.min.js"]
    assert list(wrong_vendored()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("htmx.min.js", "htmx.min.js is not what htmx.org 2.0.11 was published with"),
        ("more.js", "more.js stands in no list"),
    ],
)
def test_a_changed_or_added_byte_is_named(name: str, said: str, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    with (tmp_path / name).open("ab") as file:
        file.write(b"\n")
    assert list(wrong_vendored(tmp_path)) == [said]


def test_a_missing_text_of_a_licence_is_named(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "htmx.LICENSE").unlink()
    assert list(wrong_vendored(tmp_path)) == ["htmx.min.js has no text of its licence"]


def test_each_licence_is_one_that_is_taken() -> None:
    assert [each.name for each in VENDORED if not is_allowed(each.licence)] == []


def test_nothing_is_left_out_of_the_package() -> None:
    """A wheel takes all of bot/ but what git ignores, or what is excluded by name."""
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert built == {"targets": {"wheel": built["targets"]["wheel"]}}
    assert built["targets"]["wheel"].keys() == {"packages", "force-include"}
    assert built["targets"]["wheel"]["packages"] == ["bot"]
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        files = [str(path) for path in FOLDER.iterdir()]
        asked = subprocess.run([git, "check-ignore", *files], cwd=ROOT, capture_output=True, check=False)
        assert asked.stdout == b""


def test_they_are_on_the_list_of_all_that_is_used() -> None:
    told = json.loads(bill([], [], {}, "abc", VENDORED))
    assert [
        (each["name"], each["version"], each["hashes"][0]["content"], each["licenses"], each["scope"])
        for each in told["components"]
    ] == [
        (each.name, each.version, each.sha256, [{"expression": "0BSD"}], "required")
        for each in sorted(VENDORED, key=lambda each: each.name)
    ]


def test_no_script_names_another_host() -> None:
    for path in FOLDER.glob("*.js"):
        assert re.findall(r"https?://[^\s\"']+", path.read_text("utf-8")) == [], path.name
