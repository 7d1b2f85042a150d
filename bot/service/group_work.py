"""What staff do in their Telegram group. Each tap and word is checked against the staff register."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.domain.case_actions import Action, Answer, Claim, Decide, GiveSecond, Note, Release, Undo
from bot.domain.case_events import Claimed, Decision, HandedOver
from bot.domain.review import Case, Priority
from bot.domain.staff import Staff
from bot.domain.trial import Trial
from bot.engine.review import REVIEWERS, SENIOR, possible
from bot.service import cards
from bot.service.card_ports import CardStore
from bot.service.card_tokens import CardToken
from bot.service.cards import Card, Look, View, Words
from bot.service.register import staff_by_telegram
from bot.service.review import Office, act
from bot.service.review_ports import NotAllowed, StoredCase
from bot.service.review_reading import case_view
from bot.service.review_views import Snippet


@dataclass(frozen=True, slots=True)
class Group:
    """What working in the group needs: wired once by the composition root."""

    office: Office
    store: CardStore
    words: Words
    clock: Callable[[], datetime]
    console: str | None = None
    """Where the console is, if phones can open it."""


_CODE = re.compile(r"\b[a-z0-9]{8}\b")


class Told(NamedTuple):
    """What somebody who tapped is told, and which side of the card is shown then, if any."""

    notice: str
    view: View | None = None
    alert: bool = False
    """Whether it is too much for a passing line."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap on a card: by whom, in which language, and what its button says."""

    person: int
    language: str | None
    token: CardToken


async def tap(group: Group, tapped: Tapped) -> Told:
    """Do what a button says, where whoever tapped may; a stale or strange one changes nothing."""
    say = speaker(group, tapped.language)
    staff = await staff_by_telegram(group.office, tapped.person)
    if staff is None or not staff.active:
        return Told(say("card-strangers"), alert=True)
    if not staff.roles & (REVIEWERS | SENIOR):
        return Told(say("review-not-allowed"), alert=True)
    stored = await _look(group, tapped.token.case)
    if stored is None:
        return Told(say("card-unknown"))
    if stored.case.revision != tapped.token.revision:
        return await _stale(group, stored, staff, tapped)
    return await _do(group, stored.case, staff, tapped)


async def _do(group: Group, case: Case, staff: Staff, tapped: Tapped) -> Told:  # noqa: PLR0911 -- a list
    """Do it to a case that is as its card showed it."""
    say, verb = speaker(group, tapped.language), tapped.token.verb
    if verb == cards.BACK:
        return Told("", View.MAIN)
    if verb == cards.NOTES:
        return Told(say("card-note-how"), alert=True)
    if verb in _SIDES:
        view, needed = _SIDES[verb]
        if needed in possible(case, staff):
            return Told("", view)
        return Told(say("review-not-yours" if case.claimed_by else "review-not-allowed"), alert=True)
    action = _action(group, case, tapped)
    if action is None:
        return Told(say("card-stale"), View.MAIN)
    if isinstance(action, Undo) and cards.undo_until(case, group.clock()) is None:
        return Told(say("card-undo-late"), View.MAIN, alert=True)
    return await _act(group, case, staff, tapped, action)


_SIDES = {cards.DECIDE: (View.DECIDE, "Decide"), cards.SNIPPETS: (View.SNIPPETS, "Answer")}
_SAID = {
    cards.CLAIM: "card-claimed",
    cards.RELEASE: "card-released",
    cards.DECIDED: "card-decided",
    cards.CRITERION: "card-decided",
    cards.SNIPPET: "card-sent",
    cards.UNDO: "card-undone",
}


async def _act(group: Group, case: Case, staff: Staff, tapped: Tapped, action: Action) -> Told:
    say = speaker(group, tapped.language)
    try:
        await act(group.office, case.id, action, staff.id, now=group.clock(), seen=tapped.token.revision)
    except NotAllowed as no:
        if no.key != "review-stale":
            return Told(say(no.key), alert=True)
        stored = await _look(group, case.id)
        return await _stale(group, stored, staff, tapped) if stored else Told(say("card-unknown"))
    return Told(say(_SAID.get(tapped.token.verb, "card-done")), View.MAIN)


async def _stale(group: Group, stored: StoredCase, staff: Staff, tapped: Tapped) -> Told:
    """Say what has become of the case meanwhile; whoever tapped twice is told that it is done."""
    say, case = speaker(group, tapped.language), stored.case
    if tapped.token.verb == cards.CLAIM and case.claimed_by == staff.id:
        return Told(say("card-claimed"), View.MAIN)
    if tapped.token.verb == cards.CLAIM and case.claimed_by:
        names = await _names(group)
        return Told(say("card-taken", name=names.get(case.claimed_by, "?")), View.MAIN, alert=True)
    return Told(say("card-stale"), View.MAIN)


def _action(group: Group, case: Case, tapped: Tapped) -> Action | None:  # noqa: PLR0911 -- one line a button
    """Return what a button does; None where it names nothing there is."""
    trial, place = _trial(group, case), tapped.token.place
    match tapped.token.verb:
        case cards.CLAIM:
            return Claim()
        case cards.RELEASE:
            return Release()
        case cards.UNDO:
            return Undo(speaker(group, None)("card-undo-reason"))
        case cards.AGREE:
            return GiveSecond(agrees=True)
        case cards.DECIDED if place is not None and place < len(cards.DECISIONS):
            return Decide(cards.DECISIONS[place])
        case cards.CRITERION if trial and place is not None and place < len(trial.criteria):
            return Decide(Decision.NOT_ELIGIBLE, trial.criteria[place].id)
        case cards.SNIPPET if trial and place is not None and place < len(trial.snippets):
            return Answer(snippet=trial.snippets[place])
        case _:
            return None


class Wrote(NamedTuple):
    """What somebody wrote in the group about a case: the key of the update, who, and the words."""

    key: str
    person: int
    language: str | None
    text: str
    note: bool = False


async def wrote(group: Group, case_id: str, said: Wrote) -> str | None:
    """Keep a note, or send words to the participant; return why it was not done, None where it was.

    Delivered twice, it is done once.
    """
    say = speaker(group, said.language)
    staff = await staff_by_telegram(group.office, said.person)
    if staff is None or not staff.active:
        return say("card-strangers")
    action: Action = Note(said.text) if said.note else Answer(said.text)
    try:
        await act(group.office, case_id, action, staff.id, now=group.clock(), key=said.key)
    except NotAllowed as no:
        return None if no.key == "review-stale" else say(no.key)
    return None


async def case_meant(
    group: Group, chat: int, message: int | None, topic: int | None, replied: str
) -> tuple[str, bool] | None:
    """Return the case that a message in the group is about, and whether it answers the card.

    An answer to a line of ours that names a code is as good as one to the card.
    """
    async with group.store.looking() as looking:
        found = await looking.cards.case_at(chat, message, topic)
        if found and found[1]:
            return found
        for code in _CODE.findall(replied):
            named = [each.case for each in await looking.cases.find(code)]
            case = next((each.id for each in named if code in {each.id, each.conversation}), None)
            if case:
                return case, True
    return found


class Drawn(NamedTuple):
    """A case with its card, the line before it, and its topic's name."""

    case: Case
    card: Card
    line: str
    topic: str
    silent: bool
    """Whether nobody needs to be rung: a line of its own has rung already, or it is night at the site."""


async def card_of(group: Group, case_id: str, view: View) -> Drawn | None:
    """Return how a case stands in the group; None where it is gone."""
    async with group.store.looking() as looking:
        stored = await looking.cases.look(case_id)
        if stored is None:
            return None
        staff = await looking.register.every()
        history = await looking.cases.history(case_id) if stored.case.claimed_by else []
    case = stored.case
    took = [event.at for event in history if isinstance(event, Claimed | HandedOver)]
    trial = _trial(group, case)
    look = Look(
        case=case,
        names={each.id: each.name for each in staff},
        words=group.words,
        language=group.words.nearest(trial.languages[0] if trial else None),
        now=group.clock(),
        trial=trial,
        since=took[-1] if took else None,
        snippets=await _snippets(group, case_id, staff) if view is View.SNIPPETS else (),
        console=group.console,
    )
    silent = case.priority is Priority.URGENT or is_night(trial, look.now)
    return Drawn(case, cards.draw(look, view), cards.first_line(look), cards.topic_name(look), silent)


def is_night(trial: Trial | None, now: datetime) -> bool:
    """Say whether a trial has quiet hours, and they hold now."""
    return bool(trial and trial.quiet_hours and trial.quiet_hours.hold(now))


async def _snippets(group: Group, case_id: str, staff: Sequence[Staff]) -> Sequence[Snippet]:
    who = next((each.id for each in staff if each.active), "")
    return (await case_view(group.office, case_id, who, now=group.clock())).snippets


def _trial(group: Group, case: Case) -> Trial | None:
    edition = group.office.desks.editions.offered.get(case.trial)
    return edition.trial if edition else None


def speaker(group: Group, language: str | None) -> Callable[..., str]:
    """Return what says the words of staff in the language of a phone."""
    words, tongue = group.words, group.words.nearest(language)

    def say(key: str, **params: str | int) -> str:
        return words.say(tongue, key, **params)

    return say


async def _look(group: Group, case_id: str) -> StoredCase | None:
    async with group.store.looking() as looking:
        return await looking.cases.look(case_id)


async def _names(group: Group) -> dict[str, str]:
    async with group.store.looking() as looking:
        return {each.id: each.name for each in await looking.register.every()}
