"""Long texts in pieces: nothing lost, each within what Telegram takes."""

from __future__ import annotations

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.botapi.replies import LIMIT, keyboard, keys, split
from bot.content.markup import LONGEST_MESSAGE, shown_length
from bot.service.message import Button, Key, Message
from bot.simulator.html_input import read_html
from bot.simulator.utf16 import units

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


@given(st.text(max_size=LIMIT // 2))  # a character has two units at most
def test_what_fits_stays_one_message(html: str) -> None:
    assert split(html) == [html]


LETTERS = st.text(st.sampled_from("aé字。 -\n😀👍🏽\u200d"), min_size=1, max_size=25)
REFERENCES = st.sampled_from(
    ["&lt;", "&gt;", "&amp;", "&quot;", "&#x1F600;", "&#39;", "&nbsp;", "&", "&copy"]
)
MARKS = st.sampled_from(
    [
        "b",
        "i",
        'a href="https://example.org/?a=1&amp;b=2"',
        "blockquote expandable",
        'span class="tg-spoiler"',
    ]
)


def marked(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    wrapped = st.tuples(MARKS, inner).map(lambda part: f"<{part[0]}>{part[1]}</{part[0].split()[0]}>")
    return st.lists(st.one_of(wrapped, inner), max_size=4).map("".join)


HTML = st.recursive(st.one_of(LETTERS, REFERENCES), marked, max_leaves=25)


def kinds(html: str) -> list[tuple[str, str]]:
    """Return each character that is not white with the markup it stands in."""
    text, entities = read_html(html)
    found, at = [], 0
    for character in text:
        inside = sorted(e["type"] for e in entities if e["offset"] <= at < e["offset"] + e["length"])
        at += units(character)
        if not character.isspace():
            found.append((character, " ".join(inside)))
    return found


@settings(max_examples=400)
@given(HTML, st.integers(8, 60))
def test_every_piece_is_whole_as_telegram_reads_it(html: str, limit: int) -> None:
    """Within the limit, every tag closed, and every character as it was."""
    pieces = split(html, limit)
    read = [read_html(piece) for piece in pieces]
    if read_html(html)[0].strip():
        assert all(units(text) <= limit and text.strip() for text, _ in read)
    assert [kind for piece in pieces for kind in kinds(piece)] == kinds(html)


@given(HTML, st.integers(8, 60))
def test_between_pieces_nothing_but_white_space_is_left_out(html: str, limit: int) -> None:
    rest = read_html(html)[0]
    assume(rest.strip())
    for text in [read_html(piece)[0] for piece in split(html, limit)]:
        between, found, rest = rest.partition(text)
        assert found
        assert not between.strip()
    assert not rest.strip()


def test_one_line_of_emoji_is_cut_by_telegrams_own_count() -> None:
    line = f"<b>{'😀' * 9000}</b>"
    pieces = split(line)
    assert all(units(read_html(piece)[0]) <= LONGEST_MESSAGE for piece in pieces)
    assert "".join(read_html(piece)[0] for piece in pieces) == "😀" * 9000
    assert all(piece.startswith("<b>") and piece.endswith("</b>") for piece in pieces)


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


def test_keys_stand_in_the_place_of_the_keyboard_and_are_taken_away() -> None:
    shown = ((Key("Share", asks_phone=True),), (Key("No"),))
    assert keys(Message("?", keys=shown)) == {
        "keyboard": [[{"text": "Share", "request_contact": True}], [{"text": "No"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
    assert keys(Message("!", clears=True)) == {"remove_keyboard": True}
