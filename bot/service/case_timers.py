"""What time alone does to review cases: they wake, and where a promised time is over all are told."""

from __future__ import annotations

from datetime import datetime

from bot.domain.errors import EditionChanged
from bot.domain.messages import Alert
from bot.domain.review import Case
from bot.engine.noticing import may_write_to
from bot.engine.relay import tell_late
from bot.engine.review import after, alarms, by_time
from bot.engine.transition import Turn
from bot.service.desk import Desk
from bot.service.ports import KeptCase, Person, Transaction
from bot.service.screening import Desks, close_desk, open_desk

_SLICE = 200


async def take_time(desks: Desks, *, now: datetime) -> int:
    """Do what is due in cases by time; return how many. Each in a transaction of its own.

    One that fails holds up none of the others; the first failure is raised at the end.
    """
    tried: set[str] = set()
    failures: list[Exception] = []
    while due := [case_id for case_id in await _due(desks, now) if case_id not in tried]:
        tried.update(due)
        for case_id in due:
            try:
                await _take(desks, case_id, now)
            except EditionChanged:
                continue  # the operator was told, and what else is due must not wait until it is mended
            except Exception as failure:  # noqa: BLE001 -- whatever it was, it is this case's alone
                failures.append(failure)
    if failures:
        raise failures[0]
    return len(tried)


async def _due(desks: Desks, now: datetime) -> list[str]:
    async with desks.store.transaction() as transaction:
        return await transaction.cases.due(now, _SLICE)


async def _take(desks: Desks, case_id: str, now: datetime) -> None:
    async with desks.store.transaction() as transaction:
        person = await transaction.cases.person_of(case_id)
        case = (await transaction.cases.hold([case_id])).get(case_id)
        if case is None or case.due_at is None or case.due_at > now:
            return  # another worker did it, or staff did something, just before it was ours
        desk = await open_desk([person] if person else [], transaction, desks, now)
        told = person is not None and alarms(case, now) and _tell(desk, person, case)
        events = by_time(case, now, told=told)
        await _close(desk, KeptCase(after(case, events), events), transaction, desks)


def _tell(desk: Desk, person: Person, case: Case) -> bool:
    """Tell staff; and the participant too, where they are owed it and did not wish for silence."""
    about = next(talk for talk in person.conversations if talk.id == case.conversation)
    desk.alerts.append((desk.editions[about.content_hash], Alert.LATE, about.id))
    here = next((talk for talk in person.conversations if talk.id == person.current), about)
    owed = may_write_to(desk.editions[about.content_hash].trial, about)
    if not owed or here.paused or here.held or here.erasing:
        return False
    turn = Turn(desk.editions[here.content_hash].trial, here, desk.now)
    tell_late(turn)
    desk.wake(person, here, turn.done())
    return True


async def _close(desk: Desk, kept: KeptCase, transaction: Transaction, desks: Desks) -> None:
    desk.turned.clear()  # what staff or time did is no news to them
    desk.changes.cases.append(kept)
    await close_desk(desk, transaction, desks)
