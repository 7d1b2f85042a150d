"""Takes a message apart into the texts of an edition; what cannot be taken apart was never approved.

Nothing of the bot's own rendering is used: texts come from the stored body, and Fluent is read as a tree.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from fluent.syntax import FluentParser, ast

_TAG = re.compile(r"</?[a-z][^>]*>")
_PLACE = re.compile(r"\{([^{}\s]*)\}")
_NUMBER = re.compile(r"\d{1,7}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")
_NAMES = {
    "code": re.compile(r"[a-z0-9]{8}"),
    "name": re.compile(r"Anna(?: Lin(?:-Wang)?)?|Xiaomei &lt;b&gt;L\.&lt;/b&gt;|Xiaomei <b>L\.</b>|王?小梅"),
    "hash": re.compile(r"[0-9a-f]{12}"),
    "phone": re.compile(r"\+\d{8,15}"),
    "receipt": re.compile(r"[a-z0-9]{4}(?:-[a-z0-9]{4}){2}"),
    "source": re.compile(r"[A-Za-z0-9-]{1,40}"),
    "version": re.compile(r"[A-Za-z0-9.-]{1,20}"),
}
"""What may stand for a variable beside numbers, times and approved texts; names are those of the tests."""
_DEEPEST = 5


@dataclass(slots=True)
class Tongue:
    """The texts of one language."""

    fixed: set[str] = field(default_factory=set)
    templates: list[re.Pattern[str]] = field(default_factory=list)


class Approved:
    """The texts of one edition, as HTML or as they look on a phone."""

    def __init__(self, body: bytes, *, plain: bool) -> None:
        parts = json.loads(body)
        self._plain = plain
        self._names = {**_NAMES, "trial": re.compile(re.escape(parts["trial"]["id"]))}
        ftl = parts["ftl"]
        self.tongues = {code: self._tongue(words, ftl[code]) for code, words in parts["words"].items()}
        self._called_in_every_language(ftl)
        self._is_text = lru_cache(maxsize=200_000)(self._find_text)

    def _called_in_every_language(self, ftl: dict[str, str]) -> None:
        """A language is called by its own name, whatever is spoken."""
        names = {
            match[1]
            for text in ftl.values()
            for match in re.finditer(r"^language-name = (.+)$", text, re.MULTILINE)
        }
        for tongue in self.tongues.values():
            tongue.fixed |= names

    def says(self, message: str) -> bool:
        """Say whether a message is made of approved texts of one language, or of each language in turn."""
        paragraphs = message.split("\n\n")
        if any(self._whole(code, tuple(paragraphs)) for code in self.tongues):
            return True
        return self._in_turn(list(self.tongues), paragraphs)

    def labels(self, label: str) -> bool:
        """Say whether a button is called by an approved text, in one language or in each."""
        shown = label.removeprefix("✓ ")
        if any(self._text(code, shown) for code in self.tongues):
            return True
        parts = shown.split(" / ")
        return len(parts) == len(self.tongues) and all(map(self._text, self.tongues, parts))

    def _in_turn(self, codes: Sequence[str], paragraphs: Sequence[str]) -> bool:
        if len(codes) == 1:
            return self._whole(codes[0], tuple(paragraphs))
        return any(
            self._whole(codes[0], tuple(paragraphs[:cut])) and self._in_turn(codes[1:], paragraphs[cut:])
            for cut in range(1, len(paragraphs))
        )

    def _whole(self, code: str, paragraphs: tuple[str, ...]) -> bool:
        """Say whether these paragraphs are one approved text after another."""
        reached = [True] + [False] * len(paragraphs)
        for begin in range(len(paragraphs)):
            for end in range(begin + 1, len(paragraphs) + 1):
                if reached[begin] and not reached[end]:
                    reached[end] = self._text(code, "\n\n".join(paragraphs[begin:end]))
        return reached[-1]

    def _text(self, code: str, text: str) -> bool:
        return self._is_text(code, text, _DEEPEST)

    def _find_text(self, code: str, text: str, depth: int) -> bool:
        tongue = self.tongues[code]
        if text in tongue.fixed:
            return True
        if depth == 0:
            return False
        for form in tongue.templates:
            match = form.fullmatch(text)
            if match and all(self._value(code, name, said, depth - 1) for name, said in _groups(match)):
                return True
        return False

    def _value(self, code: str, name: str, said: str, depth: int) -> bool:
        if _NUMBER.fullmatch(said) or _MOMENT.fullmatch(said):
            return True
        if name in self._names and self._names[name].fullmatch(said):
            return True
        return any(
            all(self._is_text(code, part, depth) for part in said.split(joint))
            for joint in ("\n", "; ", "；")
        )

    def _tongue(self, words: dict[str, str], ftl: str) -> Tongue:
        tongue = Tongue()
        patterns = [list(_of_trial(raw)) for raw in words.values()]
        patterns += [form for value in _messages(ftl) for form in _of_fluent(value)]
        for pattern in patterns:
            if any(not isinstance(part, str) for part in pattern):
                tongue.templates.append(self._form(pattern))
            else:
                tongue.fixed.add(self._shown("".join(part for part in pattern if isinstance(part, str))))
        return tongue

    def _form(self, pattern: Iterable[str | Place]) -> re.Pattern[str]:
        seen: set[str] = set()
        form = ""
        for part in pattern:
            if isinstance(part, str):
                form += re.escape(self._shown(part))
            else:
                form += f"(?P={part.name})" if part.name in seen else f"(?P<{part.name}>.+?)"
                seen.add(part.name)
        return re.compile(form, re.DOTALL)

    def _shown(self, raw: str) -> str:
        return html.unescape(_TAG.sub("", raw)) if self._plain else raw


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is filled in."""

    name: str


def _groups(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    yield from match.groupdict().items()


def _of_trial(raw: str) -> Iterator[str | Place]:
    for number, part in enumerate(_PLACE.split(raw)):
        yield Place(part) if number % 2 else part


def _messages(ftl: str) -> Iterator[ast.Pattern]:
    """Yield what is said; what is listened for and what marks a demo is not."""
    for entry in FluentParser().parse(ftl).body:
        if not isinstance(entry, ast.Message) or entry.id.name.startswith(("words-", "demo-")):
            continue
        if entry.value:
            yield entry.value


def _of_fluent(pattern: ast.Pattern) -> Iterator[list[str | Place]]:
    """Yield each form of a message: one for each variant that a number can choose."""
    forms: list[list[str | Place]] = [[]]
    for element in pattern.elements:
        if isinstance(element, ast.TextElement):
            further: list[list[str | Place]] = [[element.value]]
        elif isinstance(element.expression, ast.SelectExpression):
            variants = element.expression.variants
            further = [form for variant in variants for form in _of_fluent(variant.value)]
        else:
            assert isinstance(element.expression, ast.VariableReference)
            further = [[Place(element.expression.id.name)]]
        forms = [[*form, *more] for form in forms for more in further]
    yield from forms
