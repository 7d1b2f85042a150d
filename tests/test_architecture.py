"""The shape of the code, measured: small files and functions, honest names, chance and time in one place."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

BOT = ROOT / "bot"
LONGEST_FILE = 300
LONGEST_FUNCTION = 45
MEDIAN_FUNCTION = 8
VAGUE = re.compile(r"util|helper|manager|common|misc|stuff|tools", re.IGNORECASE)
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
HERE_TIME_ENTERS = "app.py"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> dict[str, str]:
    return {str(path.relative_to(BOT)): path.read_text("utf-8") for path in sorted(BOT.rglob("*.py"))}


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(source) for name, source in sources().items()}


def functions() -> Iterator[tuple[str, Function]]:
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{name}:{node.name}", node


def lines(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_table(node: Function) -> bool:
    """Say whether a function is one `match` over a union: a line or two a kind, and no procedure."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    match body:
        case [ast.Match(cases=cases), *_] if len(body) <= 2:
            return all(len(case.body) <= 2 and isinstance(case.body[-1], ast.Return) for case in cases)
    return False


def test_files_are_short() -> None:
    sizes = {name: len(source.splitlines()) for name, source in sources().items()}
    longest = max(sizes, key=lambda name: sizes[name])
    sys.stdout.write(
        f"{len(sizes)} files, {sum(sizes.values())} lines; longest: {longest}, {sizes[longest]}\n"
    )
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    sizes = {name: lines(node) for name, node in functions() if not is_table(node)}
    tables = {name: lines(node) for name, node in functions() if is_table(node)}
    longest = max(sizes, key=lambda name: sizes[name])
    median = statistics.median([lines(node) for _, node in functions()])
    sys.stdout.write(
        f"{len(sizes) + len(tables)} functions, median {median} lines; longest: {longest}, {sizes[longest]}; "
        f"longest table: {max(tables.values())}\n"
    )
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}
    assert median < MEDIAN_FUNCTION


def test_modules_are_named_after_what_they_do() -> None:
    names = {part for name in sources() for part in Path(name).with_suffix("").parts}
    assert {name for name in names if VAGUE.search(name)} == set()


def test_nothing_is_left_to_be_done() -> None:
    shipped = [*BOT.rglob("*"), *(ROOT / "flows").rglob("*"), *(ROOT / "locales").rglob("*")]
    texts = [path for path in shipped if path.suffix in {".py", ".yaml", ".ftl", ".js", ".css", ".html"}]
    marked = [path for path in texts if MARKS.search(path.read_text("utf-8"))]
    assert len(texts) > 100
    assert marked == []


def chance_and_time(tree: ast.Module) -> list[str]:  # noqa: C901 -- one line a way to import it
    """Return what a module takes from the clock or from chance, however it is imported."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names if alias.name in {"secrets", "random", "uuid"}]
            case ast.ImportFrom(module="secrets" | "random" | "uuid" as module):
                found.append(module)
            case ast.ImportFrom(module="os" | "time", names=names):
                found += [a.name for a in names if a.name in {"urandom", "time", "time_ns"}]
            case ast.Attribute(attr="now" | "utcnow" | "today", value=ast.Name(id="datetime" | "date")):
                found.append(f"datetime.{node.attr}")
            case ast.Attribute(
                attr="now" | "utcnow" | "today", value=ast.Attribute(attr="datetime" | "date")
            ):
                found.append(f"datetime.{node.attr}")
            case ast.Attribute(attr="time" | "time_ns", value=ast.Name(id="time")):
                found.append(f"time.{node.attr}")
            case ast.Attribute(attr="urandom", value=ast.Name(id="os")):
                found.append("os.urandom")
            case _:
                pass
    return found


def test_time_and_chance_enter_in_one_place() -> None:
    taken = {name: chance_and_time(tree) for name, tree in trees().items()}
    assert taken.pop("storage/sealing.py") == ["os.urandom"], "a nonce, on which nothing depends"
    assert {name: found for name, found in taken.items() if found and name != HERE_TIME_ENTERS} == {}
    assert {"secrets", "datetime.now"} <= set(taken[HERE_TIME_ENTERS]), "the test no longer sees them"


@pytest.mark.parametrize(
    "planted",
    [
        "import random",
        "import secrets as s",
        "from random import choice",
        "from os import urandom",
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import datetime\ndef f():\n    return datetime.now(None)",
        "import time\nx = time.time()",
        "import os\nx = os.urandom(4)",
    ],
)
def test_the_search_finds_what_is_planted(planted: str) -> None:
    assert chance_and_time(ast.parse(planted))
