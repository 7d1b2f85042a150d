"""The short form: the jobs run, and what was made for them verifies."""

from __future__ import annotations

import re
import sys

import pytest

from tests.size import __main__ as size


@pytest.mark.parametrize("job", ["verify", "rekey", "backup"])
def test_each_job_at_a_small_size(
    job: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["size", job, "--events", "500", "--keys", "300"])
    size.main()
    told = capsys.readouterr().out
    assert " in " in told
    assert "s of CPU" in told
    if job == "verify":
        found = re.search(r"(\d+) conversations, (\d+) events, 0 findings", told)
        assert found
        people, events = map(int, found.groups())
        assert 500 <= events < 500 + events / people
