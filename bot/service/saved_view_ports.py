"""What saved views of the queue need from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class SavedView(NamedTuple):
    """A name that a member of staff gave, and what of the queue it stands for: words by name of a filter."""

    name: str
    asked: Mapping[str, str]


class SavedViewsReading(Protocol):
    """Saved views, to be looked at."""

    async def of(self, staff: str) -> list[SavedView]:
        """Return the views of a member of staff, oldest first; none where they are not what was written."""
        ...


class SavedViews(SavedViewsReading, Protocol):
    """Saved views, to be changed."""

    async def hold(self, staff: str) -> list[SavedView]:
        """Return the views of a member of staff, who is held: nobody else changes them, or this member."""
        ...

    async def keep(self, staff: str, views: Sequence[SavedView]) -> None:
        """Keep these as all views of a member of staff, who is held."""
        ...

    async def forget(self, staff: str) -> None:
        """Forget all views of a member of staff."""
        ...
