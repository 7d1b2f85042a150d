"""From what is kept of a case to what its page shows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any

from bot.domain.case_events import CaseEvent, Reason
from bot.domain.conversation import Conversation
from bot.domain.messages import Text
from bot.domain.sharing import Identifier
from bot.domain.staff import Staff
from bot.domain.trial import Criterion, Question, Value, Verdict
from bot.domain.truth import Truth
from bot.engine.assess import Assessment, assess
from bot.engine.criteria import evaluate, questions_of
from bot.engine.noticing import may_write_to
from bot.engine.outline import counting
from bot.engine.prompts import question_and_answer
from bot.engine.review import possible
from bot.service.editions import Edition
from bot.service.review import snippet_text
from bot.service.review_ports import StoredCase, Story
from bot.service.review_views import CaseView, CriterionRow, Entry, Flag, Identity, Said, Snippet
from bot.service.transcript import transcript

ENGLISH = "en"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Page:
    """What a case page is made from."""

    stored: StoredCase
    story: Story
    history: Sequence[CaseEvent]
    others: Sequence[StoredCase]
    pinned: Edition
    offered: Edition
    staff: Mapping[str, Staff]
    who: Staff
    with_identity: bool
    now: datetime


def view_of(page: Page) -> CaseView:
    """Return the page."""
    case, talk, trial = page.stored.case, page.story.conversation, page.pinned.trial
    result = assess(trial, talk.answers)
    holder = page.staff.get(case.claimed_by or "")
    return CaseView(
        case=case,
        code=page.stored.code,
        trial=case.trial,
        trial_titles={code: _plain(page.pinned, Text("trial:title"), code) for code in trial.languages},
        language=talk.language,
        status=talk.status,
        outcome=talk.outcome,
        flags=tuple(_flags(page.pinned, talk)),
        recheck=result.recheck if talk.outcome else (),
        contact_permission=talk.contact_permission,
        criteria=tuple(_criterion(page, each, result) for each in trial.criteria),
        transcript=tuple(transcript(page.pinned, page.story)),
        history=tuple(_entry(event, page.staff) for event in page.history),
        snippets=tuple(_snippets(page.offered, talk.language)),
        free_text=page.offered.trial.staff.free_text,
        may_write=may_write_to(trial, talk),
        actions=possible(case, page.who),
        claimed_name=holder.name if holder else None,
        shares_identity=bool(talk.shared),
        identity=_identity(talk) if page.with_identity else None,
        quiet_until=quiet.until(page.now) if (quiet := page.offered.trial.quiet_hours) else None,
        earlier=tuple(each.case.id for each in page.others if each.case.id != case.id),
    )


def _identity(talk: Conversation) -> Identity:
    told = {kind: shared.value for kind, shared in talk.shared.items()}
    return Identity(told.get(Identifier.NAME), told.get(Identifier.PHONE), None)


def _plain(edition: Edition, text: Text, language: str | None) -> str:
    return html.unescape(_TAG.sub("", edition.label(text, language)))


def _criterion(page: Page, criterion: Criterion, result: Assessment) -> CriterionRow:
    talk, trial = page.story.conversation, page.pinned.trial
    answers = counting(trial, talk.answers)
    return CriterionRow(
        id=criterion.id,
        kind=criterion.kind,
        wording=criterion.text,
        verdict=result.criteria[criterion.id],
        why=_why(criterion, result.criteria[criterion.id], answers, page),
        said=tuple(_said(page.pinned, trial.question(key), talk) for key in _asked(criterion)),
    )


def _flags(edition: Edition, talk: Conversation) -> Iterator[Flag]:
    """Yield what staff should notice, each once: an author's name for it would tell them little."""
    yield from (Flag(name) for name in sorted(talk.flags))
    trial, answers = edition.trial, talk.answers
    flagged = [
        (key,)
        for key, value in answers.items()
        if (option := trial.question(key).option(value)) and (option.flags or option.declines)
    ]
    odd = [
        tuple(dict.fromkeys(questions_of(item.when)))
        for criterion in trial.criteria
        for item in criterion.contradictions
        if evaluate(item.when, answers) is Truth.YES
    ]
    for keys in dict.fromkeys([*odd, *flagged]):
        yield Flag(" ".join(keys), {code: _told(edition, keys, answers, code) for code in trial.languages})


def _told(edition: Edition, keys: Sequence[str], answers: Mapping[str, Value], language: str) -> str:
    said = [question_and_answer(edition.trial.question(key), answers[key]) for key in keys if key in answers]
    return " · ".join(_plain(edition, Text("change-line", each), language) for each in said)


def _asked(criterion: Criterion) -> list[str]:
    """Return the questions that a criterion is judged by, each once, in their order in the rule."""
    rules = [criterion.rule, *(item.when for item in criterion.contradictions)]
    return list(dict.fromkeys(key for rule in rules if rule for key in questions_of(rule)))


_WHY = {
    Verdict.MET: "why-met",
    Verdict.NOT_MET: "why-not-met",
    Verdict.NOT_ASKED: "why-not-asked",
    Verdict.DEFERRED: "why-at-site",
}


def _why(criterion: Criterion, verdict: Verdict, answers: Mapping[str, Value], page: Page) -> str:
    if verdict is not Verdict.UNKNOWN:
        return _WHY[verdict]
    if any(evaluate(item.when, answers) is Truth.YES for item in criterion.contradictions):
        return "why-contradiction"
    if criterion.rule and evaluate(criterion.rule, answers) is Truth.NO:
        return "why-staff-decide"
    given = [(page.pinned.trial.question(key), answers[key]) for key in _asked(criterion) if key in answers]
    declined = any((option := q.option(value)) and option.declines for q, value in given)
    return "why-declined" if declined else "why-left-open"


def _said(edition: Edition, question: Question, talk: Conversation) -> Said:
    own = talk.language if talk.language in edition.trial.languages else None
    english = ENGLISH if ENGLISH in edition.trial.languages and own != ENGLISH else None
    value = talk.answers.get(question.key)
    asked = Text(f"trial:question.{question.key}")
    return Said(
        question=question.key,
        key="" if value is None else str(value),
        asked=_plain(edition, asked, own),
        answered=answered(edition, question, value, own),
        asked_in_english=_plain(edition, asked, english) if english else None,
        answered_in_english=answered(edition, question, value, english) if english else None,
    )


def answered(edition: Edition, question: Question, value: Value | None, language: str | None) -> str | None:
    """Return an answer as it is called in a language; None where there is none."""
    if value is None:
        return None
    option = question.option(value)
    label = Text(f"trial:question.{question.key}.option.{option.key}") if option else None
    return _plain(edition, label, language) if label else str(value)


def _snippets(edition: Edition, language: str | None) -> Iterator[Snippet]:
    trial = edition.trial
    own = language if language in trial.languages else trial.languages[0]
    for key in trial.snippets:
        foreign = ENGLISH in trial.languages and own != ENGLISH
        english = snippet_text(edition, key, ENGLISH) if foreign else None
        yield Snippet(key, snippet_text(edition, key, own), english)


_COMMON = {"at", "by"}


def _entry(event: CaseEvent, staff: Mapping[str, Staff]) -> Entry:
    details = {
        field.name: _shown(value, staff)
        for field in fields(event)
        if field.name not in _COMMON and (value := getattr(event, field.name)) is not None
    }
    who = staff.get(event.by.who)
    role = event.by.role.value if event.by.role else None
    return Entry(event.at, type(event).__name__, who.name if who else event.by.who, role, details)


def _shown(value: Any, staff: Mapping[str, Staff]) -> str:  # noqa: ANN401 -- whatever an event has
    match value:
        case Reason(kind=kind, about=about):
            return f"{kind.value}:{about}" if about else kind.value
        case datetime():
            return value.isoformat()
        case Enum():
            return str(value.value)
        case bool():
            return "yes" if value else "no"
        case str() if value in staff:
            return staff[value].name
        case _:
            return str(value)
