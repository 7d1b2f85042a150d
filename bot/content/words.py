"""From keys and parameters to the words of one language."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass

from bot.content.fluent import BrokenText, Messages
from bot.content.language import PLACEHOLDER
from bot.domain.messages import Param, Reply, Text

TRIAL = "trial:"
"""Keys of the trial's own words begin with this; the others are messages of bot.ftl."""
LANGUAGE_NAME = "language-name"
"""`language-name:<language>` is what that language calls itself."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words: Telegram's HTML, and plain button labels in rows."""

    html: str
    rows: tuple[tuple[str, ...], ...] = ()


class Words:
    """All words of one language; a text it lacks is never taken from another."""

    def __init__(self, language: str, texts: Mapping[str, str], messages: Mapping[str, Messages]) -> None:
        """Take the trial's texts in this language and the bot's messages in all (for their names)."""
        self.language = language
        self.texts = texts
        self.messages = messages[language]
        self._names = {code: each.format(LANGUAGE_NAME, {}) for code, each in messages.items()}

    def has_own(self, text: Text) -> bool:
        """Say whether these words hold a text themselves, not only by what is spare."""
        return text.key in self

    def with_texts(self, texts: Mapping[str, str]) -> Words:
        """Return the same words with other texts in place of some of the trial's."""
        other = copy(self)
        other.texts = {**self.texts, **texts}
        return other

    def __contains__(self, key: str) -> bool:
        if key.startswith(TRIAL):
            return key.removeprefix(TRIAL) in self.texts
        return key in self.messages

    def text(self, key: Text | str, **params: Param) -> str:
        """Return a text as HTML; raises BrokenText where it is missing or lacks a parameter."""
        wanted = key if isinstance(key, Text) else Text(key, params)
        return self._say(wanted, escape=True)

    def label(self, key: Text | str, **params: Param) -> str:
        """Return a text as plain text, for a button; raises BrokenText as text() does."""
        wanted = key if isinstance(key, Text) else Text(key, params)
        return self._say(wanted, escape=False)

    def render(self, reply: Reply) -> Rendered:
        """Return a message in this language; raises BrokenText as text() does."""
        rows = tuple(tuple(self.label(choice.label) for choice in row) for row in reply.rows)
        return Rendered("\n\n".join(self.text(part) for part in reply.parts), rows)

    def _say(self, text: Text, *, escape: bool) -> str:
        params = {name: self._param(name, value, escape=escape) for name, value in text.params.items()}
        if text.key.startswith(TRIAL):
            return self._of_trial(text.key.removeprefix(TRIAL), params)
        name, _, language = text.key.partition(":")
        if name == LANGUAGE_NAME and language in self._names:
            return self._names[language]
        return self.messages.format(text.key, params)

    def _of_trial(self, key: str, params: Mapping[str, str | int]) -> str:
        if key not in self.texts:
            raise BrokenText(f"The trial has no text `{key}` in {self.language}.")
        raw = self.texts[key]
        missing = sorted(name for name in PLACEHOLDER.findall(raw) if name not in params)
        if missing:
            raise BrokenText(f"The trial's text `{key}` lacks {', '.join(missing)}.")
        return PLACEHOLDER.sub(lambda match: str(params[match[1]]), raw)

    def _param(self, name: str, value: Param, *, escape: bool) -> str | int:
        match value:
            case Text():
                return self._say(value, escape=escape)
            case tuple():
                return self._joiner(name).join(self._say(part, escape=escape) for part in value)
            case str() if escape:
                return html.escape(value, quote=False)
            case _:
                return value

    def _joiner(self, name: str) -> str:
        if name not in {"reason", "reasons"}:
            return "\n"
        return "；" if self.language.startswith("zh") else "; "


def render_in_all(words: Iterable[Words], reply: Reply) -> Rendered:
    """Return a message in every language, one after another, for somebody who has chosen none.

    A button is labelled in every language too, unless it is called the same in all of them.
    """
    said = [each.render(reply) for each in words]
    rows = tuple(
        tuple(" / ".join(dict.fromkeys(labels)) for labels in zip(*row, strict=True))
        for row in zip(*(one.rows for one in said), strict=True)
    )
    return Rendered("\n\n".join(one.html for one in said), rows)
