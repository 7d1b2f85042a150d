"""What time alone brings about: what became due, and questions asked again after an absence."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.messages import Returned, Waited
from bot.engine.advance import advance
from bot.service.case_timers import take_time
from bot.service.pinned import readable
from bot.service.screening import Desks, close_desk, open_desk

ABSENCE = timedelta(seconds=120)
"""Taps live 150 s on Telegram's side (TELEGRAM.md 0.3); after this long some may be lost."""
_SLICE = 200
"""People handled in one transaction."""
BETWEEN_NOTES = timedelta(seconds=10)
"""Telegram is asked at most so long after it was last noted: who wrote then, wrote before the absence."""
UPDATES_LAST = timedelta(hours=24)
"""How long Telegram keeps what it could not tell (TELEGRAM.md 0.3): also that somebody unblocked us."""
RECENT = timedelta(days=1)
"""Whose conversation was active within this time is asked again after an absence."""


async def run_due(desks: Desks, *, now: datetime) -> int:
    """Do what is due by time: remind, invite, close open screenings, end keeping; return how many.

    In slices, each a transaction of its own, so that a long list holds up nobody's answer.
    """
    done = 0
    while handled := await _run_slice(desks, now):
        done += handled
    return done + await take_time(desks, now=now)


async def prune(desks: Desks, *, now: datetime) -> None:
    """Forget what is kept only to recognise updates that come twice, and tidy the store."""
    async with desks.store.transaction() as transaction:
        await transaction.prune(now)
    await desks.store.tidy(now)


async def write_again(desks: Desks) -> None:
    """Write what is written already; StoreUnavailable where nothing can be written now."""
    async with desks.store.transaction() as transaction:
        last = await transaction.last_poll()
        if last is not None:
            await transaction.note_poll(last)


async def _run_slice(desks: Desks, now: datetime) -> int:
    async with desks.store.transaction() as transaction:
        due = await transaction.due(now, _SLICE)
        people, waiting = await readable(due, transaction, desks.editions)
        desk = await open_desk(people, transaction, desks, now)
        desk.look_later(waiting)
        for person in people:
            for talk in person.conversations:
                pinned = desk.edition_of(talk)
                done = advance(pinned.trial, talk, Waited(), now=now)
                if done.conversation.deidentified_at:
                    desk.let_go(person, done)
                elif not done.events:
                    desk.put_off(person, talk)
                else:
                    desk.wake(person, talk, done)
        await close_desk(desk, transaction, desks)
        return len(due)


async def polled(desks: Desks, *, now: datetime) -> int:
    """Remember that Telegram was asked now; after an absence ask people again, once. Return how many.

    Where they are many, only the next of them each time: all at once would hold up everybody.
    """
    async with desks.store.transaction() as transaction:
        before = await transaction.last_poll()
        await transaction.note_poll(now)
        if before is not None and now - before > ABSENCE:
            await transaction.note_absence(before - RECENT, before + BETWEEN_NOTES)
        if before is not None and now - before > UPDATES_LAST:
            await transaction.try_blocked()
        missed = await transaction.missed(_SLICE)
        people, _ = await readable(missed, transaction, desks.editions)
        desk = await open_desk(people, transaction, desks, now)
        for person in people:
            talk = next(talk for talk in person.conversations if talk.id == person.current)
            pinned = desk.edition_of(talk)
            desk.wake(person, talk, advance(pinned.trial, talk, Returned(), now=now))
        await close_desk(desk, transaction, desks)
        return len(missed)
