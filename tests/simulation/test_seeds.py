"""The simulation in short form, and every seed that once found something.

`python -m tests.simulation --people 5000 --seed 7` is the long form.
"""

from __future__ import annotations

import pytest

from tests.simulation.__main__ import told
from tests.simulation.simulate import simulate

FOUND = (
    (70, 22),  # a language tapped twice agreed to an acknowledgement, and answered a question
    (70, 24),  # the same declined one; who unblocked while a message was being refused heard nothing
)
"""People and seeds that failed once, without staff, with what they found."""


@pytest.mark.parametrize(("people", "seed"), [(40, 1), (35, 4)])
def test_staff_and_participants_lose_nothing_of_each_other(people: int, seed: int) -> None:
    result = simulate(people, seed)
    assert not result.figures.violations, told(result)
    counts = result.figures.counts
    assert min(counts["staff claim"], counts["staff answers"], counts["staff decided"]) > 0, told(result)
    assert counts["answers"] > people, "hardly anybody said anything"


@pytest.mark.parametrize(("people", "seed"), FOUND)
def test_nothing_is_lost_doubled_or_said_otherwise(people: int, seed: int) -> None:
    result = simulate(people, seed, staff=False)
    assert not result.figures.violations, told(result)
    assert result.figures.counts["answers"] > people, "hardly anybody said anything"
    assert sum(result.figures.faults.values()) > 100, "hardly anything went wrong"


def test_a_seed_goes_the_same_way_each_time() -> None:
    first, second = simulate(8, 5), simulate(8, 5)
    assert first.journal == second.journal
    assert first.figures == second.figures
