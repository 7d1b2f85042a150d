"""Dialogues are read as they are written, and those of the trial hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.bundle import Bundle
from bot.content.dialogues import Line, Unreadable, check_dialogues, parse_dialogue, run_dialogue
from tests.conftest import FLOWS

DIALOGUES = sorted((FLOWS / "NCT06203249" / "dialogues").glob("*.txt"))


def test_lines_are_read_with_their_numbers_and_continuations() -> None:
    dialogue = parse_dialogue("# a\nphone: en\n---\n> hello\n\n< One\n|\n| two\n# note\n= flags: a, b\n>")
    assert dialogue.phone == "en"
    assert dialogue.lines == (
        Line(">", "hello", 4),
        Line("<", "One\n\ntwo", 6),
        Line("=", "flags: a, b", 10),
        Line(">", "", 11),
    )


@pytest.mark.parametrize("text", ["", "phone: en", "---", "phone: en\n---\nhello", "phone: en\n---\n| more"])
def test_what_is_no_dialogue_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_dialogue(text)


def test_there_are_dialogues() -> None:
    assert len(DIALOGUES) >= 6


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_a_dialogue_of_the_trial_holds(bundle: Bundle, path: Path) -> None:
    assert run_dialogue(parse_dialogue(path.read_text("utf-8")), bundle) == []


def test_a_new_round_goes_on_with_another_conversation(bundle: Bundle) -> None:
    talk = """phone: en
---
> /start
> [Start]
> [No, thank you]
= status: declined
> [Start a new round]
= status: in_progress
= flags: info:repeat_screening
= language: en
"""
    assert run_dialogue(parse_dialogue(talk), bundle) == []


def test_a_trial_without_dialogues_is_told_so(bundle: Bundle, tmp_path: Path) -> None:
    assert [problem.severity.value for problem in check_dialogues(tmp_path, bundle)] == ["warning"]
