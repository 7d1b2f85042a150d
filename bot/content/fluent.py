"""bot.ftl: the bot's own words, read once and formatted strictly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor

from bot.content.problem import Problem, error
from bot.domain.errors import ContentError

FILE = "bot.ftl"


class BrokenText(ContentError, LookupError):  # noqa: N818 -- it is the text that is broken
    """A text is missing, or something it needs was not given; it is never shown half-made."""


class Messages:
    """The messages of one language; format() raises BrokenText rather than show a broken text.

    What these lack is taken from `spare`: an edition from before a text was written goes on with it.
    """

    def __init__(self, language: str, ftl: str, spare: Messages | None = None) -> None:
        self._spare = spare
        self.shapes = {shape.id: shape for shape in read_messages(FILE, ftl)[0]}
        self._bundle = FluentBundle([language], use_isolating=False)
        self._bundle.add_resource(_parsed(ftl))

    def __contains__(self, name: str) -> bool:
        return name in self.shapes

    def format(self, name: str, params: Mapping[str, str | int]) -> str:
        """Return the message with its variables filled in."""
        if name not in self.shapes and self._spare:
            return self._spare.format(name, params)
        if name not in self.shapes:
            raise BrokenText(f"There is no text `{name}`.")
        pattern = self._bundle.get_message(name).value
        assert pattern is not None  # shapes hold only messages that have a value
        value, problems = self._bundle.format_pattern(pattern, dict(params))
        if problems:
            raise BrokenText(f"The text `{name}` cannot be filled in: {problems[0]}.")
        return str(value)


@lru_cache(maxsize=16)
def _parsed(ftl: str) -> ast.Resource:
    """Parse a file once, however many trials it is read for; what is returned is only ever looked at."""
    return FluentResource(ftl)


@dataclass(frozen=True, slots=True)
class MessageShape:
    """What must agree between languages: a message's id and variables; and its static text."""

    id: str
    line: int
    variables: frozenset[str]
    patterns: tuple[str, ...]


def read_messages(file: str, ftl: str) -> tuple[list[MessageShape], list[Problem]]:
    """Return the messages of a Fluent file and what is wrong with its syntax."""
    shapes: list[MessageShape] = []
    problems: list[Problem] = []
    for entry in _parsed(ftl).body:
        line = ftl.count("\n", 0, entry.span.start if entry.span else 0) + 1
        if isinstance(entry, ast.Junk):
            what = f"This is not Fluent: {entry.annotations[0].message}."
            problems.append(error(file, line, what, "Correct the syntax."))
        elif isinstance(entry, ast.Message) and entry.value is not None:
            shapes.append(_shape(entry, line))
    problems.extend(_doubled(file, shapes))
    return shapes, problems


def _shape(entry: ast.Message, line: int) -> MessageShape:
    reader = _Reader()
    reader.visit(entry)
    return MessageShape(entry.id.name, line, frozenset(reader.variables), tuple(reader.patterns))


def _doubled(file: str, shapes: list[MessageShape]) -> Iterator[Problem]:
    seen: set[str] = set()
    for shape in shapes:
        if shape.id in seen:
            yield error(file, shape.line, f"`{shape.id}` stands here twice.", "Remove one of them.")
        seen.add(shape.id)


@dataclass
class _Reader(Visitor):
    """Collects the variables of a message and its static text, pattern by pattern."""

    variables: set[str] = field(default_factory=set)
    patterns: list[str] = field(default_factory=list)

    def visit_VariableReference(self, node: Any) -> None:  # noqa: ANN401, N802 -- the library's way
        self.variables.add(node.id.name)

    def visit_Pattern(self, node: Any) -> None:  # noqa: ANN401, N802 -- the library's way
        static = (part.value if isinstance(part, ast.TextElement) else "x" for part in node.elements)
        self.patterns.append("".join(static))
        self.generic_visit(node)
