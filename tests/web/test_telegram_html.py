"""What a message may do to the page of whoever reads it: look like a message, and nothing more."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.telegram_html import telegram_html

OURS = re.compile(
    r"</?(?:b|i|u|s|code|pre|tg-spoiler|blockquote)>|</a>"
    r'|<a href="(?:https://|tg:|mailto:)[^"<>]*" rel="noreferrer">',
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b> <i>and</i> <u>all</u> <s>the</s> <code>rest</code>",
        "<pre>of</pre> <tg-spoiler>it</tg-spoiler> <blockquote>here</blockquote>",
        "1 &lt; 2 &amp; 您好",
    ],
)
def test_what_telegram_shows_is_shown(text: str) -> None:
    assert telegram_html(text) == text


@pytest.mark.parametrize("address", ["https://example.org/?a=1&amp;b=2", "tg://user?id=7", "mailto:a@b.org"])
def test_a_link_is_a_link(address: str) -> None:
    assert telegram_html(f'<a href="{address}">here</a>') == (
        f'<a href="{address}" rel="noreferrer">here</a>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>steal()</script>",
        "<img src=x onerror=steal()>",
        "<img src=x onerror=steal()",
        "<b onclick=steal()>here</b>",
        '<a href="javascript:steal()">here</a>',
        '<a href="https://example.org" onclick="steal()">here</a>',
        "<form action=https://example.org><input name=code></form>",
        "<svg/onload=steal()>",
        "<style>b{}</style><textarea></textarea><iframe><!-- x --><!doctype html><?x?><![CDATA[x]]>",
    ],
)
def test_everything_else_is_plain_words(text: str) -> None:
    shown = telegram_html(text)
    assert "<" not in OURS.sub("", shown)
    assert "&lt;" in shown


def test_what_is_left_open_ends_with_the_message() -> None:
    assert telegram_html("<b><i>on and on") == "<b><i>on and on</i></b>"
    assert telegram_html("</b></div> on") == "&lt;/b&gt;&lt;/div&gt; on"


PIECES = st.sampled_from(
    [
        *"<>\"'&;=/! ",
        "b",
        "a",
        "href",
        "https://x",
        "script",
        "onclick",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_nothing_but_telegrams_tags_gets_through(text: str) -> None:
    assert not re.search(r"[<>]", OURS.sub("", telegram_html(text)))
