"""The two locks: which packages, in which version, with which hashes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

RUN = ROOT / "requirements" / "run.txt"
TEST = ROOT / "requirements" / "test.txt"
_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?:\s*\\)?")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock."""

    name: str
    version: str
    marker: str
    hashes: frozenset[str]


def read_lock(path: Path) -> list[Locked]:
    """Return the packages of a lock; ValueError where a line is something else than a pin or a hash."""
    found: list[Locked] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        if pin := _PIN.fullmatch(said):
            found.append(Locked(canonical(pin[1]), pin[2], (pin[3] or "").strip(), frozenset()))
        elif (mark := _HASH.fullmatch(said)) and found:
            last = found.pop()
            found.append(Locked(last.name, last.version, last.marker, last.hashes | {mark[1]}))
        else:
            raise ValueError(f"{path.name}:{number} is neither a pin nor a hash: {said[:60]}")
    return found


def canonical(name: str) -> str:
    """Return the name of a package as all its spellings."""
    return re.sub(r"[-_.]+", "-", name).casefold()


def unhashed(lock: Iterable[Locked]) -> list[str]:
    """Return the packages that nothing holds to their files."""
    return [each.name for each in lock if not each.hashes]


def wrong_files(folder: Path, lock: Iterable[Locked]) -> Iterator[str]:
    """Yield each fetched file whose hash is not in the lock."""
    known = {mark for each in lock for mark in each.hashes}
    for path in sorted(folder.iterdir()):
        if hashlib.sha256(path.read_bytes()).hexdigest() not in known:
            yield path.name


def not_as_locked(installed: Mapping[str, str], lock: Iterable[Locked]) -> Iterator[str]:
    """Yield what is installed in another version than the lock's, and what stands in no lock."""
    wanted = {each.name: each.version for each in lock}
    for name, version in sorted(installed.items()):
        if name in wanted and wanted[name] != version:
            yield f"{name} {version} is installed, {wanted[name]} is locked"
        elif name not in wanted:
            yield f"{name} {version} is installed and stands in no lock"
