"""What a bot's text becomes: parsed, checked, trimmed, with the entities Telegram would keep."""

import re
from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.html_input import read_html
from bot.simulator.schema import read_int
from bot.simulator.utf16 import units

Json = dict[str, Any]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_RAW_LIMIT = 1 << 15
_SOLID = {"code", "pre"}  # nothing lies inside these, and styles are cut around them
_STYLES = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_QUOTES = {"blockquote", "expandable_blockquote"}
_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)，。；：！？）])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/@])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z]\w{3,31})"
)


def format_text(text: str, parse_mode: str, entities: list[Json] | None) -> tuple[str, list[Json]]:
    """The text and entities of a message to send, or Telegram's refusal."""
    if not text:
        raise bad_request("message text is empty")
    parsed, found = _parse(text, parse_mode, entities)
    parsed, found = _trim(parsed, found)
    if not parsed:
        raise bad_request("text must be non-empty")
    if units(parsed) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return parsed, with_detected(parsed, found)


def format_caption(text: str, parse_mode: str, entities: list[Json] | None) -> tuple[str, list[Json]]:
    """The caption and its entities; an empty caption is fine."""
    parsed, found = _trim(*_parse(text, parse_mode, entities))
    if units(parsed) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return parsed, with_detected(parsed, found)


def with_detected(text: str, entities: list[Json]) -> list[Json]:
    """The entities given plus commands, links, addresses and mentions that stand in plain text."""
    found = [*entities]
    for match in _DETECTED.finditer(text):
        entity = _entity(str(match.lastgroup), units(text[: match.start()]), units(match[0]))
        if not any(_overlap(entity, other) for other in entities if other["type"] not in _STYLES | _QUOTES):
            found.append(entity)
    return sorted(found, key=_order)


def _parse(text: str, parse_mode: str, entities: list[Json] | None) -> tuple[str, list[Json]]:
    if len(text.encode(errors="surrogatepass")) > _RAW_LIMIT:
        raise bad_request("text is too long")
    match parse_mode.lower():
        case "" | "none":
            return text, _settle(_given(text, entities if isinstance(entities, list) else []))
        case "html":
            parsed, found = read_html(text)
            return parsed, _settle(found)
        case "markdown" | "markdownv2":
            raise bad_request(f"parse_mode {parse_mode} isn't supported by the simulator; use HTML")
        case _:
            raise bad_request("unsupported parse_mode")


def _given(text: str, entities: list[Json]) -> list[Json]:
    """Entities the bot sent itself, cut to the text; each needs its three fields."""
    kept: list[Json] = []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        for name in ("type", "offset", "length"):
            if name not in entity:
                raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
        offset, length = read_int(entity["offset"]), read_int(entity["length"])
        start, end = max(0, offset), min(units(text), offset + length)
        if start < end:
            kept.append({**entity, "type": str(entity["type"]), "offset": start, "length": end - start})
    return kept


def _settle(entities: list[Json]) -> list[Json]:
    """What Telegram keeps: nothing inside code, styles cut around it, no quote or link in its own kind."""
    solid = _outermost([e for e in entities if e["type"] in _SOLID])
    quotes = _outermost([e for e in entities if e["type"] in _QUOTES])
    kept = [*solid, *quotes]
    for entity in entities:
        if entity["type"] in _SOLID | _QUOTES:
            continue
        if entity["type"] in _STYLES:
            kept.extend(_around(entity, solid))
        elif not any(_overlap(entity, other) for other in solid):
            kept.append(entity)
    return sorted(_without_doubles(kept), key=_order)


def _outermost(entities: list[Json]) -> list[Json]:
    kept: list[Json] = []
    for entity in sorted(entities, key=_order):
        if not any(_holds(other, entity) for other in kept):
            kept.append(entity)
    return kept


def _without_doubles(entities: list[Json]) -> list[Json]:
    """An entity inside another of its own type adds nothing."""
    kinds = {entity["type"] for entity in entities}
    return [e for kind in kinds for e in _outermost([e for e in entities if e["type"] == kind])]


def _around(entity: Json, solid: list[Json]) -> list[Json]:
    pieces = [(entity["offset"], _end(entity))]
    for hole in solid:
        start, end = hole["offset"], _end(hole)
        pieces = [p for a, b in pieces for p in ((a, min(b, start)), (max(a, end), b)) if p[0] < p[1]]
    return [{**entity, "offset": a, "length": b - a} for a, b in pieces]


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """White space at the ends is taken off, at the start only as far as the first entity."""
    first = min((e["offset"] for e in entities), default=len(text))
    start = min(len(text) - len(text.lstrip(" \n\r\t")), first)
    trimmed = text[start:].rstrip()
    moved = [{**e, "offset": e["offset"] - start} for e in entities]
    return trimmed, _given(trimmed, moved)


def _entity(kind: str, offset: int, length: int) -> Json:
    return {"type": kind, "offset": offset, "length": length}


def _order(entity: Json) -> tuple[int, int, str]:
    return entity["offset"], -entity["length"], entity["type"]


def _end(entity: Json) -> int:
    return int(entity["offset"] + entity["length"])


def _overlap(one: Json, other: Json) -> bool:
    return bool(one["offset"] < _end(other) and other["offset"] < _end(one))


def _holds(outer: Json, inner: Json) -> bool:
    return bool(outer["offset"] <= inner["offset"] and _end(inner) <= _end(outer))
