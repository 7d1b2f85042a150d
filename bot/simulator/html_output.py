"""Entities to HTML that is safe to put into the chat page."""

from html import escape
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.utf16 import cut, units

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_SAFE_SCHEMES = {"http", "https", "tg", "mailto"}


def to_html(text: str, entities: list[dict[str, Any]]) -> str:
    """Well-formed HTML for a text: every character escaped, only known tags, only safe links."""
    ordered = sorted(entities, key=lambda e: (e["offset"], -e["length"]))
    edges = sorted({0, units(text), *(e["offset"] for e in ordered), *(_end(e) for e in ordered)})
    out: list[str] = []
    opened: list[dict[str, Any]] = []
    for start, end in zip(edges, [*edges[1:], edges[-1]], strict=True):
        _close_ended(opened, start, out)
        _open(opened, [e for e in ordered if e["offset"] == start < _end(e)], text, out)
        out.append(escape(cut(text, start, end), quote=False))
    return "".join(out)


def _end(entity: dict[str, Any]) -> int:
    return int(entity["offset"] + entity["length"])


def _close_ended(opened: list[dict[str, Any]], at: int, out: list[str]) -> None:
    """Close what ends here; what merely lay on top of it is opened again, so tags always nest."""
    ended = [position for position, entity in enumerate(opened) if _end(entity) <= at]
    if not ended:
        return
    above = opened[ended[0] :]
    out.extend(_closing(entity) for entity in reversed(above))
    del opened[ended[0] :]
    _open(opened, [entity for entity in above if _end(entity) > at], "", out)


def _open(opened: list[dict[str, Any]], entities: list[dict[str, Any]], text: str, out: list[str]) -> None:
    for entity in entities:
        out.append(_opening(entity, text))
        opened.append(entity)


def _opening(entity: dict[str, Any], text: str) -> str:
    match entity["type"]:
        case "text_link" | "url" | "email":
            return _link(entity, text)
        case "spoiler":
            return '<span class="tg-spoiler">'
        case "expandable_blockquote":
            return "<blockquote expandable>"
        case "bot_command":
            return '<span class="bot-command">'
        case kind if kind in _TAGS:
            return f"<{_TAGS[kind]}>"
        case _:
            return "<span>"


def _link(entity: dict[str, Any], text: str) -> str:
    url = entity.get("url") or cut(text, entity["offset"], _end(entity))
    if entity["type"] == "email":
        url = f"mailto:{url}"
    if urlsplit(url).scheme not in _SAFE_SCHEMES:
        return "<a>"
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">'


def _closing(entity: dict[str, Any]) -> str:
    kind = entity["type"]
    if kind in {"text_link", "url", "email"}:
        return "</a>"
    return f"</{_TAGS.get(kind, 'blockquote' if kind == 'expandable_blockquote' else 'span')}>"
