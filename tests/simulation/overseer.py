"""Looks at review cases: what staff did must follow from what they tapped, and what they tapped must be there."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import count, groupby
from typing import TYPE_CHECKING

from bot.content.shelf import Shelf
from bot.domain import case_events as c
from bot.domain.conversation import CONTACT_FLAG, QUESTION_FLAG, URGENT_FLAG, Conversation, Status
from bot.domain.messages import Text
from tests.conftest import shipped
from tests.simulation.cards import Deed
from tests.simulation.casebook import Book, CaseLedger, Step
from tests.simulation.figures import Figures
from tests.simulation.sheet import sheet
from tests.simulation.team import FREE_WORDS

if TYPE_CHECKING:
    from tests.simulation.witness import Commit

REVIEWERS = frozenset({"coordinator", "investigator"})
_BY_TIME = (c.Woken, c.Alarmed, c.TalkOver, c.AnswerPromised)
_ASKED = frozenset({CONTACT_FLAG, QUESTION_FLAG, URGENT_FLAG})
_NO_MORE = frozenset({Status.STOPPED, Status.DECLINED, Status.ERASED})
_UNDO_FOR = timedelta(minutes=3)
"""Within this nobody may be told that it is too late, however wrong the bot's clock is."""
_TAG = re.compile(r"<[^>]+>")
_LANGUAGES = ("en", "zh-Hans")
_EDITION = next(iter(Shelf([shipped()]).offered.values()))


def _label(language: str) -> str:
    said = _EDITION.label(Text("team-message", {"text": ""}), language)
    return html.unescape(_TAG.sub("", said)).strip()


LABELS = tuple(_label(language) for language in _LANGUAGES)
"""What stands above everything that comes from a person."""
_QUESTIONS = tuple(question["text"] for each in _LANGUAGES for question in sheet(each).told["questions"])


def asks_a_question(words: str) -> bool:
    """Say whether words put a screening question, in either language."""
    return any(question in words for question in _QUESTIONS)


def may_be_written_to(talk: Conversation) -> bool:
    """Say whether somebody wishes to hear from the team: they said so, or asked and did not say no."""
    if talk.status in _NO_MORE or talk.answers.get("age") == "under_18":
        return False
    return bool(talk.flags & _ASKED) if talk.contact_permission is None else talk.contact_permission


class Overseer:
    """Folds every case by itself, and puts each event down to somebody who did it."""

    def __init__(self, ledger: CaseLedger, figures: Figures, states: Mapping[str, Conversation]) -> None:
        self._ledger = ledger
        self._figures = figures
        self._holds = figures.holds
        self._states = states
        self.books: dict[str, Book] = {}
        self.by_conversation: dict[str, str] = {}
        self.erased: set[str] = set()
        """Cases of which nothing may be told any more."""
        self._deeds: dict[str, Deed] = {}
        self._by_query: dict[str, Deed] = {}
        self._of_case: defaultdict[str, list[Deed]] = defaultdict(list)
        self._handed = count()

    def cards_behind(self) -> int:
        """Return how many cases are not in the group as they are."""
        return self._ledger.behind()

    # What staff did, and what became of it on the way

    def did(self, key: str, deed: Deed, query: str) -> None:
        """Remember what somebody in the group did."""
        self._deeds[key] = deed
        self._of_case[deed.case].append(deed)
        self._figures.counts["deeds"] += 1
        if query:
            self._by_query[query] = deed

    def given(self, keys: Iterable[str]) -> None:
        """Remember in which order the bot was handed what was done."""
        for key in keys:
            if key in self._deeds:
                self._deeds[key].handed.append(next(self._handed))

    def confirmed(self, key: str) -> None:
        """What is confirmed to Telegram must have had its effect, if it was to have one."""
        deed = self._deeds.get(key)
        book = self.books.get(deed.case) if deed else None
        if deed is None or deed.confirmed:
            return  # a second copy of something long done
        deed.confirmed = True
        if book is None or deed.member.role not in REVIEWERS:
            return
        if deed.means == "note":
            lost = not deed.done and book.closed not in c.GONE
        else:
            lost = book.revision == deed.revision and self._would_act(deed, book)
        self._holds(not lost, "what staff did was lost:", deed.means, deed.member.role, deed.case, deed.update)

    def _would_act(self, deed: Deed, book: Book) -> bool:
        staff, kind = deed.member.staff, deed.means.partition(":")[0]
        if kind == "undo":
            ago = deed.member.clock() - book.ruled_at if book.ruled_at else _UNDO_FOR
            return book.done and book.closed is None and abs(ago) < _UNDO_FOR
        if book.done or book.closed in c.GONE:
            return False
        mine = book.owner in {None, staff}
        match kind:
            case "claim":
                return book.owner is None
            case "release":
                return book.owner == staff or (bool(book.owner) and deed.member.role == "investigator")
            case "decided":
                return mine
            case "reply":
                return mine and may_be_written_to(self._states[book.conversation])
            case _:
                return False

    def told(self, query: str, words: str) -> None:
        """Whoever is told that something was done, it was done."""
        deed = self._by_query.get(query)
        if deed is None or not words.startswith(_DONE):
            return
        book = self.books.get(deed.case)
        owns = book is not None and deed.means == "claim" and book.owner == deed.member.staff
        same = [each for each in self._of_case[deed.case] if each.done and _alike(each, deed)]
        self._holds(owns or same, "told that it was done, but it was not:", words, deed.case, deed.update)

    # What a commit brought

    def read(self, commit: Commit) -> None:
        """Take in what a commit did to cases, before its conversations move on."""
        for case, steps in groupby(self._ledger.steps(), key=lambda step: step.case):
            book = self.books.setdefault(case, Book(case))
            self._case(commit, book, list(steps))

    def _case(self, commit: Commit, book: Book, steps: list[Step]) -> None:
        seen = book.revision
        commit.cases.append(book.case)
        by_staff = [step for step in steps if step.event and step.actor not in {"participant", "system"}]
        if by_staff:
            commit.by_staff[book.case] = by_staff
            self._staff(book, seen, by_staff)
        before = {*book.reasons}
        for step in steps:
            self._holds(step.position == book.revision + 1, "a gap or a second history of case", book.case)
            if step.event:
                self._event(book, step, step.event)
            book.add(step.event)
        if any(isinstance(step.event, c.DecisionUndone) for step in steps):
            as_was = book.reasons == before and book.ruling is None and not book.done
            self._holds(as_was and book.owner is None, "undone, but not as it was before:", book.case)

    def _event(self, book: Book, step: Step, event: c.CaseEvent) -> None:
        self._figures.counts["case events"] += 1
        if isinstance(event, c.CaseOpened):
            known = self.by_conversation.setdefault(event.conversation, book.case)
            self._holds(known == book.case, "two cases about one conversation:", known, book.case)
        if isinstance(event, c.Claimed):
            free = book.owner is None and not book.done
            self._holds(free, "two owners of case", book.case, book.owner, event.by.who)
        if step.actor == "system":
            self._holds(isinstance(event, _BY_TIME), "time alone did", type(event).__name__, book.case)
        if isinstance(event, c.CaseClosed) and event.why in c.GONE:
            self.erased.add(book.case)

    def _staff(self, book: Book, seen: int, steps: list[Step]) -> None:
        """Put what staff did in one act down to what one of them really did."""
        (who, *others) = dict.fromkeys(step.actor for step in steps)
        self._holds(not others, "several did one thing:", book.case, who, others)
        events = [step.event for step in steps if step.event]
        fitting = [
            deed
            for deed in self._of_case[book.case]
            if deed.handed and deed.member.staff == who and _fits(deed, seen, events)
        ]
        told = [(type(event).__name__, who) for event in events]
        if not self._holds(fitting, "nobody on the register did so:", book.case, seen, told):
            return
        self._holds(fitting[0].member.role in REVIEWERS, "not theirs to do:", fitting[0].member.role, told)
        fitting[0].done = True
        self._figures.counts[f"staff {fitting[0].means.partition(':')[0]}"] += 1
        if isinstance(events[-1], c.Claimed):
            self._first(book, seen, fitting[0])
        if isinstance(events[-1], c.ReplySent):
            talk = self._states[book.conversation]
            self._holds(may_be_written_to(talk), "staff wrote to somebody who said no:", book.case)

    def _first(self, book: Book, seen: int, won: Deed) -> None:
        """Of all who were to have it, the first has it."""
        handed = won.handed[-1]
        for deed in self._of_case[book.case]:
            same = deed.means == "claim" and deed.revision == seen and deed.member.role in REVIEWERS
            if same and deed.member is not won.member and deed.handed:
                self._figures.counts["races"] += 1
                earlier = deed.handed[-1] < handed and deed.handed[-1] > handed - _IN_ONE_POLL
                self._holds(not earlier, "not the first who claimed:", book.case, won.update, deed.update)

    # After the conversations moved on

    def look(self, commit: Commit) -> None:
        """Compare what is kept with what must be, once the conversations have moved on."""
        for case, (owner, state, kept) in self._ledger.kept(commit.cases).items():
            book = self.books[case]
            alike = book.told_by(kept) and (owner, state) == (kept.claimed_by, kept.state)
            self._holds(alike, "a case is kept otherwise than its events say:", case, book)
        for case, steps in commit.by_staff.items():
            self._heard(commit, case, steps)
        for key in commit.changed:
            self._has_a_case(commit, key)
        self._queued(commit)

    def _heard(self, commit: Commit, case: str, steps: list[Step]) -> None:
        """What staff sent is on its way, with who says it above."""
        person = commit.owners.get(self.books[case].conversation)
        words = [words for words, _ in commit.words(person)] if person else []
        for step in steps:
            if isinstance(step.event, c.ReplySent):
                found = any(each.startswith(LABELS) and step.event.text in each for each in words)
                self._holds(found, "a staff answer was lost:", case, step.event.snippet)
                self._figures.counts["staff answers"] += 1

    def _has_a_case(self, commit: Commit, key: str) -> None:
        """Whoever wishes for a person has a case, open until somebody decided."""
        talk = self._states.get(key)
        if talk is None or not may_be_written_to(talk):
            return
        book = self.books.get(self.by_conversation.get(key, ""))
        if not self._holds(book, "wants a person, but has no case:", key) or book is None:
            return
        decided = book.ruling is not None and key not in commit.asked
        self._holds(not book.done or decided, "wants a person, but nobody looks:", key, book.case, book.closed)

    def _queued(self, commit: Commit) -> None:
        sent = sum(isinstance(s.event, c.ReplySent) for steps in commit.by_staff.values() for s in steps)
        labelled = 0
        for person in commit.outgoing:
            talk = self._states.get(commit.current.get(person, "")) if person > 0 else None
            for words, _ in commit.words(person):
                labelled += words.startswith(LABELS)
                self._holds("tq" not in words and FREE_WORDS not in words, "a colleague's words to", person)
                if talk and talk.talking:
                    self._holds(not asks_a_question(words), "asked while a human talks:", person, words[:60])
        self._holds(labelled == sent, "said to be from a person, but is not:", labelled, sent)


_IN_ONE_POLL = 100
_DONE = ("The case is yours", "The case is free", "Decided.", "The decision is undone", "Sent to the person")


def _alike(one: Deed, other: Deed) -> bool:
    mine = one.member is other.member and one.revision == other.revision
    return mine and one.means.partition(":")[0] == other.means.partition(":")[0]


def _fits(deed: Deed, seen: int, events: list[c.CaseEvent]) -> bool:
    """Say whether these events are just what this deed is to bring about, at the time that it was about."""
    event = events[-1]
    if isinstance(event, c.NoteAdded):
        return deed.means == "note" and event.text == deed.words and not deed.done
    if deed.revision != seen:
        return False
    match event:
        case c.Claimed():
            return deed.means == "claim"
        case c.Released():
            return deed.means == "release"
        case c.DecisionUndone():
            return deed.means == "undo"
        case c.Decided(decision=decision, criterion=criterion):
            return deed.means == ":".join(filter(None, ("decided", decision.value, criterion)))
        case c.ReplySent(text=text):
            read = deed.words.removesuffix("…")
            return deed.means.startswith("reply:") and bool(read) and text.startswith(read)
        case _:
            return False
