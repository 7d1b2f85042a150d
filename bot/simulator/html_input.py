"""The reader of `parse_mode=HTML`: Telegram's subset of tags, its rules and its error texts."""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bot.simulator.errors import bad_request
from bot.simulator.utf16 import units

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_ARGUMENTS = {
    ("a", "href"): "",
    ("code", "class"): "language-",
    ("span", "class"): "tg-",
    ("tg-emoji", "emoji-id"): "",
}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_PLAIN = re.compile(r"[^<&]+")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_NAME_TOKEN = re.compile(r"[a-zA-Z0-9.-]*")
_SPACE = re.compile(r"\s*")
_SCHEME = re.compile(r"(?:https?|tg|ton)://\S", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#:]\S*)?$")
_UNTIL_SPACE = re.compile(r"[^\s>]*")
_LONGEST_REFERENCE = 10
_LAST_CHARACTER = 0x10FFFF


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    tag: str
    argument: str
    offset: int
    part: int


def read_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its tags and the entities they made; raises Telegram's parse error."""
    return _Reader(source).read()


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    offset: int = 0
    parts: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.source):
            if self.source[self.at] != "<":
                self._text()
            elif self.source.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            self._fail(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.parts), self.entities

    def _text(self) -> None:
        if plain := _PLAIN.match(self.source, self.at):
            self._emit(plain[0], plain.end())
        else:
            self._emit(*self._reference(self.at))

    def _emit(self, text: str, then: int) -> None:
        self.parts.append(text)
        self.offset += units(text)
        self.at = then

    def _reference(self, at: int) -> tuple[str, int]:
        """The character an `&…;` stands for; anything Telegram does not know is an ampersand as such."""
        found = _REFERENCE.match(self.source, at)
        character = _decode(found) if found else None
        if found is None or character is None:
            return "&", at + 1
        if "\ud800" <= character <= "\udfff":
            self._fail(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return character, found.end()

    def _start_tag(self) -> None:
        begin = self.at
        self.at = self._until_space_or_end(begin + 1)
        if self.at == len(self.source):
            self._fail("Unclosed start tag", begin)
        tag = self.source[begin + 1 : self.at].lower()
        if tag not in _KINDS:
            self._fail(f'Unsupported start tag "{tag}"', begin)
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            self._fail('Tag "span" must have class "tg-spoiler"', begin)
        self.at += 1
        self.open.append(_Open(tag, argument, self.offset, len(self.parts)))

    def _attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while True:
            self._skip_space()
            if self._next() == ">":
                return argument
            name = self._attribute_name(tag, begin)
            if tag == "blockquote" and name == "expandable" and self._next() != "=":
                argument = "expandable"
                continue
            value = self._attribute_value(tag, begin)
            prefix = _ARGUMENTS.get((tag, name))
            if prefix is not None and value.startswith(prefix):
                argument = value.removeprefix(prefix)

    def _attribute_name(self, tag: str, begin: int) -> str:
        if self._next() == "":
            self._fail("Unclosed start tag", begin)
        name = _match(_ATTRIBUTE_NAME, self.source, self.at)
        if not name:
            self._fail(f'Empty attribute name in the tag "{tag}"', begin)
        self.at += len(name)
        self._skip_space()
        return name

    def _attribute_value(self, tag: str, begin: int) -> str:
        if self._next() != "=":
            self._fail(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
        self.at += 1
        self._skip_space()
        if self._next() == "":
            self._fail("Unclosed start tag", begin)
        value = self._quoted() if self._next() in {"'", '"'} else self._name_token()
        if self._next() == "":
            self._fail("Unclosed start tag", begin)
        return value

    def _name_token(self) -> str:
        begin = self.at
        token = _match(_NAME_TOKEN, self.source, begin)
        self.at += len(token)
        if self._next() and not self._next().isspace() and self._next() != ">":
            self._fail("Unexpected end of name token", begin)
        return token.lower()

    def _quoted(self) -> str:
        quote = self._next()
        self.at += 1
        value: list[str] = []
        while self._next() not in {quote, ""}:
            if self._next() == "&":
                character, self.at = self._reference(self.at)
            else:
                character, self.at = self._next(), self.at + 1
            value.append(character)
        self.at += 1
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            self._fail("Unexpected end tag", begin)
        self.at = self._until_space_or_end(begin + 2)
        name = self.source[begin + 2 : self.at].lower()
        self._skip_space()
        if self._next() != ">":
            self._fail("Unclosed end tag", begin)
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            self._fail("Unmatched end tag", begin, f', expected "</{opened.tag}>", found "</{name}>"')
        if self.offset > opened.offset:
            self._add(opened)

    def _add(self, opened: _Open) -> None:
        entity: dict[str, Any] = {
            "type": _KINDS[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        if opened.tag == "pre" and self._takes_language(entity):
            return
        match opened.tag:
            case "a":
                url = _checked_link(opened.argument or "".join(self.parts[opened.part :]))
                if url is None:
                    return
                entity["url"] = url
            case "code" if opened.argument:
                entity["language"] = opened.argument
            case "blockquote" if opened.argument:
                entity["type"] = "expandable_blockquote"
            case "tg-emoji":
                entity["custom_emoji_id"] = self._emoji_id(opened.argument)
            case _:
                pass
        self.entities.append(entity)

    def _takes_language(self, entity: dict[str, Any]) -> bool:
        """`<pre><code class="language-x">` is one entity, not two."""
        last = self.entities[-1] if self.entities else {}
        same = all(last.get(key) == entity[key] for key in ("offset", "length"))
        if last.get("type") == "code" and same and "language" in last:
            last["type"] = "pre"
            return True
        return False

    def _emoji_id(self, argument: str) -> str:
        if not argument.isdecimal() or int(argument) == 0:
            raise bad_request("invalid custom emoji identifier specified")
        return argument

    def _next(self) -> str:
        return self.source[self.at : self.at + 1]

    def _skip_space(self) -> None:
        self.at += len(_match(_SPACE, self.source, self.at))

    def _until_space_or_end(self, at: int) -> int:
        return at + len(_match(_UNTIL_SPACE, self.source, at))

    def _fail(self, reason: str, begin: int | None = None, rest: str = "") -> NoReturn:
        place = "" if begin is None else f" at byte offset {len(self.source[:begin].encode())}"
        raise bad_request(f"can't parse entities: {reason}{place}{rest}")


def _match(pattern: re.Pattern[str], text: str, at: int) -> str:
    found = pattern.match(text, at)
    return found[0] if found else ""


def _decode(found: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = found.groups()
    if name is not None:
        return _NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    length = len(found[0].rstrip(";"))
    return chr(code) if 0 < code < _LAST_CHARACTER and length < _LONGEST_REFERENCE else None


def _checked_link(url: str) -> str | None:
    """The link as Telegram keeps it; what is no link at all stays plain text."""
    if _SCHEME.match(url):
        return url
    return f"http://{url}" if _DOMAIN.match(url) else None
