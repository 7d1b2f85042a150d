"""Nothing but approved texts leaves: the short form of `python -m tests.approved --messages 100000`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random  # noqa: TID251 -- repeatable chance is what a walk is about
from unittest.mock import patch

import pytest

from bot.content.bundle import Bundle
from bot.domain.trial import Trial
from bot.service import wording
from bot.service.lapse import Notice
from bot.service.message import Button, Message
from tests.approved.__main__ import Figures, audit
from tests.approved.texts import Approved
from tests.approved.walks import at_random, cases, of_case
from tests.conftest import ROOT, shipped
from tests.golden import editions

GOLDEN = sorted((ROOT / "tests" / "conversations").glob("*.txt"))


class Never:
    """A licence that nobody has."""

    def holds(self, _trial: Trial, _now: object) -> bool:
        return False

    def notices(self, _now: object) -> list[Notice]:
        return []


@cache
def on_paper(body: bytes) -> Approved:
    return Approved(body, plain=True)


@pytest.fixture(scope="module")
def as_sent() -> Approved:
    return Approved(shipped().body, plain=False)


def spoken(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each message of a golden conversation, and its buttons."""
    for block in re.findall(r"^[<!] .*\n(?:[|!].*\n)*(?:  \[.*\n)*", path.read_text("utf-8"), re.MULTILINE):
        lines = block.splitlines()
        # Staff lines are written paragraph after paragraph.
        joint = "\n\n" if block.startswith("!") else "\n"
        said = joint.join(line[2:] for line in lines if line[0] in "<|!")
        yield (
            said,
            [label for line in lines if line[0] == " " for label in re.findall(r"\[(.*?)\](?= \[|$)", line)],
        )


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_conversations_hold_approved_texts_only(path: Path, bundle: Bundle) -> None:
    approved = [on_paper(edition.body) for edition in editions(path.read_text("utf-8"), bundle)]
    found = list(spoken(path))
    assert found
    for said, labels in found:
        assert any(texts.says(said) for texts in approved), said
        for label in labels:
            assert any(texts.labels(label) for texts in approved), label


def test_every_case_is_told_in_approved_texts_only(bundle: Bundle, as_sent: Approved) -> None:
    figures = Figures()
    for phone in ("en", "zh-hans"):
        for answers in cases():
            audit(of_case(bundle, answers, phone), as_sent, figures)
    assert figures.messages > 1000
    assert figures.outside == []


def test_whatever_people_do_they_read_approved_texts_only(bundle: Bundle, as_sent: Approved) -> None:
    figures = Figures()
    for seed in range(40):
        audit(at_random(bundle, Random(seed), 40), as_sent, figures)
    assert figures.messages > 1500
    assert figures.outside == []


def test_without_an_approval_too(bundle: Bundle, as_sent: Approved) -> None:
    figures = Figures()
    for seed in range(5):
        audit(at_random(bundle, Random(seed), 20, Never()), as_sent, figures)
    assert figures.messages > 50
    assert figures.outside == []


FOREIGN = [
    "You may be eligible.",
    "",
    "Question 3 of 11\n\n<b>Are you well?</b>",
    "<b>You are eligible</b>",
    "Your answer now: eligible",
    "Dermatomyositis: <b>You are cured</b>",
    "Your result may change.\n\nAll right. Nothing was erased.",
    "All right. Nothing was erased. ",
    "All right, I will not remind you.\n\n好的，您有资格参加。",
    "You came by the link: <b>x</b>",
    "Code of this talk: I think that you may join",
]


@pytest.mark.parametrize("said", FOREIGN)
def test_what_is_not_approved_is_found(said: str, as_sent: Approved) -> None:
    assert not as_sent.says(said)


@pytest.mark.parametrize(
    "said",
    [
        "All right. Nothing was erased.",
        "Question 3 of about 11",
        "Your answer now: 45",
        "Your answer now: Yes, positive",
    ],
)
def test_what_is_approved_is_found_too(said: str, as_sent: Approved) -> None:
    assert as_sent.says(said)


@pytest.mark.parametrize("label", ["Yes, join now", "", "Start / Start", "Start / 是 / Start", "2 – Perhaps"])
def test_a_button_of_other_words_is_found(label: str, as_sent: Approved) -> None:
    assert not as_sent.labels(label)


def test_one_changed_character_is_found(bundle: Bundle, as_sent: Approved) -> None:
    """Each message of a talk, with one character of it changed, is none of ours."""
    chance = Random(7)
    for message in at_random(bundle, Random(3), 25):
        if isinstance(message, Message):
            place = chance.choice([n for n, mark in enumerate(message.html) if mark.isalpha()])
            other = message.html[:place] + "ß" + message.html[place + 1 :]
            assert not as_sent.says(other), other


def test_the_audit_goes_red_when_something_is_added(bundle: Bundle, as_sent: Approved) -> None:
    real = wording._message

    def helpful(*given: object) -> Message:
        message = real(*given)  # type: ignore[arg-type]
        return replace(message, html=message.html + "\n\nGood luck!", rows=((Button("Join"),),))

    figures = Figures()
    with patch.object(wording, "_message", helpful):
        audit(at_random(bundle, Random(1), 10), as_sent, figures)
    assert len(figures.outside) >= 2 * 10
