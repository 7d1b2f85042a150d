"""docs/faults.md and the tests name the same faults, and say the same of /readyz."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.faults import test_store, test_telegram
from tests.faults.stage import Fault

PAGE = ROOT / "docs" / "faults.md"
FAULTS = {
    "test_telegram": test_telegram.FAULTS,
    "test_store": [*test_store.SQLITE, *test_store.POSTGRESQL],
}
"""All faults that are brought about with the whole program, by the file of tests."""


def rows(width: int) -> list[list[str]]:
    """Return the rows of the tables that have so many columns."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if len(row) == width and row[0] not in {"fault", "---"}]


def said(fault: Fault) -> str:
    """Return how the table says what /readyz answers."""
    if not fault.false:
        return "200"
    fields = " ".join(f"`{name}`" for name in sorted(fault.false))
    return f"503, {fields}{', now and then' if fault.comes_and_goes else ''}"


def test_each_fault_has_its_row_and_each_row_its_fault() -> None:
    written = [(row[0], row[3], row[4]) for row in rows(5)]
    tried = [
        (fault.name, said(fault), f"[{name}](../tests/faults/{name}.py)")
        for name, faults in FAULTS.items()
        for fault in faults
    ]
    assert written == tried


def test_every_row_says_something_in_every_column() -> None:
    assert len(rows(5)) >= 30
    assert all(all(row) for row in [*rows(5), *rows(3)])


@pytest.mark.parametrize("row", rows(3), ids=lambda row: str(row[0]))
def test_what_is_shown_elsewhere_is_there(row: list[str]) -> None:
    name, file = re.fullmatch(r"\[(\w+)\]\(\.\./(\S+)\)", row[2]).groups()  # type: ignore[union-attr]
    assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)
