"""Handling what arrived: load, decide in memory, keep everything in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.conversation import Status
from bot.domain.messages import Alert
from bot.service.caseload import cases_after
from bot.service.desk import Desk
from bot.service.dossier import Copy, with_latest
from bot.service.editions import Edition, Editions
from bot.service.handled import Handled, Said
from bot.service.lapse import Licence, Unlimited
from bot.service.message import Document
from bot.service.pinned import editions_for
from bot.service.ports import (
    Arrival,
    Changes,
    Conflict,
    NewId,
    Outgoing,
    Person,
    Quarantined,
    Store,
    StoreUnavailable,
    Transaction,
)
from bot.service.tally import Tally
from bot.service.wording import staff_line, wants_contacts, words


@dataclass(frozen=True, slots=True)
class Desks:
    """What every batch needs beside what arrived: wired once by app.py."""

    store: Store
    editions: Editions
    new_id: NewId
    staff_chat: int | None = None
    tally: Tally = field(default_factory=Tally)
    licence: Licence = field(default_factory=Unlimited)
    cards: bool = False
    """Whether each case has a card in the staff group: then that is what rings for a new one."""


async def handle(batch: Sequence[Arrival], desks: Desks, *, now: datetime) -> list[Handled]:
    """Keep what a batch of updates did, once each, and return how to answer the taps.

    When it returns, everything is durable. Where the batch fails as a whole, each update is handled in a
    transaction of its own, and one that still fails is set aside in quarantine.
    """
    if not batch:
        return []
    try:
        return await _together(batch, desks, now)
    except Exception:  # noqa: BLE001 -- whatever it was, one update's fault must not cost its neighbours
        return [done for arrival in batch for done in await _alone(arrival, desks, now)]


async def keep_offered(desks: Desks, *, now: datetime) -> None:
    """Keep what is on offer: conversations are pinned to it, and go on after it was changed."""
    async with desks.store.transaction() as transaction:
        for edition in desks.editions.offered.values():
            trial = edition.trial
            await transaction.keep_edition(edition.body, trial.content_hash, trial.id, trial.version, now)


async def set_aside(items: Sequence[Quarantined], desks: Desks, *, now: datetime) -> None:
    """Keep updates that could not even be read, once each."""
    async with desks.store.transaction() as transaction:
        fresh = await transaction.claim([item.key for item in items], now)
        changes = Changes(quarantined=[item for item in items if item.key in fresh])
        await transaction.keep(changes, now)


async def welcome_back(telegram_ids: Sequence[int], desks: Desks, *, now: datetime) -> None:
    """Let people be written to again who had blocked the bot; they need not write first."""
    async with desks.store.transaction() as transaction:
        await transaction.people(sorted(set(telegram_ids)))
        await transaction.keep(Changes(), now)


async def set_aside_now(desks: Desks) -> list[Quarantined]:
    """Return what is set aside, oldest first."""
    async with desks.store.transaction() as transaction:
        return await transaction.quarantine.listed()


async def take_up(arrival: Arrival, desks: Desks, *, now: datetime) -> None:
    """Handle an update that was set aside; where it fails again it stays where it is."""
    async with desks.store.transaction() as transaction:
        await transaction.quarantine.taken_up(arrival.key)
        await _within(transaction, [arrival], desks, now)


async def _together(batch: Sequence[Arrival], desks: Desks, now: datetime) -> list[Handled]:
    async with desks.store.transaction() as transaction:
        return await _within(transaction, batch, desks, now)


async def _within(
    transaction: Transaction, batch: Sequence[Arrival], desks: Desks, now: datetime
) -> list[Handled]:
    fresh = await transaction.claim([arrival.key for arrival in batch], now)
    # The same update twice in one batch counts once too.
    due = list({arrival.key: arrival for arrival in batch if arrival.key in fresh}.values())
    people = await transaction.people(sorted({arrival.person for arrival in due}))
    desk = await open_desk(people.values(), transaction, desks, now)
    handled = [desk.receive(arrival) for arrival in due]
    await close_desk(desk, transaction, desks)
    return handled


async def _alone(arrival: Arrival, desks: Desks, now: datetime) -> list[Handled]:
    try:
        return await _together([arrival], desks, now)
    except (Conflict, StoreUnavailable):
        raise  # not this update's fault: nothing was kept, and Telegram delivers it again
    except Exception as error:  # noqa: BLE001 -- the reason is kept, without values
        await _aside(arrival, type(error).__name__, desks, now)
        return []


async def _aside(arrival: Arrival, reason: str, desks: Desks, now: datetime) -> None:
    try:
        await _aside_and_told(arrival, reason, desks, now)
    except Exception:  # noqa: BLE001 -- to say so needs words and their chat: either may be what is broken
        await set_aside([Quarantined(arrival.key, reason, arrival.raw)], desks, now=now)


async def _aside_and_told(arrival: Arrival, reason: str, desks: Desks, now: datetime) -> None:
    """Set an update aside, and tell its person that it was: none who writes is left without a word."""
    async with desks.store.transaction() as transaction:
        if await transaction.claim([arrival.key], now):
            desk = _desk({}, {}, desks, now)
            desk.set_aside(arrival, reason)
            await close_desk(desk, transaction, desks)


async def open_desk(people: Iterable[Person], transaction: Transaction, desks: Desks, now: datetime) -> Desk:
    """Return a desk for these people, with the editions that their conversations are pinned to."""
    known = {person.telegram_id: person for person in people}
    editions = await editions_for(known.values(), transaction, desks.editions)
    return _desk(known, editions, desks, now)


def _desk(people: dict[int, Person], editions: Mapping[str, Edition], desks: Desks, now: datetime) -> Desk:
    offered, renewed = desks.editions.offered, desks.editions.renewed
    return Desk(people, editions, offered, now, desks.new_id, renewed, desks.licence)


async def close_desk(desk: Desk, transaction: Transaction, desks: Desks) -> None:
    """Put what was said into words and keep all that the desk collected."""
    trials = {said.edition.trial.id for said in desk.said if wants_contacts(said)}
    contacts = {trial: await transaction.contacts(trial) for trial in trials}
    outgoing = desk.changes.outgoing
    for said in desk.said:
        talk = said.conversation
        belongs = talk.id if talk.id and talk.status is not Status.ERASED else None
        copy = await _copy(said, desk, transaction)
        held = _quiet_until(said.edition, desk.now) if said.unasked else None
        outgoing.extend(
            Outgoing(said.chat, message, talk.held, held, belongs) for message in words(said, contacts, copy)
        )
    desk.changes.cases.extend(await cases_after(desk, transaction))
    if desks.staff_chat is not None:
        rung = _opened(desk) if desks.cards else frozenset()
        for edition, alert, code in desk.alerts:
            if code in rung and alert in _RUNG_BY_CARD:
                continue
            urgent = alert in {Alert.URGENT, Alert.URGENT_ASIDE}
            silent = not urgent and _quiet_until(edition, desk.now) is not None
            line = staff_line(edition, alert, code, silent=silent)
            outgoing.append(Outgoing(desks.staff_chat, line, urgent))
    await transaction.keep(desk.changes, desk.now)


_RUNG_BY_CARD = {Alert.PERSON_REQUESTED, Alert.QUESTION, Alert.CONTACT_PERMITTED, Alert.COMPREHENSION}
"""Alerts that a new card says as well: one ring is enough."""


def _opened(desk: Desk) -> frozenset[str]:
    """Return the conversations about which a case was opened just now."""
    fresh = [kept for kept in desk.changes.cases if kept.case.revision == len(kept.events)]
    return frozenset(kept.case.conversation for kept in fresh)


def _quiet_until(edition: Edition, now: datetime) -> datetime | None:
    """Return when the trial's quiet hours are over; None outside of them."""
    quiet = edition.trial.quiet_hours
    return quiet.until(now) if quiet else None


async def _copy(said: Said, desk: Desk, transaction: Transaction) -> Document | None:
    """Return the file with all that is kept of somebody, where they asked for it."""
    if not any(reply.copy for reply in said.replies):
        return None
    person = desk.people[said.chat]
    mine = [kept for kept in desk.changes.kept if kept.person == person.id]
    record = with_latest(await transaction.record_of(person.id), mine)
    return Copy(said.edition, said.conversation.language, desk.editions).document(person, record, desk.now)
