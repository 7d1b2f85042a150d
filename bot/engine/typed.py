"""What typed text means: a choice, an age, a command without its slash, or something for a person."""

from __future__ import annotations

from functools import partial

from bot.domain import events as e
from bot.domain.messages import Choice, Reply, Text
from bot.domain.trial import Floor, Question, QuestionKind
from bot.engine import steps
from bot.engine.answers import Misread, kept, read_age, read_choice
from bot.engine.choosing import choose, speak
from bot.engine.commands import COMMANDS, obey
from bot.engine.hints import expected, note_prompt, unclear
from bot.engine.outline import answered
from bot.engine.prompts import end_beside, preceded, prompt
from bot.engine.reading import mentions, normalise
from bot.engine.sharing import take_name
from bot.engine.steps import is_minor, may_keep_health_text, step
from bot.engine.transition import Turn


def may_keep(turn: Turn) -> bool:
    """Say whether what they write may be kept: they agreed to it, and they are no minor."""
    return may_keep_health_text(turn.trial, turn.conversation) and not is_minor(turn.trial, turn.conversation)


def typed(turn: Turn, text: str) -> None:
    """Take typed text for what it means at this step; what means nothing changes nothing."""
    where = step(turn.trial, turn.conversation)
    due = prompt(turn.trial, turn.conversation)
    if turn.resumed:
        _typed_otherwise(turn, due, text)  # the question stood above the pause: this was no answer to it
        return
    if isinstance(where, steps.Asking) and where.question.kind is QuestionKind.AGE:
        _typed_age(turn, where, due, text)
        return
    choice = read_choice(text, due.choices, turn.trial.lexicon) or _at_the_end(turn, text)
    if choice:
        choose(turn, choice)
    else:
        _typed_otherwise(turn, due, text)


_REMINDERS = ("remind_yes", "remind_no")


def typed_in_pause(turn: Turn, text: str) -> bool:
    """Take a yes or a no to being reminded, where that is the question; return whether it was one."""
    offered = {choice.key for choice in prompt(turn.trial, turn.conversation).choices}
    if "remind_yes" not in offered or normalise(text).isdecimal():
        return False
    choice = read_choice(text, tuple(Choice(key, Text("")) for key in _REMINDERS), turn.trial.lexicon)
    if choice:
        choose(turn, choice)
    return choice is not None


def _at_the_end(turn: Turn, text: str) -> Choice | None:
    """Return what they name of the end that stands above the question who they are."""
    above = end_beside(turn.trial, turn.conversation)
    return None if normalise(text).isdecimal() else read_choice(text, above, turn.trial.lexicon)


_ANYTIME = ("about", "agreements", "back", "change", "language", "mydata_file", "person")
"""Choices that can be typed even where the present message does not offer them."""


def _typed_otherwise(turn: Turn, due: Reply, text: str) -> None:
    """A command without its slash, a thank-you, a question, or something that was not understood."""
    said = normalise(text)
    words = turn.trial.lexicon.choices
    if command := command_meant(turn, text):
        obey(turn, command, "")
    elif language := _language_meant(turn, said):
        speak(turn, language)
    elif anytime := next((key for key in _ANYTIME if said in words.get(key, ())), None):
        choose(turn, Choice(anytime, Text("")))
    elif said in words.get("thanks", ()):
        turn.ask(Text("thanks"))
    else:
        _not_understood(turn, due, text)


def _language_meant(turn: Turn, said: str) -> str | None:
    words = turn.trial.lexicon.choices
    return next((code for code in turn.trial.languages if said in words.get(f"language:{code}", ())), None)


def command_meant(turn: Turn, text: str) -> str | None:
    """Return the command that is written without its slash, if one is."""
    said, words = normalise(text), turn.trial.lexicon.choices
    return next((name for name in COMMANDS if said in words.get(f"command:{name}", ())), None)


def _typed_age(turn: Turn, where: steps.Asking, due: Reply, text: str) -> None:
    # A number is an age here, never the number of an option; a label may hold one (已满18周岁).
    choice = None if normalise(text).isdecimal() else read_choice(text, due.choices, turn.trial.lexicon)
    if choice:
        choose(turn, choice)
        return
    age = read_age(text, turn.trial.lexicon, where.question)
    floor = where.question.floor
    if isinstance(age, int) and floor and _may_be_a_slip(turn, where.question, floor, age):
        note_prompt(turn, where, "age-below", text)
        turn.say(preceded(due, Text("age-below", {"below": floor.below})))
    elif isinstance(age, int):
        turn.answer(where.question.key, kept(where.question, age))
    elif age is Misread.UNCLEAR and not any(mark.isdecimal() for mark in text):
        _typed_otherwise(turn, due, text)
    else:
        note_prompt(turn, where, age.value, text)
        hint = Text(age.value)
        if not any(mark.isalpha() for mark in text):
            turn.say(preceded(due, hint))
        else:
            unclear(turn, hint)


_WRITES = 10
"""Years from which somebody may well be the one who types here."""


def _may_be_a_slip(turn: Turn, question: Question, floor: Floor, age: int) -> bool:
    """Say whether a number below the floor should be confirmed by its button: all else would be forgotten."""
    others = any(each.key != question.key for each in answered(turn.trial, turn.conversation.answers))
    return age < floor.below and (others or age < _WRITES)


def _not_understood(turn: Turn, due: Reply, text: str) -> None:
    if _is_for_a_person(turn, text):
        _offer_to_pass_on(turn, text)
    elif turn.resumed:
        # Whatever they wrote, it ended the pause.
        said = turn.ask if read_choice(text, due.choices, turn.trial.lexicon) else partial(unclear, turn)
        said(Text("going-on"))
    elif isinstance(step(turn.trial, turn.conversation), steps.AskingName | steps.ConfirmingName):
        take_name(turn, text)
    else:
        hint = expected(turn, due.choices)
        where = step(turn.trial, turn.conversation)
        if isinstance(where, steps.Asking):
            note_prompt(turn, where, hint.key, "")
        unclear(turn, hint)


def _offer_to_pass_on(turn: Turn, text: str) -> None:
    if is_minor(turn.trial, turn.conversation):
        turn.ask(Text("minor-person"))
        return
    before = turn.conversation.question_text if turn.conversation.question_offered else None
    turn.happened(e.QuestionTyped(at=turn.now))
    said = f"{before}\n{text}" if before else text
    turn.waits(said if may_keep(turn) else None)
    turn.ask()


_INTERRUPTED = (steps.Erasing, steps.Held, steps.PickingLanguage)


def _is_for_a_person(turn: Turn, text: str) -> bool:
    if isinstance(step(turn.trial, turn.conversation), _INTERRUPTED):
        return False
    said = normalise(text)
    return "?" in said or mentions(said, turn.trial.lexicon.person_wishes)
