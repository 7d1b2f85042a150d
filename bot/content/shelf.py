"""The editions at hand: the newest of each trial, and older ones that conversations are pinned to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.content.bundle import Bundle, compile_bundle, hash_of
from bot.content.words import Rendered, render_in_all
from bot.domain.errors import EditionChanged
from bot.domain.messages import Reply, Text
from bot.domain.trial import Trial
from bot.engine.agreements import renewed


@dataclass(frozen=True, slots=True)
class Edition:
    """One bundle, speaking."""

    bundle: Bundle

    @property
    def trial(self) -> Trial:
        return self.bundle.trial

    @property
    def body(self) -> bytes:
        return self.bundle.body

    def render(self, reply: Reply, language: str | None) -> Rendered:
        """Return the words of a reply; in every language where none is chosen yet."""
        if language is None:
            return render_in_all(self.bundle.words.values(), reply)
        return self.bundle.words[language].render(reply)

    def label(self, text: Text, language: str | None) -> str:
        """Return one text plain; without a language, in the trial's first."""
        return self.bundle.words[language or self.trial.languages[0]].label(text)


class Shelf:
    """Implements bot.service.ports.Editions."""

    def __init__(self, bundles: Iterable[Bundle]) -> None:
        self._offered = {bundle.trial.id: Edition(bundle) for bundle in bundles}
        self._spare = {
            code: words.messages
            for edition in self._offered.values()
            for code, words in edition.bundle.words.items()
        }
        self._by_hash = {edition.trial.content_hash: edition for edition in self._offered.values()}
        self._renewed: dict[tuple[str, str], Edition] = {}

    @property
    def offered(self) -> Mapping[str, Edition]:
        """The newest edition of each trial, by trial id."""
        return self._offered

    def known(self, content_hash: str) -> Edition | None:
        """Return the edition of that hash if it is at hand."""
        return self._by_hash.get(content_hash)

    def remember(self, content_hash: str, body: bytes) -> Edition:
        """Compile an edition from the store and keep it at hand; EditionChanged where its hash is another."""
        if hash_of(body) != content_hash:
            raise EditionChanged(content_hash)
        edition = Edition(compile_bundle(body, self._spare))
        self._by_hash[edition.trial.content_hash] = edition
        return edition

    def renewed(self, pinned: str, newer: str) -> Edition:
        """Return an edition with the acknowledgements of a newer one; both by hash, and at hand."""
        names = pinned, newer
        if names not in self._renewed:
            bundles = [self._by_hash[name].bundle for name in names]
            self._renewed[names] = Edition(_renewed(*bundles))
        return self._renewed[names]


def _renewed(pinned: Bundle, newer: Bundle) -> Bundle:
    words = dict(pinned.words)
    for code in words.keys() & newer.words.keys():
        words[code] = words[code].with_texts(_acknowledgements(pinned.trial, newer.words[code].texts))
    return replace(pinned, trial=renewed(pinned.trial, newer.trial), words=words)


def _acknowledgements(trial: Trial, texts: Mapping[str, str]) -> dict[str, str]:
    names = tuple(f"acknowledgement.{item.key}" for item in trial.acknowledgements)
    return {key: text for key, text in texts.items() if ".".join(key.split(".")[:2]) in names}
