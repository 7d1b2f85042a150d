"""What an answer in the comprehension check does: explained once and asked again, then left to a human."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.messages import Text
from bot.domain.understanding import Comprehension
from bot.engine.comprehension import due_check, right_answers
from bot.engine.transition import Turn


def answer_check(turn: Turn, question: str, option: str) -> None:
    """Record an attempt and ask what is due next; after the last question, score the check."""
    comprehension = turn.trial.comprehension
    assert comprehension is not None
    right = comprehension.check(question).right == option
    turn.happened(e.ComprehensionAnswered(at=turn.now, question=question, option=option, right=right))
    due = due_check(turn.trial, turn.conversation)
    said = () if due and due.key == question else _said(question, right=right)
    turn.ask(*said, *(() if due else _score(turn, comprehension)))


def _said(question: str, *, right: bool) -> tuple[Text, ...]:
    if right:
        return (Text("comprehension-right"),)
    return (Text("comprehension-explained", {"explanation": explanation(question)}),)


def explanation(question: str) -> Text:
    """Return the words that explain a question of the check."""
    return Text(f"trial:comprehension.{question}.explanation")


def _score(turn: Turn, comprehension: Comprehension) -> tuple[Text, ...]:
    right = right_answers(comprehension, turn.conversation.attempts)
    scored = e.ComprehensionScored(
        at=turn.now,
        right=right,
        total=len(comprehension.checks),
        needed=comprehension.needed,
        passed=right >= comprehension.needed,
        stops=comprehension.stops,
    )
    if scored.passed:
        turn.happened(scored)
        return (Text("comprehension-passed"),)
    turn.flag(scored)
    return () if scored.stops else (Text("comprehension-failed"),)
