"""Telegram's HTML in a page: the tags that Telegram shows, and everything else as plain words."""

from __future__ import annotations

import html
from html.parser import HTMLParser

from markupsafe import Markup

_TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "tg-spoiler", "blockquote", "a"})
_LINKS = ("https://", "tg:", "mailto:")


def telegram_html(text: str) -> Markup:
    """Return a message for a page; of a tag that is not Telegram's, or has more in it, only what it says."""
    reader = _Reader()
    # Told that it is at its end in the same call, the parser takes half a tag for words.
    reader.feed(text)
    reader.close()
    return reader.shown()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._written: list[str] = []
        self._open: list[str] = []

    def shown(self) -> Markup:
        """Return all of it, with what was left open closed."""
        closing = [f"</{tag}>" for tag in reversed(self._open)]
        return Markup("".join(self._written + closing))  # noqa: S704 -- made of the tags above and escaped words

    def set_cdata_mode(self, elem: str, *, escapable: bool = False) -> None:
        """Read what stands in a script as words like any other."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        link = attrs[0][1] if len(attrs) == 1 and attrs[0][0] == "href" else None
        if tag == "a" and link and link.lower().startswith(_LINKS):
            self._written.append(f'<a href="{html.escape(link)}" rel="noreferrer">')
        elif tag in _TAGS - {"a"} and not attrs:
            self._written.append(f"<{tag}>")
        else:
            self._say(self.get_starttag_text() or "")
            return
        self._open.append(tag)

    def handle_startendtag(self, _tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._say(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1:] == [tag]:
            self._open.pop()
            self._written.append(f"</{tag}>")
        else:
            self._say(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._say(html.unescape(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        self._say(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._say(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self._say(f"<?{data}>")

    def _say(self, words: str) -> None:
        self._written.append(html.escape(words, quote=False))
