"""The locks hold, and each check of them can go red; no network is needed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.audit.licences import TO_RUN, TO_TEST, is_allowed, licence_of, refused, spdx
from tests.audit.listing import bill
from tests.audit.locked import RUN, TEST, Locked, canonical, not_as_locked, read_lock, unhashed, wrong_files
from tests.conftest import ROOT

TO_RUN_LOCK, TO_TEST_LOCK = read_lock(RUN), read_lock(TEST)


def test_every_locked_package_is_held_to_its_files() -> None:
    assert len(TO_RUN_LOCK) >= 40
    assert unhashed([*TO_RUN_LOCK, *TO_TEST_LOCK]) == []
    assert unhashed([Locked("loose", "1", "", frozenset())]) == ["loose"]


def test_both_locks_agree_on_versions() -> None:
    versions = {each.name: each.version for each in TO_RUN_LOCK}
    assert [each for each in TO_TEST_LOCK if versions.get(each.name, each.version) != each.version] == []


@pytest.mark.parametrize("line", ["https://example.org/x.whl", "aiohttp>=3", "-e .", "x==1 --hash=md5:abc"])
def test_anything_that_is_no_pin_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "lock.txt").write_text(f"x==1 \\\n    --hash=sha256:{'a' * 64}\n{line}\n")
    with pytest.raises(ValueError, match=r"lock\.txt:3"):
        read_lock(tmp_path / "lock.txt")


def test_every_licence_is_one_that_is_taken_or_was_looked_at() -> None:
    names = {each.name for each in TO_RUN_LOCK}
    locked = names | {each.name for each in TO_TEST_LOCK}
    said = {canonical(one.name): licence_of(one) for one in distributions()}
    assert list(refused({name: said[name] for name in names & said.keys()}, TO_RUN)) == []
    assert list(refused({name: said[name] for name in (locked - names) & said.keys()}, TO_TEST)) == []


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("AGPL-3.0-only", False),
        ("", False),
        (spdx("Apache Software License"), True),
        (spdx("GPL2"), False),
    ],
)
def test_a_licence_that_is_not_taken_is_refused(said: str, allowed: bool) -> None:  # noqa: FBT001
    assert is_allowed(said) is allowed
    assert bool(list(refused({"x": said}, ()))) is not allowed
    assert list(refused({"x": said}, ("x",))) == []


def test_what_is_installed_beside_the_lock_is_named() -> None:
    lock = [Locked("a", "1", "", frozenset())]
    assert list(not_as_locked({"a": "1"}, lock)) == []
    assert len(list(not_as_locked({"a": "2", "b": "1"}, lock))) == 2


def wheel(folder: Path) -> Path:
    """Make a package of one empty module."""
    path = folder / "tiny_doorstep-1.0-py3-none-any.whl"
    info = "tiny_doorstep-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("tiny_doorstep.py", "")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-doorstep\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    return path


def installed(folder: Path, lock: str) -> subprocess.CompletedProcess[str]:
    """Install as the Makefile does, from this folder and from nowhere else."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    options = next(line for line in makefile.splitlines() if line.startswith("PIP := ")).split("install ")[1]
    assert "--require-hashes --only-binary :all:" in options
    (folder / "lock.txt").write_text(lock)
    command = [sys.executable, "-m", "pip", "install", *options.split(), "--no-index", "--find-links", "."]
    command += ["--target", "there", "-r", "lock.txt"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_planted_bad_hash_stops_the_installation(tmp_path: Path) -> None:
    right = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    good = installed(tmp_path, f"tiny-doorstep==1.0 --hash=sha256:{right}\n")
    assert good.returncode == 0, good.stderr
    bad = installed(tmp_path, f"tiny-doorstep==1.0 --hash=sha256:{wrong}\n")
    assert bad.returncode != 0
    assert "HASH" in bad.stderr.upper()
    loose = installed(tmp_path, "tiny-doorstep==1.0\n")
    assert loose.returncode != 0


def test_a_fetched_file_with_another_hash_is_named(tmp_path: Path) -> None:
    right = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    lock = [Locked("tiny-doorstep", "1.0", "", frozenset({right}))]
    assert list(wrong_files(tmp_path, lock)) == []
    with (tmp_path / "tiny_doorstep-1.0-py3-none-any.whl").open("ab") as file:
        file.write(b"more")
    assert list(wrong_files(tmp_path, lock)) == ["tiny_doorstep-1.0-py3-none-any.whl"]


def test_the_list_holds_every_package_once_and_says_what_only_tests_need() -> None:
    told = json.loads(bill(TO_RUN_LOCK, TO_TEST_LOCK, {"aiohttp": "MIT"}, "abc"))
    names = [component["name"] for component in told["components"]]
    assert names == sorted({each.name for each in (*TO_RUN_LOCK, *TO_TEST_LOCK)})
    scopes = {component["name"]: component["scope"] for component in told["components"]}
    assert (scopes["aiohttp"], scopes["pytest"]) == ("required", "excluded")
    assert {each["bom-ref"] for each in told["components"]} == {each["purl"] for each in told["components"]}
