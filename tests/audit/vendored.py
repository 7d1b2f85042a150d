"""What is not installed but lies in the tree as it was published: the scripts that live pages load."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

FOLDER = ROOT / "bot" / "web" / "static" / "vendor"
LIST = "vendored.json"


@dataclass(frozen=True, slots=True)
class Vendored:
    """One file of somebody else's, kept unchanged."""

    file: str
    name: str
    version: str
    taken_from: str
    """Which file of the published package it is."""
    home: str
    licence: str
    licence_text: str
    sha256: str


def read_vendored(folder: Path = FOLDER) -> list[Vendored]:
    """Return what the folder's own list names."""
    return [Vendored(**each) for each in json.loads((folder / LIST).read_text("utf-8"))]


def wrong_vendored(folder: Path = FOLDER) -> Iterator[str]:
    """Yield each file that is not as it was published, has no text of its licence, or stands in no list."""
    named = read_vendored(folder)
    for each in named:
        if hashlib.sha256((folder / each.file).read_bytes()).hexdigest() != each.sha256:
            yield f"{each.file} is not what {each.name} {each.version} was published with"
        if not (folder / each.licence_text).is_file():
            yield f"{each.file} has no text of its licence"
    known = {LIST, *(name for each in named for name in (each.file, each.licence_text))}
    for path in sorted(folder.iterdir()):
        if path.name not in known:
            yield f"{path.name} stands in no list"
