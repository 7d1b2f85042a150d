"""The little markup that a text may carry, and how long it is without it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

ALLOWED = ("b", "i", "a", "blockquote")
LONGEST_MESSAGE = 4096
"""Telegram's limit, counted in UTF-16 units after the markup is read."""
LONGEST_LABEL = 40


def faults(text: str) -> Iterator[str]:
    """Yield what is wrong with the markup of an HTML text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    yield from reader.faults
    for tag in reader.open:
        yield f"<{tag}> is not closed"


def label_faults(text: str) -> Iterator[str]:
    """Yield what is wrong with a plain text such as a button's label."""
    if re.search(r"[<>&]", text):
        yield "a label is plain text, without <, > or &"
    if "\n" in text:
        yield "a label stands on one line"
    if len(text) > LONGEST_LABEL:
        yield f"a label has at most {LONGEST_LABEL} characters, this one has {len(text)}"


def shown_length(text: str) -> int:
    """Return the length of an HTML text as Telegram counts it."""
    shown = html.unescape(re.sub(r"<[^>]*>", "", text))
    return len(shown.encode("utf-16-le")) // 2


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.faults.append(f"<{tag}> is not allowed")
            return
        self.open.append(tag)
        links = [value or "" for name, value in attrs if name == "href"]
        if tag == "a" and not (len(attrs) == 1 and links and links[0].startswith(("https://", "tg://"))):
            self.faults.append('<a> needs one href="https://…" and nothing else')
        if tag != "a" and attrs:
            self.faults.append(f"<{tag}> takes no attributes")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag in ALLOWED:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if re.search(r"[<>&]", data):
            self.faults.append("<, > and & are written &lt;, &gt; and &amp;")

    def handle_comment(self, _data: str) -> None:
        self.faults.append("comments are not allowed")
