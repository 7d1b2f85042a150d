"""Editions of trials, as the use cases see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.domain.messages import Reply, Text
from bot.domain.trial import Trial


class Rendered(Protocol):
    """A reply in words."""

    @property
    def html(self) -> str: ...
    @property
    def rows(self) -> tuple[tuple[str, ...], ...]: ...


class Edition(Protocol):
    """A trial with every word of it, in one fixed version."""

    @property
    def trial(self) -> Trial: ...
    @property
    def body(self) -> bytes: ...
    def render(self, reply: Reply, language: str | None) -> Rendered:
        """Return the words of a reply; in every language where none is chosen yet."""
        ...

    def label(self, text: Text, language: str | None) -> str:
        """Return one text plain; without a language, in the trial's first."""
        ...


class Editions(Protocol):
    """The trials on offer, and older editions that conversations are pinned to."""

    @property
    def offered(self) -> Mapping[str, Edition]:
        """The newest edition of each trial, by trial id."""
        ...

    def known(self, content_hash: str) -> Edition | None:
        """Return the edition of that hash if it is at hand."""
        ...

    def renewed(self, pinned: str, newer: str) -> Edition:
        """Return an edition with the acknowledgements of a newer one; both by hash, and at hand."""
        ...

    def remember(self, content_hash: str, body: bytes) -> Edition:
        """Compile an edition from the store and keep it at hand; EditionChanged where its hash is another."""
        ...
