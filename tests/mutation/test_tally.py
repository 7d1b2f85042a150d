"""The figures of changed lines are what mutmut left: nothing that survived is counted as noticed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.mutation.tally import read_all, survivors, tally

CODES = {"m_1": 1, "m_2": 0, "m_3": None, "m_4": 36, "m_5": 33, "m_6": -9, "m_7": 34}


def test_survivors_and_unreached_lines_are_not_noticed_and_those_left_are_not_tried(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "x.py.meta").write_text(json.dumps({"exit_code_by_key": CODES}))
    (tmp_path / "bot" / "y.py.meta").write_text(json.dumps({"exit_code_by_key": {}}))
    files = read_all(tmp_path)
    sums = tally(files)
    assert sums["files"] == {"bot/x.py": {"all": 7, "tried": 4, "noticed": 2, "endless": 1, "survived": 2}}
    assert sums["percent"] == 50.0
    assert survivors(files) == ["m_2", "m_5"]
    assert tally({})["percent"] == 0.0
