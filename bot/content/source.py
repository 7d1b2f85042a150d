"""YAML files read with the line of each value, so that a problem can say where it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.content.problem import Problem, error

Place: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a file: keys and positions from the top."""

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Source:
    """One file as it was read: its name, its plain data and the line of each place."""

    file: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place = ()) -> int:
        """Return the line of a place, or of the nearest thing around it."""
        known: Place = ()
        for part in place:
            # Validation puts names of its own between the parts of a place; those are passed over.
            if (*known, part) in self.lines:
                known = (*known, part)
        return self.lines.get(known, 1)

    def error(self, place: Place, what: str, remedy: str) -> Problem:
        """Return an error at this place of the file."""
        return error(self.file, self.line(place), what, remedy)


def read_source(path: Path) -> Source:
    """Return the file's data with its lines; what cannot be read becomes a problem of the source."""
    source = Source(str(path))
    try:
        source.data, source.lines = _read_yaml(path.read_text(encoding="utf-8"))
    except OSError:
        source.problems.append(
            error(source.file, 1, "The file cannot be read.", "Create it or make it readable.")
        )
    except UnicodeDecodeError:
        source.problems.append(error(source.file, 1, "The file is not UTF-8.", "Save it as UTF-8."))
    except MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        what = f"This is not valid YAML: {broken.problem or broken.context}."
        source.problems.append(error(source.file, line, what, "Correct the syntax or remove the duplicate."))
    except YAMLError as broken:
        source.problems.append(error(source.file, 1, f"This is not valid YAML: {broken}.", "Correct it."))
    return source


def validate(source: Source, model: type[Model]) -> Model | None:
    """Return the file as `model`, or None with the reasons added to the source's problems."""
    if source.problems:
        return None
    try:
        return model.model_validate_json(json.dumps(source.data, default=str))
    except ValidationError as refused:
        for item in refused.errors(include_url=False, include_input=False):
            what, remedy = _in_plain_words(item["type"], item["msg"], item["loc"])
            source.problems.append(source.error(item["loc"], what, remedy))
        return None


@lru_cache(maxsize=16)
def _read_yaml(text: str) -> tuple[Any, dict[Place, int]]:
    """Return plain data and the line of each place; kept, since reading with lines is slow."""
    lines: dict[Place, int] = {}
    return _plain(YAML(typ="rt").load(text), (), lines), lines


def _plain(node: Any, place: Place, lines: dict[Place, int]) -> Any:  # noqa: ANN401 -- YAML holds anything
    if isinstance(node, CommentedMap):
        for key in node:
            lines[(*place, key)] = node.lc.key(key)[0] + 1
        return {key: _plain(value, (*place, key), lines) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*place, index)] = node.lc.item(index)[0] + 1
        return [_plain(value, (*place, index), lines) for index, value in enumerate(node)]
    return node.isoformat() if isinstance(node, date) else node


def _in_plain_words(kind: str, message: str, place: Place) -> tuple[str, str]:
    name = ".".join(str(part) for part in place) or "The file"
    said: Mapping[str, tuple[str, str]] = {
        "missing": (f"`{name}` is missing.", "Add it."),
        "extra_forbidden": (f"`{name}` is not known here.", "Correct its spelling or remove it."),
        "too_short": (f"`{name}` is empty.", "Add at least one."),
        "string_too_short": (f"`{name}` is empty.", "Write it."),
        "model_type": (f"`{name}` must be a list of names and values.", "See the JSON Schema."),
    }
    return said.get(kind, (f"`{name}` is not right: {message}.", "Correct the value."))
