"""The message that belongs to each step. Repeating it is always safe: the same words, the same buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.domain.conversation import Conversation, Status
from bot.domain.messages import Choice, Param, Reply, Text
from bot.domain.peril import Peril
from bot.domain.trial import Acknowledgement, Outcome, Question, QuestionKind, Trial, Value
from bot.domain.understanding import Check
from bot.engine import steps
from bot.engine.agreements import recheck_request
from bot.engine.assess import assess
from bot.engine.copies import agreement_list
from bot.engine.outline import answered, progress
from bot.engine.retention import outlasts
from bot.engine.steps import is_minor, may_keep_health_text, recheck_days, step


def prompt(trial: Trial, conversation: Conversation) -> Reply:  # noqa: C901, PLR0911, PLR0912 -- one line a step
    """Return the message that is due now; a pure function of the state."""
    match due := step(trial, conversation):
        case steps.Erasing():
            return Reply((Text("erase-confirm"),), _rows("erase", "keep"))
        case steps.Held(peril):
            return Reply((safety_text(peril),), _rows("continue"))
        case steps.OfferingQuestion():
            kept = may_keep_health_text(trial, conversation)
            return Reply(
                (Text("question-offer" if kept else "question-offer-early"),), _rows("pass_on", "drop")
            )
        case steps.Pausing():
            return _paused(trial, conversation)
        case steps.Talking():
            return Reply((Text("talk-goes-on"),), _rows("leave_talk"))
        case steps.OfferingNewRound():
            # Not `again`: a plain yes begins anew only where that was the question.
            return Reply((Text("finished-before"),), _rows("begin", "not_now"))
        case steps.PickingLanguage():
            return _languages(trial)
        case steps.Introduction():
            return Reply(_summary(trial)[-1].parts, _rows("start", "about", "language"))
        case steps.Acknowledging(item):
            return _acknowledgement(trial, conversation, item)
        case steps.Checking(check):
            return _check(trial, conversation, check)
        case steps.ReadingAgreements():
            return agreement_list(trial, conversation)
        case steps.PickingChange():
            return _changes(trial, conversation)
        case steps.Asking(question):
            return _question(trial, conversation, question)
        case steps.Reviewing():
            keys = ("submit", "change") if is_minor(trial, conversation) else ("submit", "change", "person")
            return Reply((*answer_list(trial, conversation), Text("review-hint")), _rows(*keys))
        case steps.AskingContact():
            return _contact()
        case steps.AskingRecheck():
            return _recheck(trial, conversation)
        case steps.AskingPhone() | steps.AskingName() | steps.ConfirmingName() as asks:
            return _sharing(asks)
        case steps.Ended():
            return end(trial, conversation)
    assert_never(due)


def opening(trial: Trial, conversation: Conversation) -> tuple[Reply, ...]:
    """Return the first messages: that this is a bot and not for emergencies, then the summary."""
    if isinstance(step(trial, conversation), steps.PickingLanguage):
        return (prompt(trial, conversation),)
    welcome = Reply((Text("welcome", {"title": Text("trial:title")}), Text("trial:emergency")))
    return (welcome, *_summary(trial)[:-1], prompt(trial, conversation))


def end_beside(trial: Trial, conversation: Conversation) -> tuple[Choice, ...]:
    """Return the choices of the end that stands above the present question; none above others."""
    asks = isinstance(step(trial, conversation), steps.AskingPhone | steps.AskingName | steps.ConfirmingName)
    return end(trial, conversation).choices if asks else ()


def safety_text(peril: Peril) -> Text:
    """Return what is told in an emergency of this kind."""
    return Text("trial:emergency" if peril is Peril.GENERAL else f"trial:emergency.{peril}")


def facts(trial: Trial) -> tuple[Reply, ...]:
    """Return what is known about the study; the number of people who asked for contact is filled in later."""
    return tuple(Reply((Text(f"trial:facts.{n}", {"contacts": ""}),)) for n in range(trial.facts_length))


def preceded(reply: Reply, *parts: Text) -> Reply:
    """Return the same message with something said before it."""
    return replace(reply, parts=(*parts, *reply.parts))


def answer_list(trial: Trial, conversation: Conversation) -> tuple[Text, ...]:
    """Return the paragraphs that show what was answered."""
    lines = answer_lines(trial, conversation)
    return (Text("your-answers"), Text("lines", {"lines": lines}))


def answer_lines(trial: Trial, conversation: Conversation, only: str | None = None) -> tuple[Text, ...]:
    """Return one line for each answer that counts, or for one question only."""
    return tuple(
        Text("answer-line", question_and_answer(question, conversation.answers[question.key]))
        for question in answered(trial, conversation.answers)
        if only in {None, question.key}
    )


def ending(trial: Trial, conversation: Conversation, reasons: tuple[str, ...]) -> Text:
    """Return the approved closing words, with the reason where the trial shows it."""
    shown: tuple[Text, ...] = (Text("reason-withheld"),)
    if trial.show_reason:
        shown = tuple(Text(f"trial:reason.{criterion}") for criterion in reasons)
    return Text(f"trial:ending.{conversation.ending}", {"reason": shown})


def told_ending(trial: Trial, conversation: Conversation) -> Text | None:
    """Return the closing words that this participant was told, if any."""
    if conversation.ending is None:
        return None
    result = assess(trial, conversation.answers)
    told = result.reasons if result.outcome is Outcome.LIKELY_NOT_ELIGIBLE else ()
    return ending(trial, conversation, told)


def _rows(*keys: str) -> tuple[tuple[Choice, ...], ...]:
    return tuple((_choice(key),) for key in keys)


def _choice(key: str) -> Choice:
    return Choice(key, Text("choice-" + key.replace("_", "-")))


def _summary(trial: Trial) -> tuple[Reply, ...]:
    return tuple(Reply((Text(f"trial:summary.{n}"),)) for n in range(trial.summary_length))


def _paused(trial: Trial, conversation: Conversation) -> Reply:
    if not trial.reminder_days:
        return Reply((Text("paused"),), _rows("continue"))
    if conversation.reminders_wanted:
        return Reply((Text("paused"),), _rows("continue", "remind_no"))
    return Reply((Text("paused"), Text("reminders-request")), _rows("continue", "remind_yes"))


def _languages(trial: Trial) -> Reply:
    rows = tuple((Choice(f"language:{code}", Text(f"language-name:{code}")),) for code in trial.languages)
    return Reply((Text("choose-language"),), rows, bilingual=True)


def _acknowledgement(trial: Trial, conversation: Conversation, item: Acknowledgement) -> Reply:
    place = trial.acknowledgements.index(item) + 1
    counted = Text("acknowledgement-progress", {"number": place, "total": len(trial.acknowledgements)})
    if item.key in conversation.renewing:
        counted = Text("acknowledgement-changed")
    key = f"trial:acknowledgement.{item.key}"
    accept, decline = Choice("accept", Text(f"{key}.accept")), Choice("decline", Text(f"{key}.decline"))
    return Reply((counted, Text(key)), ((accept,), (decline,), (_choice("back"),)))


def _check(trial: Trial, conversation: Conversation, check: Check) -> Reply:
    assert trial.comprehension is not None
    name = f"trial:comprehension.{check.key}"
    place, total = trial.comprehension.checks.index(check) + 1, len(trial.comprehension.checks)
    again: tuple[Text, ...] = ()
    if conversation.attempts.get(check.key):
        again = (Text("comprehension-again", {"explanation": Text(f"{name}.explanation")}),)
    parts = (
        *again,
        Text("comprehension-progress", {"number": place, "total": total}),
        Text("question", {"text": Text(name)}),
        Text("how-to-answer"),
    )
    options = tuple(Choice(f"check:{check.key}:{key}", Text(f"{name}.option.{key}")) for key in check.options)
    return Reply(parts, (*((option,) for option in options), (_choice("back"),), (_choice("person"),)))


def _question(trial: Trial, conversation: Conversation, question: Question) -> Reply:
    options = tuple(_option(question, option.key) for option in question.options)
    again = conversation.changing == question.key
    rows = (
        *((choice,) for choice in options),
        (_choice("help"),),
        (_choice("back"), _choice("leave" if again else "change")),
        (_choice("person"),),
    )
    parts = (
        *_notice(trial, question),
        *_so_far(trial, conversation, question),
        _place(trial, conversation, question),
        Text("question", {"text": Text(f"trial:question.{question.key}")}),
        Text("how-to-answer-age" if question.kind is QuestionKind.AGE else "how-to-answer"),
    )
    return Reply(parts, rows)


def _so_far(trial: Trial, conversation: Conversation, question: Question) -> tuple[Text, ...]:
    """Return the present answer of a question that is being answered again."""
    if conversation.changing != question.key:
        return ()
    return tuple(
        Text("answer-now", {"answer": line}) for line in answer_lines(trial, conversation, question.key)
    )


def _notice(trial: Trial, question: Question) -> tuple[Text, ...]:
    first = next(q for q in trial.questions if q.section == question.section)
    if question.section in trial.notices and question == first:
        return (Text(f"trial:notice.{question.section}"),)
    return ()


def _place(trial: Trial, conversation: Conversation, question: Question) -> Text:
    place = progress(trial, conversation.answers, question)
    key = "progress" if place.exact else "progress-about"
    return Text(key, {"number": place.number, "total": place.total})


def _option(question: Question, option: str) -> Choice:
    return Choice(f"option:{question.key}:{option}", Text(f"trial:question.{question.key}.option.{option}"))


def value_label(question: Question, value: Value) -> Text | str:
    """Return an answer as it is shown: the label of its option, or the number."""
    option = question.option(value)
    return _option(question, option.key).label if option else str(value)


def question_and_answer(question: Question, value: Value) -> dict[str, Param]:
    """Return what a line of the list of answers is filled in with."""
    return {
        "question": Text(f"trial:question.{question.key}.short"),
        "answer": value_label(question, value),
    }


def _changes(trial: Trial, conversation: Conversation) -> Reply:
    rows = tuple(
        (
            Choice(
                f"answer:{q.key}",
                Text("change-line", question_and_answer(q, conversation.answers[q.key])),
            ),
        )
        for q in answered(trial, conversation.answers)
    )
    return Reply((Text("which-change"),), (*rows, (_choice("leave"),)))


def _contact() -> Reply:
    yes = Choice("contact_yes", Text("trial:contact_request.yes"))
    no = Choice("contact_no", Text("trial:contact_request.no"))
    return Reply((Text("trial:contact_request"),), ((yes,), (no,), (_choice("change"),)))


def _recheck(trial: Trial, conversation: Conversation) -> Reply:
    days = recheck_days(trial, assess(trial, conversation.answers)) or 0
    parts = [recheck_request(days)]
    if outlasts(trial, conversation):
        parts.append(Text("recheck-keeps", {"days": trial.expires_after_days}))
    return Reply(tuple(parts), _rows("recheck_yes", "recheck_no", "change"))


def _sharing(asks: steps.AskingPhone | steps.AskingName | steps.ConfirmingName) -> Reply:
    if isinstance(asks, steps.ConfirmingName):
        rows = _rows("name_yes", "name_again", "share_no")
        return Reply((Text("share-name-confirm", {"name": asks.name}),), rows, identifies=True)
    if isinstance(asks, steps.AskingName):
        return Reply((Text("share-name"),), _rows("share_no"))
    return Reply((Text("share-phone"),), _rows("share_phone", "share_no"), keys=True)


_CLOSING = {
    Status.DECLINED: (Text("trial:declined"),),
    Status.INCOMPLETE: (Text("incomplete"),),
    # The receipt is filled in later: only the rim can make a code.
    Status.ERASED: (Text("trial:erased"), Text("erased-telegram"), Text("erased-receipt", {"receipt": ""})),
}


def end(trial: Trial, conversation: Conversation) -> Reply:
    """Return what happens next, and what may be done."""
    if conversation.status is Status.STOPPED:
        if conversation.understood is False and trial.comprehension and trial.comprehension.stops:
            return Reply((Text("comprehension-stopped"),), _rows("again", "person", "about"))
        return Reply((Text("trial:stopped"),), _rows("go_on", "again", "about"))
    if conversation.status in _CLOSING:
        return Reply(_CLOSING[conversation.status], _rows("again", "about"))
    keys = (
        ("change", "about", "again")
        if is_minor(trial, conversation)
        else ("change", "person", "about", "again")
    )
    return Reply((Text(f"trial:next.{conversation.ending}"),), _rows(*keys))
