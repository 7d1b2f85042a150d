"""console.ftl: the words of the staff console."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bot.content.fluent import Messages

FILE = "console.ftl"
IN_THE_GROUP = "staff.ftl"


class ConsoleWords:
    """Implements bot.web.visit.Texts."""

    def __init__(self, messages: Mapping[str, Messages], names: Mapping[str, str]) -> None:
        """Take the messages of each language, and what each language calls itself."""
        self._messages = messages
        self.languages = names
        self._plain = lru_cache(4096)(self._format)

    def say(self, language: str, key: str, **params: str | int) -> str:
        """Return a text, plain; BrokenText where it is missing or lacks a parameter."""
        return self._messages[language].format(key, params) if params else self._plain(language, key)

    def nearest(self, language: str | None) -> str:
        """Return the language of the console for a phone's: the same tongue, or else the first there is."""
        tongue = (language or "").casefold().partition("-")[0]
        first = next(iter(self.languages))
        return next((each for each in self.languages if each.casefold().partition("-")[0] == tongue), first)

    def _format(self, language: str, key: str) -> str:
        return self._messages[language].format(key, {})


def read_console_words(locales: Path) -> ConsoleWords:
    """Return the console's words in every language that has them."""
    return _read(locales, FILE)


def read_staff_words(locales: Path) -> ConsoleWords:
    """Return the words of the staff group, and the console's, in every language that has them."""
    return _read(locales, FILE, IN_THE_GROUP)


def _read(locales: Path, *names: str) -> ConsoleWords:
    files = {path.parent.name: path.parent for path in sorted(locales.glob(f"*/{FILE}"))}
    texts = {
        code: "\n".join((folder / name).read_text("utf-8") for name in names)
        for code, folder in files.items()
    }
    messages = {code: Messages(code, text) for code, text in texts.items()}
    own = {code: Messages(code, (locales / code / "bot.ftl").read_text("utf-8")) for code in files}
    return ConsoleWords(messages, {code: each.format("language-name", {}) for code, each in own.items()})
