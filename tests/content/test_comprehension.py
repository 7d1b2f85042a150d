"""A comprehension check as an author writes it: read, told in the script, refused where it does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from bot.content.bundle import compile_bundle
from bot.content.load import load_trial
from bot.content.script import script
from bot.domain.understanding import Check, Comprehension
from tests.content.planted import Copy, copy_of_trial

IN_TRIAL = """\
comprehension:
  needed: 1
  on_failure: stop
  questions:
    - {key: joined, options: [yes, no], right: no}
    - {key: leave, options: [any_time, never], right: any_time}
sections:
"""
WORDS = {
    "en.yaml": """\
comprehension:
  joined:
    text: Have you joined the study by answering here?
    explanation: You would sign a form first.
    options: {yes: "Yes", no: "No"}
  leave:
    text: When can you stop?
    explanation: You can stop at any time.
    options: {any_time: At any time, never: Never}
questions:
""",
    "zh-Hans.yaml": """\
comprehension:
  joined:
    text: 在这里回答就算参加了吗？
    explanation: 参加之前要签署知情同意书。
    options: {yes: 算, no: 不算}
  leave:
    text: 什么时候可以停？
    explanation: 随时可以停。
    options: {any_time: 随时, never: 不能停}
questions:
""",
}


def checked(root: Path) -> Copy:
    copy = copy_of_trial(root)
    copy.edit("trial.yaml", "\nsections:\n", f"\n{IN_TRIAL}")
    for file, words in WORDS.items():
        copy.edit(file, "\nquestions:\n", f"\n{words}")
    return copy


def test_it_is_read_and_told_in_the_script(tmp_path: Path) -> None:
    copy = checked(tmp_path)
    bundle = load_trial(copy.folder, copy.locales)
    checks = (Check("joined", ("yes", "no"), "no"), Check("leave", ("any_time", "never"), "any_time"))
    assert bundle.trial.comprehension == Comprehension(checks, needed=1, stops=True)
    assert compile_bundle(bundle.body).trial.comprehension == bundle.trial.comprehension
    first, second = script(bundle, "zh-Hans")["comprehension"]
    assert first["right"] == "no"
    assert second == {
        "key": "leave",
        "text": "什么时候可以停？",
        "options": [{"key": "any_time", "label": "随时"}, {"key": "never", "label": "不能停"}],
        "right": "any_time",
        "explanation": "随时可以停。",
    }


def test_a_trial_that_wants_none_stays_as_it_was(tmp_path: Path) -> None:
    copy = copy_of_trial(tmp_path)
    bundle = load_trial(copy.folder, copy.locales)
    assert bundle.trial.comprehension is None
    assert b'"comprehension":' not in bundle.body, "its content has the hash it always had"
    assert script(bundle, "en")["comprehension"] == []


class Mistake(NamedTuple):
    """Replace `old` by `new` in `file`; the problem says `says`."""

    file: str
    old: str
    new: str
    says: str


MISTAKES = [
    Mistake("trial.yaml", "[yes, no], right: no", "[yes, no], right: maybe", "has no option `maybe`"),
    Mistake("trial.yaml", "key: leave", "key: joined", "`joined` stands here for the second time"),
    Mistake("trial.yaml", "[any_time, never]", "[any_time, any_time]", "`leave` offers an option twice"),
    Mistake("trial.yaml", "needed: 1", "needed: 3", "3 answers must be right, but there are 2 questions"),
    Mistake("en.yaml", "    explanation: You would sign a form first.\n", "", "explanation` is missing"),
    Mistake("en.yaml", 'no: "No"}\n  leave', "}\n  leave", "`comprehension.joined.options.no` is missing"),
    Mistake(
        "zh-Hans.yaml",
        "  leave:\n    text: 什么",
        "  go:\n    text: 什么",
        "`comprehension.leave` is missing",
    ),
    Mistake("en.yaml", "never: Never", "never: At any time", "stands for both `any_time` and `never`"),
    Mistake("en.yaml", "text: When can you stop?", "text: <h1>When</h1>", "<h1> is not allowed"),
    Mistake("trial.yaml", "key: A3_telegram_transfer", "key: contact", "the name of a permission"),
    Mistake("en.yaml", "    short: Using Telegram\n", "", "`acknowledgement.A3_telegram_transfer.short`"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.says[:40])
def test_a_mistake_is_found(mistake: Mistake, tmp_path: Path) -> None:
    copy = checked(tmp_path)
    copy.edit(mistake.file, mistake.old, mistake.new)
    assert any(mistake.says in problem.what for problem in copy.errors()), copy.errors()
