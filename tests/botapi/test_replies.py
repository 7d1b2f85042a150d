"""Long texts in pieces: nothing lost, each within what Telegram takes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.botapi.replies import LIMIT, keyboard, split
from bot.content.markup import LONGEST_MESSAGE, shown_length
from bot.service.ports import Button, Message

WORDS = st.text(st.sampled_from("aé字。 -"), min_size=1, max_size=30)
PARAGRAPH = st.lists(WORDS, min_size=1, max_size=6).map("\n".join)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(st.lists(PARAGRAPH, min_size=1, max_size=12), st.integers(5, 80))
def test_nothing_is_lost_and_every_piece_is_within_the_limit(paragraphs: list[str], limit: int) -> None:
    html = "\n\n".join(paragraphs)
    pieces = split(html, limit)
    assert squeezed("".join(pieces)) == squeezed(html)
    assert all(len(piece) <= limit for piece in pieces)


@given(st.lists(PARAGRAPH.filter(lambda p: len(p) <= 60), min_size=1, max_size=12))
def test_paragraphs_that_fit_are_never_torn(paragraphs: list[str]) -> None:
    html = "\n\n".join(paragraphs)
    assert "\n\n".join(split(html, 60)) == html


@given(st.text(max_size=LIMIT))
def test_what_fits_stays_one_message(html: str) -> None:
    assert split(html) == [html]


def test_as_few_pieces_as_possible_of_equal_paragraphs() -> None:
    assert [len(piece) for piece in split("\n\n".join(["x" * 30] * 6), 100)] == [94, 94]


def test_a_full_piece_of_chinese_is_within_telegrams_own_limit() -> None:
    pieces = split("\n\n".join("试" * 900 for _ in range(10)))
    assert all(shown_length(piece) <= LONGEST_MESSAGE for piece in pieces)
    assert len(pieces) == 4


def test_buttons_carry_a_token_or_open_the_bot() -> None:
    rows = ((Button("Yes", token="abcd1234.1.0"),), (Button("A study", start="NCT06203249"),))
    assert keyboard(Message("?", rows), "doorstep_bot") == [
        [{"text": "Yes", "callback_data": "abcd1234.1.0"}],
        [{"text": "A study", "url": "https://t.me/doorstep_bot?start=NCT06203249"}],
    ]
