"""The documents say what is true: settings, commands, events, links, and nothing of anybody's machine."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from bot.cli import cli, command_names
from bot.domain.case_events import CaseEvent
from bot.domain.events import Event
from bot.domain.staff import InstallationEvent
from bot.engine.commands import COMMANDS
from bot.settings import Settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
EXAMPLE = ROOT / ".env.example"
EVENT_PAGES: dict[Path, tuple[type, ...]] = {
    ROOT / "docs" / "events.md": get_args(Event),
    ROOT / "docs" / "review-events.md": (*get_args(CaseEvent), *get_args(InstallationEvent)),
}
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SETTINGS = sorted(name.upper() for name in Settings.model_fields)
CLI_COMMANDS = command_names()
HEADINGS = ["Status", "Context", "Decision", "Consequences", "Alternatives"]
MOST_WORDS = 400
FOREIGN = [
    name.replace("|", ".")
    for name in ("pypi|org", "files|pythonhosted|org", "npmjs|org", "npmjs|com", "deb|debian|org")
] + [place.replace("|", "/") for place in ("|work|", "|farm|")]
"""Hosts that packages come from, and folders of a developer's machine, so written that this file passes."""


def examples() -> dict[str, tuple[bool, str]]:
    """Return each setting of .env.example: whether it is set there, and the value."""
    found = re.findall(r"^(#?)([A-Z_]+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    return {name: (not comment, value) for comment, name, value in found}


def shown(value: object) -> object:
    """Return a setting so that two ways of writing the same place compare equal."""
    return (ROOT / value).resolve() if isinstance(value, Path) else value


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nothing is set."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("bare")
def test_the_example_settings_are_the_defaults() -> None:
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_stands_in_the_example_and_the_readme_with_its_default(name: str) -> None:
    default = getattr(Settings(_env_file=None), name.lower())
    _, written = examples()[name]
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` "))
    if default is None:
        assert written == ""
        assert row.split("|")[2].strip() == "none"
        return
    values: dict[str, Any] = {name.lower(): written}
    assert shown(getattr(Settings(_env_file=None, **values), name.lower())) == shown(default)
    assert row.split("|")[2].strip() == f"`{written}`"


def test_only_what_must_be_filled_in_is_not_commented_out() -> None:
    assert [name for name, (is_set, _) in examples().items() if is_set] == ["TELEGRAM_BOT_TOKEN"]
    assert sorted(examples()) == SETTINGS


@pytest.mark.parametrize("name", CLI_COMMANDS)
def test_each_command_stands_in_the_readme_and_in_help(name: str) -> None:
    told = CliRunner().invoke(cli, ["--help"]).output
    assert re.search(rf"^\W*{name}\b", told, re.MULTILINE)
    assert f"\n| `{name}` | " in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    table = README.partition("## Commands")[2].partition("## Settings")[0]
    assert sorted(re.findall(r"^\| `(\w+)` ", table, re.MULTILINE)) == CLI_COMMANDS
    assert sorted(re.findall(r"`/(\w+)`", table)) == sorted([*COMMANDS, "healthz", "readyz"])


def test_the_readme_s_two_commands_are_targets() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in ("demo", "test"):
        assert re.search(rf"^make {target}\b", README, re.MULTILINE)
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert (ROOT / ".ci" / "run").read_text("utf-8").rstrip().endswith("make test")


def test_every_target_that_documents_name_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:^|`|doorstep )make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
        assert set(named) <= targets, page.name


@pytest.mark.parametrize("page", EVENT_PAGES, ids=lambda page: page.stem)
def test_the_tables_of_events_are_what_the_classes_say(page: Path) -> None:
    told = page.read_text("utf-8")
    written = told.partition("| event |")[0] + "\n".join(event_table(EVENT_PAGES[page])) + "\n"
    if os.environ.get("UPDATE_DOCS"):
        page.write_text(written, "utf-8")
    assert told == written


def event_table(kinds: Iterable[type]) -> Iterator[str]:
    """Yield the lines of a table of events."""
    yield "| event | with | what happened |"
    yield "| --- | --- | --- |"
    for kind in kinds:
        carried = ", ".join(f"`{field.name}`" for field in fields(kind) if field.name not in {"at", "by"})
        yield f"| `{kind.__name__}` | {carried} | {(inspect.getdoc(kind) or '').partition(chr(10))[0]} |"


def test_there_are_decisions_without_gaps() -> None:
    assert [path.name[:4] for path in ADRS] == [f"{n:04}" for n in range(1, len(ADRS) + 1)]
    assert len(ADRS) >= 9


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_in_its_form(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.name[:4]}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(text.split()) <= MOST_WORDS
    assert "We will " in text.partition("## Decision")[2].partition("## Consequences")[0]
    assert text.index("Good:\n") < text.index("Bad:\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        there = (page.parent / place).resolve() if place else page
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(there), target


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_every_picture_is_shown_and_light() -> None:
    text = "".join(page.read_text("utf-8") for page in PAGES)
    for picture in (ROOT / "docs" / "pictures").glob("*.png"):
        assert picture.name in text, "a picture that no page shows"
        assert picture.stat().st_size < 300_000


def tracked() -> list[Path]:
    """Return what is or would be under version control."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is tracked cannot be known")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_nothing_names_a_package_host_or_a_developer_s_machine() -> None:
    for path in tracked():
        content = path.read_bytes()
        named = [word for word in FOREIGN if word.encode() in content]
        assert not named, f"{path.relative_to(ROOT)} names {named}"
