"""parse_mode=HTML: what is kept, where it lies, and back to HTML again."""

from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.formatting import format_text
from bot.simulator.html_output import to_html
from bot.simulator.utf16 import cut, units


def kept(text: str) -> list[tuple[str, str]]:
    """The entities as (type, covered text)."""
    plain, entities = format_text(text, "HTML", None)
    return [(e["type"], cut(plain, e["offset"], e["offset"] + e["length"])) for e in entities]


@pytest.mark.parametrize(
    ("source", "plain", "entities"),
    [
        ("<b>a</b>", "a", [("bold", "a")]),
        ("<STRONG>a</STRONG >", "a", [("bold", "a")]),
        ("<em>你好</em>😀<u>x</u>", "你好😀x", [("italic", "你好"), ("underline", "x")]),
        ("😀<s>y</s><del>z</del>", "😀yz", [("strikethrough", "y"), ("strikethrough", "z")]),
        ("<b>a<i>b</i></b>", "ab", [("bold", "ab"), ("italic", "b")]),
        ("<b>a<b>b</b></b>", "ab", [("bold", "ab")]),
        ("<b>a<code>b</code>c</b>", "abc", [("bold", "a"), ("code", "b"), ("bold", "c")]),
        ("<code>a<b>b</b></code>", "ab", [("code", "ab")]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", "x")]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", "a")]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", [("blockquote", "ab")]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", "a")]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", "a")]),
        ("<a href='https://x.org'>a</a>", "a", [("text_link", "a")]),
        ("<a>x.org</a>", "x.org", [("text_link", "x.org")]),
        ("<a href='javascript:alert(1)'>a</a>", "a", []),
        ("<b></b>a", "a", []),
        ("<b>a</>", "a", [("bold", "a")]),
        ("  <b> a </b>  ", "a", [("bold", "a")]),
        ("/help me@x.org https://x.org/a.", "/help me@x.org https://x.org/a.", None),
    ],
)
def test_reading(source: str, plain: str, entities: list[tuple[str, str]] | None) -> None:
    text, _found = format_text(source, "HTML", None)
    expected = [("bot_command", "/help"), ("email", "me@x.org"), ("url", "https://x.org/a")]
    assert text.strip() == plain
    assert [(kind, covered.strip()) for kind, covered in kept(source)] == (
        expected if entities is None else entities
    )


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("&lt;&gt;&amp;&quot;", '<>&"'),
        ("&#65;&#x4f60;&#128512", "A你😀"),
        ("&nbsp;&copy; &; & &#0;", "&nbsp;&copy; &; & &#0;"),
        ("&ltx", "&ltx"),
        ("&lt x", "< x"),
    ],
)
def test_only_four_names_and_numbers_stand_for_characters(source: str, plain: str) -> None:
    assert format_text(source, "HTML", None)[0] == plain


def test_a_link_keeps_its_address_and_code_its_language() -> None:
    _text, found = format_text(
        '<a href="x.org/?a=1&amp;b=2">l</a><pre><code class="language-py">c</code></pre>', "HTML", None
    )
    assert found[0]["url"] == "http://x.org/?a=1&b=2"
    assert found[1]["language"] == "py"


def test_entities_a_bot_sends_itself_are_cut_to_the_text() -> None:
    _text, found = format_text(
        "abc", "", [{"type": "bold", "offset": 1, "length": 99}, {"type": "code", "offset": 7, "length": 1}]
    )
    assert found == [{"type": "bold", "offset": 1, "length": 2}]


TAGS = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough", "tg-spoiler": "spoiler"}
WORDS = st.text(st.sampled_from('ab<>&"é你好，😀👨‍👩‍👧'), min_size=1, max_size=6)
PIECES = st.lists(
    st.tuples(st.lists(st.sampled_from(sorted(TAGS)), unique=True, max_size=3), WORDS), min_size=1, max_size=8
)


@given(PIECES)
def test_offsets_are_utf16_units(pieces: list[tuple[list[str], str]]) -> None:
    """Whatever lies around it, each entity covers exactly what its tag covered."""
    source, plain, expected = "", "", set()
    for tags, word in pieces:
        source += (
            "".join(f"<{t}>" for t in tags)
            + escape(word, quote=False)
            + "".join(f"</{t}>" for t in reversed(tags))
        )
        expected |= {(TAGS[tag], len(plain.encode("utf-16-le")) // 2, units(word)) for tag in tags}
        plain += word
    text, found = format_text(source, "HTML", None)
    assert text == plain
    assert {(e["type"], e["offset"], e["length"]) for e in found} == expected


@given(PIECES)
def test_html_output_reads_back_to_the_same(pieces: list[tuple[list[str], str]]) -> None:
    source = "".join(
        "".join(f"<{t}>" for t in tags)
        + escape(word, quote=False)
        + "".join(f"</{t}>" for t in reversed(tags))
        for tags, word in pieces
    )
    text, found = format_text(source, "HTML", None)
    assert format_text(to_html(text, found), "HTML", None) == (text, found)


ENTITY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["bold", "italic", "code", "blockquote", "text_link", "spoiler", "mention"]),
        "offset": st.integers(0, 12),
        "length": st.integers(1, 12),
    }
)


@given(st.text(max_size=12), st.lists(ENTITY, max_size=6))
def test_html_output_always_nests_and_never_lets_markup_through(
    text: str, entities: list[dict[str, Any]]
) -> None:
    shown = to_html(text, entities)
    stack: list[str] = []
    for piece in shown.split("<")[1:]:
        tag = piece.partition(">")[0].split(" ")[0]
        if tag.startswith("/"):
            assert stack.pop() == tag[1:]
        else:
            assert tag in {"b", "i", "code", "blockquote", "a", "span"}
            stack.append(tag)
    assert stack == []


def test_dangerous_text_and_links_are_harmless() -> None:
    link = {"type": "text_link", "offset": 0, "length": 1, "url": "javascript:alert(1)"}
    assert to_html("<img src=x>", [link]) == "<a>&lt;</a>img src=x&gt;"
    quoted = {"type": "text_link", "offset": 0, "length": 1, "url": 'https://x.org/"onclick="'}
    assert '"onclick' not in to_html("x", [quoted])
