"""What staff do with cases. Each use case is one transaction; NotAllowed says by its key why not.

`who` is the id of a member of staff, read from the staff register within the transaction: whoever was removed
a moment ago may do nothing any more.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.case_actions import Action, Answer, Decide, EndTalk, HandOver
from bot.domain.conversation import Conversation
from bot.domain.messages import Text
from bot.domain.review import Case, Priority
from bot.domain.staff import Staff
from bot.engine.noticing import may_write_to
from bot.engine.relay import leave_talk, speak_for_team
from bot.engine.review import REVIEWERS, SENIOR, Refusal, after
from bot.engine.review import act as decide
from bot.engine.transition import Turn
from bot.service.desk import Desk
from bot.service.editions import Edition, Editions
from bot.service.ports import KeptCase, Person
from bot.service.review_ports import NotAllowed, Reading, RegisterReading, ReviewStore, ReviewTransaction
from bot.service.screening import Desks, close_desk, open_desk

_TO_PARTICIPANT = (Answer, EndTalk, Decide)
"""Actions by which the participant may hear something: their chat is held, before the case."""
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Office:
    """What every use case of staff needs: wired once by app.py."""

    desks: Desks
    store: ReviewStore


async def act(
    office: Office,
    case_id: str,
    action: Action,
    who: str,
    *,
    now: datetime,
    seen: int | None = None,
    key: str | None = None,
) -> Case:
    """Do one action to a case and return the case as it is then.

    With the revision somebody has `seen`, only while it is so; with an update's `key`, only once.

    Claim, Release, HandOver, Snooze, Wake, Note, Undo, GiveSecond change the case alone. Answer sends the
    participant a message that is labelled as from a person, and the bot is silent from then on; EndTalk and
    Decide end that: the bot says so, and shows what it asked last. Answer and Decide claim a free case.
    """
    async with office.store.transaction() as transaction:
        by = await member(transaction.register, who)
        if not by.roles & (REVIEWERS | SENIOR):
            raise NotAllowed("review-not-allowed")
        heard = isinstance(action, _TO_PARTICIPANT)
        person = await transaction.cases.person_of(case_id) if heard else None
        case = await _held(transaction, case_id)
        if seen not in {None, case.revision} or not await _is_first(transaction, key, now):
            raise NotAllowed("review-stale")
        edition = _edition_of(office, case)
        await _check_colleague(transaction, action)
        desk = await open_desk([person] if person else [], transaction, office.desks, now)
        action = _completed(action, case, person, edition)
        events = decide(edition.trial, case, action, by, now)
        if isinstance(events, Refusal):
            raise NotAllowed(events.key)
        moved = after(case, events)
        if person:
            _let_hear(desk, person, case, moved, action)
        desk.turned.clear()  # what staff did is no news to them
        desk.changes.cases.append(KeptCase(moved, events))
        await close_desk(desk, transaction, office.desks)
    return moved


async def _held(transaction: ReviewTransaction, case_id: str) -> Case:
    case = (await transaction.cases.hold([case_id])).get(case_id)
    if case is None:
        raise NotAllowed("review-unknown-case")
    return case


def _edition_of(office: Office, case: Case) -> Edition:
    edition = office.desks.editions.offered.get(case.trial)
    if edition is None:
        raise NotAllowed("review-trial-gone")
    return edition


async def member(register: RegisterReading, who: str) -> Staff:
    """Return an active member of staff; NotAllowed for anybody else."""
    found = await register.by_id(who)
    if found is None or not found.active:
        raise NotAllowed("review-not-allowed")
    return found


async def _is_first(transaction: ReviewTransaction, key: str | None, now: datetime) -> bool:
    """Say whether an update is seen for the first time; whatever comes without a key is."""
    return key is None or bool(await transaction.claim([key], now))


async def edition_of(reading: Reading, editions: Editions, content_hash: str) -> Edition:
    """Return the edition that a conversation is pinned to."""
    known = editions.known(content_hash)
    if known:
        return known
    return editions.remember(content_hash, (await reading.editions([content_hash]))[content_hash])


async def _check_colleague(transaction: ReviewTransaction, action: Action) -> None:
    if isinstance(action, HandOver):
        colleague = await transaction.register.by_id(action.to)
        if colleague is None or not colleague.active or not colleague.roles & REVIEWERS:
            raise NotAllowed("review-no-colleague")


def _completed(action: Action, case: Case, person: Person | None, edition: Edition) -> Action:
    """Return an answer with its words and their language; NotAllowed where none may be sent."""
    if not isinstance(action, Answer):
        return action
    about = _about(case, person)
    if person is None or about is None:
        raise NotAllowed("review-erased")
    if not may_write_to(edition.trial, about):
        raise NotAllowed("review-no-permission")
    language = _here(person, about).language or edition.trial.languages[0]
    if action.snippet is None:
        return replace(action, language=language)
    if action.snippet not in edition.trial.snippets or language not in edition.trial.languages:
        raise NotAllowed("review-no-snippet")
    return replace(action, language=language, text=snippet_text(edition, action.snippet, language))


def snippet_text(edition: Edition, snippet: str, language: str) -> str:
    """Return an approved reply as it is sent: plain."""
    return html.unescape(_TAG.sub("", edition.label(Text(f"trial:snippet.{snippet}"), language)))


def _about(case: Case, person: Person | None) -> Conversation | None:
    talks = person.conversations if person else ()
    return next((talk for talk in talks if talk.id == case.conversation), None)


def _here(person: Person, about: Conversation) -> Conversation:
    """Return the conversation that the person talks in now; a case may be about an earlier one."""
    return next((talk for talk in person.conversations if talk.id == person.current), about)


def _let_hear(desk: Desk, person: Person, case: Case, moved: Case, action: Action) -> None:
    about = _about(case, person)
    if isinstance(action, Answer) and about:
        here = _here(person, about)
        turn = Turn(desk.editions[here.content_hash].trial, here, desk.now)
        speak_for_team(turn, case.id, action.text)
        desk.wake(person, here, turn.done(), urgent=case.priority is Priority.URGENT)
    elif case.talking and not moved.talking:
        _end_talks(desk, person, case)


def _end_talks(desk: Desk, person: Person, case: Case) -> None:
    for talk in person.conversations:
        if talk.talking == case.id:
            turn = Turn(desk.editions[talk.content_hash].trial, talk, desk.now)
            leave_talk(turn, "staff")
            if talk.id == person.current:
                desk.wake(person, talk, turn.done())
            else:
                desk.keep_aside(person, desk.editions[talk.content_hash], turn.done())
