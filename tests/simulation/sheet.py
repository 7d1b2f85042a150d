"""What a person reads off a message, from the approved texts alone: which question, and what buttons say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.content.script import script
from bot.domain.trial import Value
from bot.simulator import Message
from tests.conftest import shipped

AGE = "age"
GROWN = 18
MINOR = "under_18"
OLDEST = 120
_DECLINES = {
    "pass_on": "drop",
    "recheck_yes": "recheck_no",
    "contact_yes": "contact_no",
    "share_phone": "share_no",
}
"""What a plain `No, thank you` means, by the button beside it; elsewhere it declines."""
_SHARED = frozenset(_DECLINES.values())
LANGUAGES = {"English": "en", "简体中文": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One button, as somebody understands it."""

    label: str
    data: str
    means: str
    question: str = ""
    value: Value = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One message, as somebody understands it."""

    message: Message
    question: str | None
    offers: dict[str, Offer]
    """By what they mean; answers by `answer:<option>`."""


@dataclass(slots=True)
class Sheet:
    """The texts of one language, turned round: from words to what they mean."""

    language: str
    told: dict[str, Any] = field(init=False)
    options: dict[str, dict[str, str]] = field(init=False)
    meanings: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.told = script(shipped(), self.language)
        self.options = {
            q["key"]: {option["label"]: option["key"] for option in q["options"]}
            for q in self.told["questions"]
        }
        plain = {label: key for key, label in self.told["navigation"].items() if key not in _SHARED}
        accepts = {item["accept"]: "accept" for item in self.told["acknowledgements"]}
        self.meanings = plain | accepts

    def read(self, message: Message) -> Seen:
        """Say what this message asks and offers."""
        labels = {button.text for row in message.buttons for button in row}
        asked = (q["key"] for q in self.told["questions"] if q["text"] in message.text)
        question = next((key for key in asked if labels & self.options[key].keys()), None)
        offers = {offer.means: offer for offer in self._offers(message, labels, question)}
        return Seen(message, question, offers)

    def means(self, text: str, question: str) -> Value | None:
        """Return the answer that a typed text gives to a question, None where it gives none."""
        options = self.told_options(question)
        if question == AGE and text.isdecimal():
            return read_age(int(text))
        if text.isdecimal():
            return options[int(text) - 1] if 1 <= int(text) <= len(options) else None
        if text in _UNSURE and "not_sure" in options:
            return "not_sure"
        return self.options[question].get(text)

    def told_options(self, question: str) -> list[str]:
        return list(self.options[question].values())

    def _offers(self, message: Message, labels: set[str], question: str | None) -> Iterator[Offer]:
        beside = {key for label in labels if (key := self.meanings.get(label))}
        for row in message.buttons:
            for button in row:
                label, data = self._own(button.text), button.data or ""
                if question and label in self.options[question]:
                    value = self.options[question][label]
                    yield Offer(label, data, f"answer:{value}", question, value)
                elif label in LANGUAGES:
                    yield Offer(label, data, f"language:{LANGUAGES[label]}")
                elif label in self.meanings:
                    yield Offer(label, data, self.meanings[label])
                elif not label.startswith("✓"):
                    yield Offer(label, data, self._otherwise(label, beside))

    def _own(self, label: str) -> str:
        """Before a language is chosen a label is said in both; return one of them."""
        return next((part for part in label.split(" / ") if part in self.meanings), label)

    def _otherwise(self, label: str, beside: set[str]) -> str:
        if label != self.told["acknowledgements"][0]["decline"]:
            return f"pick:{label}"
        return next((no for yes, no in _DECLINES.items() if yes in beside), "decline")


_UNSURE = ("I don't know", "not sure", "我不知道", "不确定")
UNSURE = {"en": _UNSURE[:2], "zh-Hans": _UNSURE[2:]}
"""What people type who do not know."""


@cache
def sheet(language: str) -> Sheet:
    """Return the sheet of a language."""
    return Sheet(language)


def read_age(years: int) -> Value | None:
    """Return what an age stands for: of a minor, only that they are one."""
    if years > OLDEST:
        return None
    return years if years >= GROWN else MINOR


def could_mean(text: str, question: str) -> set[Value]:
    """Return what a typed text can mean for a question, in either language."""
    read = {sheet(language).means(text, question) for language in ("en", "zh-Hans")}
    return {value for value in read if value is not None} | _by_name(text, question)


def _by_name(text: str, question: str) -> set[Value]:
    """A label of another question, such as `Not sure yet`, may be understood where there is such a one."""
    sheets = [sheet(language) for language in ("en", "zh-Hans")]
    named = {options[text] for each in sheets for options in each.options.values() if text in options}
    # `yes` is also heard where the option is `yes_now`.
    return {key for key in sheets[0].told_options(question) if key in named or key.split("_")[0] in named}
