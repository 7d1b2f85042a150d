"""What to say where an answer was not accepted, and the note that it was said."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.keeping import PromptShown
from bot.domain.messages import Choice, Text
from bot.domain.trial import QuestionKind
from bot.engine import steps
from bot.engine.answers import Misread, numbered
from bot.engine.prompts import preceded, prompt
from bot.engine.reading import normalise
from bot.engine.steps import step
from bot.engine.transition import Turn

URGENT = Choice("urgent", Text("choice-urgent"))
"""Tells of an emergency that was not heard in what they wrote."""
_LONGEST_AGE = 3
"""Digits of a number that may be a slip for an age; a longer one may be a year of birth, or a phone's."""


def note_prompt(turn: Turn, where: steps.Asking, prompt: str, text: str) -> None:
    """Note that an answer was not accepted, and why; of what was written, a short number at most."""
    said = normalise(text)
    number = int(said) if said.isdecimal() and len(said) <= _LONGEST_AGE else None
    turn.happened(PromptShown(at=turn.now, question=where.question.key, prompt=prompt, number=number))


def unclear(turn: Turn, *hints: Text) -> None:
    """Say what is due once more, and where help is: what was not understood may be a cry for it."""
    due = prompt(turn.trial, turn.conversation)
    if turn.conversation.held:
        turn.say(preceded(due, *hints))  # it tells nothing else
        return
    reply = preceded(due, *hints, Text("if-urgent"))
    # What stands in the place of the keyboard would be typed by a tap, not chosen.
    turn.say(reply if due.keys else replace(reply, rows=(*due.rows, (URGENT,))))


def expected(turn: Turn, choices: tuple[Choice, ...]) -> Text:
    """Return the hint that fits the present message."""
    match step(turn.trial, turn.conversation):
        case steps.Asking(question) if question.kind is QuestionKind.AGE:
            return Text(Misread.UNCLEAR.value)
        case steps.Asking():
            return Text("not-understood-answer", {"options": _by_number(choices)})
        case steps.AskingPhone():
            return Text("share-phone-typed")
        case steps.Held():
            return Text("held-hint")
        case steps.Acknowledging() | steps.Introduction() | steps.Ended():
            return Text("not-understood-early")
        case _:
            return Text("not-understood", {"options": _by_number(choices)})


def _by_number(choices: tuple[Choice, ...]) -> tuple[Text, ...]:
    numbers = enumerate(numbered(choices), 1)
    return tuple(Text("numbered-line", {"number": n, "label": choice.label}) for n, choice in numbers)
