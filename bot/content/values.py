"""The kinds of words that stand in a trial's files."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import StringConstraints

Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$", max_length=40)]
Sentence: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
