"""What a batch does to review cases, in the same transaction as the turns themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.case_events import CaseEvent
from bot.domain.review import Case
from bot.domain.trial import Trial
from bot.engine.noticing import Turned, heard, noticed
from bot.engine.review import after
from bot.service.desk import Desk
from bot.service.ports import KeptCase, NewId, Transaction


@dataclass(slots=True)
class _Load:
    """The cases of one batch, turn after turn."""

    by_conversation: dict[str, Case]
    by_id: dict[str, Case]
    kept: list[KeptCase] = field(default_factory=list)

    def move(self, case: Case, events: tuple[CaseEvent, ...]) -> None:
        if events:
            moved = after(case, events)
            self.by_conversation[moved.conversation] = self.by_id[moved.id] = moved
            self.kept.append(KeptCase(moved, events))

    def turn(self, trial: Trial, turned: Turned, new_id: NewId, now: datetime) -> None:
        if turned.talking in self.by_id:
            about = self.by_id[turned.talking]
            self.move(about, heard(trial, about, turned, now))
        case = self.by_conversation.get(turned.talk.id)
        if events := noticed(trial, case or Case(""), turned, now):
            self.move(case or Case(new_id()), events)


async def cases_after(desk: Desk, transaction: Transaction) -> list[KeptCase]:
    """Return the cases that the desk's turns open or change."""
    if not desk.turned:
        return []
    known = await transaction.cases.of_conversations({turned.talk.id for _, turned in desk.turned})
    talks = {turned.talking for _, turned in desk.turned if turned.talking}
    others = await transaction.cases.hold(talks - {case.id for case in known.values()})
    load = _Load(known, {case.id: case for case in known.values()} | others)
    for edition, turned in desk.turned:
        load.turn(edition.trial, turned, desk.new_id, desk.now)
    return load.kept
