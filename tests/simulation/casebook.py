"""Review cases by their events, folded a second time by somebody who is not the bot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import case_events as c
from bot.domain.review import Case, State
from bot.storage.case_keeping import event_at, snapshot_at
from bot.storage.codec import CASE_EVENTS, CASES
from tests.simulation.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a case as it stands in the file; no event where what it said is gone."""

    case: str
    position: int
    actor: str
    event: c.CaseEvent | None


@dataclass(slots=True)
class Book:
    """One case, as far as a promise depends on it."""

    case: str
    conversation: str = ""
    owner: str | None = None
    done: bool = False
    ruling: tuple[str, str | None] | None = None
    ruled_at: datetime | None = None
    closed: c.Closing | None = None
    talking: bool = False
    reasons: set[c.Reason] = field(default_factory=set)
    notes: int = 0
    revision: int = 0

    def add(self, event: c.CaseEvent | None) -> None:  # noqa: C901, PLR0912 -- one line an event
        """Move on by one event."""
        self.revision += 1
        match event:
            case c.CaseOpened(conversation=conversation):
                self.conversation = conversation
            case c.ReasonAdded(reason=reason):
                self.reasons.add(reason)
            case c.ReasonRemoved(reason=reason):
                self.reasons.discard(reason)
            case c.Claimed(by=by):
                self.owner = by.who
            case c.HandedOver(to=to):
                self.owner = to
            case c.Released():
                self.owner = None
            case c.NoteAdded():
                self.notes += 1
            case c.ReplySent():
                self.talking = True
            case c.TalkOver():
                self.talking = False
            case c.Decided(decision=decision, criterion=criterion, at=at):
                self.done, self.owner, self.ruling, self.ruled_at = True, None, (decision, criterion), at
            case c.DecisionUndone() | c.Reopened():
                self.done, self.owner, self.ruling, self.closed = False, None, None, None
            case c.CaseClosed(why=why):
                self._close(why)
            case _:
                pass

    def _close(self, why: c.Closing) -> None:
        self.done, self.owner, self.talking, self.closed = True, None, False, why
        if why in c.EMPTYING:
            self.reasons, self.ruling, self.notes = set(), None, 0

    def told_by(self, case: Case) -> bool:
        """Say whether the bot keeps it just so."""
        ruling = (case.ruling.decision, case.ruling.criterion) if case.ruling else None
        return (self.owner, self.done, ruling, self.closed, self.talking, self.reasons, self.notes) == (
            case.claimed_by,
            case.state is State.RESOLVED,
            ruling,
            case.closed,
            case.talking,
            {*case.reasons},
            case.notes,
        )


class CaseLedger:
    """Reads what is new in cases since the last time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._last = 0

    def steps(self) -> list[Step]:
        """Return the events kept since, case by case."""
        query = """SELECT rowid, case_id, position, actor, body FROM case_events
            WHERE rowid > ? ORDER BY case_id, position"""
        rows = self._ledger.all(query, [self._last])
        self._last = max([self._last, *(row[0] for row in rows)])
        return [
            Step(case, place, actor, self._read(case, place, body)) for _, case, place, actor, body in rows
        ]

    def _read(self, case: str, position: int, body: bytes) -> c.CaseEvent | None:
        return CASE_EVENTS.read(self._ledger.open(event_at(case, position), body)) if body else None

    def kept(self, cases: Iterable[str]) -> dict[str, tuple[str | None, str, Case]]:
        """Return who has these cases, their state, and the whole, as they stand in the file."""
        wanted = list(cases)
        marks = ",".join("?" * len(wanted))
        query = f"SELECT id, claimed_by, state, revision, snapshot FROM cases WHERE id IN ({marks})"  # noqa: S608 -- question marks only
        return {
            case: (owner, state, CASES.read(self._ledger.open(snapshot_at(case, revision), snapshot)))
            for case, owner, state, revision, snapshot in self._ledger.all(query, wanted)
        }

    def behind(self) -> int:
        """Return how many cards do not show yet how their case stands."""
        return self._ledger.count("cases", "shown < revision")
