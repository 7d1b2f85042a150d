"""Looks at review cases: what staff did must follow from what they tapped, and that must be there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import count, groupby
from typing import TYPE_CHECKING

from bot.domain import case_events as c
from bot.domain.conversation import Conversation
from tests.simulation.cards import Deed
from tests.simulation.casebook import Book, CaseLedger, Step
from tests.simulation.effects import REVIEWERS, SAID_DONE, alike, fits, would_act
from tests.simulation.figures import Figures
from tests.simulation.spoken import LABELS, asks_a_question, may_be_written_to
from tests.simulation.team import FREE_WORDS, MARK

if TYPE_CHECKING:
    from tests.simulation.witness import Commit

_BY_TIME = (c.Woken, c.Alarmed, c.TalkOver, c.AnswerPromised)


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
        self._owned: set[tuple[str, str]] = set()
        """Case and staff, where it was theirs once: who taps twice may be told so later."""
        self._by_query: dict[str, Deed] = {}
        self._of_case: defaultdict[str, list[Deed]] = defaultdict(list)
        self._polls = count()

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
        poll = next(self._polls)
        for place, key in enumerate(keys):
            if key in self._deeds:
                self._deeds[key].handed.append((poll, place))

    def confirmed(self, key: str) -> None:
        """What is confirmed to Telegram must have had its effect, if it was to have one."""
        deed = self._deeds.get(key)
        book = self.books.get(deed.case) if deed else None
        if deed is None or deed.confirmed:
            return  # a second copy of something long done
        deed.confirmed = True
        if book is None or deed.member.role not in REVIEWERS or deed.forged:
            return  # a forged tap names a state that may come only after it was looked at
        if deed.means == "note":
            lost = not deed.done and book.closed not in c.GONE
        else:
            lost = book.revision == deed.revision and would_act(
                deed, book, self._states.get(book.conversation)
            )
        told = (deed.means, deed.member.role, deed.case, deed.update)
        self._holds(not lost, "what staff did was lost:", *told)

    def told(self, query: str, words: str) -> None:
        """Whoever is told that something was done, it was done."""
        deed = self._by_query.get(query)
        if deed is None or not words.startswith(SAID_DONE):
            return
        owns = deed.means == "claim" and (deed.case, deed.member.staff) in self._owned
        same = [each for each in self._of_case[deed.case] if each.done and alike(each, deed)]
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
            self._owned.add((book.case, event.by.who))
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
            if deed.handed and deed.member.staff == who and fits(deed, seen, events[-1])
        ]
        told = [(type(event).__name__, who) for event in events]
        if not self._holds(fitting, "nobody on the register did so:", book.case, seen, told):
            return
        self._holds(fitting[0].member.role in REVIEWERS, "not theirs to do:", fitting[0].member.role, told)
        fitting[0].done = True
        self._figures.counts[f"staff {fitting[0].means.partition(':')[0]}"] += 1
        if isinstance(events[-1], c.Claimed):
            self._first(book, seen, fitting)
        if isinstance(events[-1], c.ReplySent):
            talk = self._states.get(book.conversation)
            self._holds(talk and may_be_written_to(talk), "staff wrote to somebody who said no:", book.case)

    def _first(self, book: Book, seen: int, taps: list[Deed]) -> None:
        """Of all who were to have it, the first has it: by whichever of their taps, if there are several."""
        won = taps[0]
        poll = max(each for tap in taps for each, _ in tap.handed)
        place = min(at for tap in taps for each, at in tap.handed if each == poll)
        for deed in self._of_case[book.case]:
            same = deed.means == "claim" and deed.revision == seen and deed.member.role in REVIEWERS
            if same and deed.member is not won.member and deed.handed and not deed.forged:
                self._figures.counts["races"] += 1
                earlier = any(each == poll and at < place for each, at in deed.handed)
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
        looks = not book.done or decided
        self._holds(looks, "wants a person, but nobody looks:", key, book.case, book.closed)

    def _queued(self, commit: Commit) -> None:
        sent = sum(isinstance(s.event, c.ReplySent) for steps in commit.by_staff.values() for s in steps)
        labelled = 0
        for person in commit.outgoing:
            talk = self._states.get(commit.current.get(person, "")) if person > 0 else None
            for words, _ in commit.words(person):
                labelled += words.startswith(LABELS)
                kept_in = MARK not in words and FREE_WORDS not in words
                self._holds(kept_in, "a colleague's words to", person)
                silent = talk is None or not talk.talking or not asks_a_question(words)
                self._holds(silent, "asked while a human talks:", person, words[:60])
        self._holds(labelled == sent, "said to be from a person, but is not:", labelled, sent)
