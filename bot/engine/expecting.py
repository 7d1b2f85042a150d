"""What is said to somebody who was not understood: what could be answered here."""

from __future__ import annotations

from bot.domain.messages import Choice, Text
from bot.domain.trial import QuestionKind
from bot.engine import steps
from bot.engine.answers import Misread, numbered
from bot.engine.steps import step
from bot.engine.transition import Turn


def what_is_expected(turn: Turn, choices: tuple[Choice, ...]) -> Text:
    """Return what is said where something was not understood: how it can be answered."""
    match step(turn.trial, turn.conversation):
        case steps.Asking(question) if question.kind is QuestionKind.AGE:
            return Text(Misread.UNCLEAR.value)
        case steps.Asking():
            return Text("not-understood-answer", {"options": _by_number(choices)})
        case steps.Held():
            return Text("held-hint")
        case steps.Acknowledging() | steps.Introduction() | steps.Ended():
            return Text("not-understood-early")
        case _:
            return Text("not-understood", {"options": _by_number(choices)})


def _by_number(choices: tuple[Choice, ...]) -> tuple[Text, ...]:
    numbers = enumerate(numbered(choices), 1)
    return tuple(Text("numbered-line", {"number": n, "label": choice.label}) for n, choice in numbers)
