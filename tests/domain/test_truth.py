"""Kleene's logic, written as the truth tables it is."""

import pytest

from bot.domain.truth import Truth

T, F, U = Truth.YES, Truth.NO, Truth.UNKNOWN

AND = """
      T  U  F
   T  T  U  F
   U  U  U  F
   F  F  F  F
"""
OR = """
      T  U  F
   T  T  T  T
   U  T  U  U
   F  T  U  F
"""
MARKS = {"T": T, "F": F, "U": U}


def rows(table: str) -> list[tuple[Truth, Truth, Truth]]:
    header, *lines = [line.split() for line in table.strip().splitlines()]
    return [
        (MARKS[left], MARKS[right], MARKS[value])
        for left, *values in lines
        for right, value in zip(header, values, strict=True)
    ]


@pytest.mark.parametrize(("left", "right", "expected"), rows(AND))
def test_and(left: Truth, right: Truth, expected: Truth) -> None:
    assert (left & right) is expected


@pytest.mark.parametrize(("left", "right", "expected"), rows(OR))
def test_or(left: Truth, right: Truth, expected: Truth) -> None:
    assert (left | right) is expected


def test_not() -> None:
    assert [~truth for truth in (T, U, F)] == [F, U, T]


def test_a_truth_is_never_taken_for_a_yes_or_a_no() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(U)
