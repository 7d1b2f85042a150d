"""Cases to work on: people who said yes to contact, and the colleagues who look after them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.content.bundle import Bundle
from bot.content.shelf import Shelf
from bot.domain.case_events import (
    PARTICIPANT,
    SYSTEM,
    AnswerPromised,
    CaseEvent,
    CaseOpened,
    Reason,
    ReasonAdded,
    ReasonKind,
)
from bot.domain.conversation import Conversation
from bot.domain.events import ContactAnswered, ScreeningOpened
from bot.domain.review import Case
from bot.domain.staff import OPERATOR, Role, Staff
from bot.engine.review import after
from bot.service.ports import Changes, KeptCase, Person
from bot.service.register import add_staff
from bot.service.review import Office
from bot.service.screening import Desks, keep_offered
from bot.storage.store import SqlStore
from tests.storage.persona import NOW, TRIAL, turn


async def open_office(store: SqlStore, bundle: Bundle) -> Office:
    """Return an office on this store; ids come from the store's own maker."""
    desks = Desks(store, Shelf([bundle]), store._new_id)
    await keep_offered(desks, now=NOW)
    return Office(desks, store)


async def hire(office: Office, number: int, *roles: Role) -> list[Staff]:
    """Put so many colleagues on the register."""
    return [
        await add_staff(
            office,
            f"Colleague {n}",
            roles or [Role.COORDINATOR],
            telegram_id=7_000_000_000 + n,
            sees_identity=False,
            by=OPERATOR,
            now=NOW,
        )
        for n in range(number)
    ]


def case_of(person: Person, at: datetime, *kinds: ReasonKind) -> KeptCase:
    """Return the case of a person's first talk, just opened."""
    chosen = kinds or (ReasonKind.CONTACT,)
    events: tuple[CaseEvent, ...] = (
        CaseOpened(at=at, by=PARTICIPANT, conversation=f"{person.id}-1", participant=person.id, trial=TRIAL),
        *(ReasonAdded(at=at, by=PARTICIPANT, reason=Reason(kind)) for kind in chosen),
        AnswerPromised(at=at, by=SYSTEM, due_by=at + timedelta(hours=48)),
    )
    return KeptCase(after(Case(f"case-{person.id}"), events), events)


async def bring(store: SqlStore, bundle: Bundle, people: Sequence[Person]) -> list[str]:
    """Let people say yes to contact, each with a case; return the ids of the cases."""
    cases = [case_of(person, NOW + timedelta(seconds=n)) for n, person in enumerate(people)]
    changes = Changes(newcomers=list(people), cases=cases)
    for person in people:
        opened = ScreeningOpened(at=NOW, trial=TRIAL, content_hash=bundle.content_hash, language="en")
        yes = ContactAnswered(at=NOW, permitted=True)
        changes.kept.append(turn(person, Conversation(f"{person.id}-1"), opened, yes))
    async with store.transaction() as transaction:
        await transaction.keep(changes, NOW)
    return [kept.case.id for kept in cases]
