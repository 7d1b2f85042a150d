"""The short form: every planted defect still fits the code, and the quick ones are noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.conftest import ROOT
from tests.defects.defect import Defect, Edit
from tests.defects.planted import PLANTED
from tests.defects.runner import Copy, copy_of_the_tree, verdict

QUICK = [defect for defect in PLANTED if defect.quick]


@pytest.fixture(scope="module")
def copy() -> Iterator[Copy]:
    with copy_of_the_tree() as copy:
        yield copy


def test_each_has_a_name_a_sentence_and_a_test() -> None:
    assert len(PLANTED) >= 25
    assert len({defect.name for defect in PLANTED}) == len(PLANTED)
    for defect in PLANTED:
        assert defect.protects.endswith("."), defect.name
        assert defect.edits, defect.name
        assert defect.tests, defect.name


@pytest.mark.parametrize("defect", PLANTED, ids=lambda defect: str(defect.name))
def test_what_is_replaced_stands_there_once(defect: Defect) -> None:
    for edit in defect.edits:
        assert edit.times(ROOT) == 1, (edit.file, edit.old)
        assert edit.old != edit.new
        if edit.file.endswith(".py"):
            compile((ROOT / edit.file).read_text("utf-8").replace(edit.old, edit.new), edit.file, "exec")


def test_every_test_that_shall_notice_is_there(names: set[str]) -> None:
    named = {test for defect in PLANTED for test in defect.tests}
    assert sorted(named - names) == []


@pytest.fixture(scope="module")
def names(copy: Copy) -> set[str]:
    """Every node id that pytest finds in the files named, with and without its parameters."""
    files = sorted({test.partition("::")[0] for defect in PLANTED for test in defect.tests})
    found = copy.collect(files)
    return {*found, *(name.partition("[")[0] for name in found)}


@pytest.mark.parametrize("defect", QUICK, ids=lambda defect: str(defect.name))
def test_it_is_noticed(defect: Defect, copy: Copy) -> None:
    assert verdict(copy, defect) == ""


def test_what_stays_green_or_fails_otherwise_is_complained_of(copy: Copy) -> None:
    """The runner itself: with one that is no defect, one that breaks the program, and one out of date."""
    (sample,) = [each for each in QUICK if each.name == "limit-always-global"]
    (edit,) = sample.edits

    def complaint(changed: Edit) -> str:
        return verdict(copy, replace(sample, edits=(changed,)))

    assert "passed" in complaint(replace(edit, new=f"{edit.old}            # harmless\n"))
    assert "something else" in complaint(replace(edit, new="        if no_such_name:\n"))
    assert "0 times" in complaint(replace(edit, old="no such text"))
